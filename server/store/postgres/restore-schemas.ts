/** Names that a restore leaves in a database. A server looks for the second of them when it starts. */

/** What was there before a restore stands in a schema of this name with the time at its end. */
export const beforeSchemas = 'parley_before_'

/** This schema is there while a restore is under way; where it was cut short, until it was done again. It holds nothing. */
export const unfinishedRestore = 'parley_restore_unfinished'
