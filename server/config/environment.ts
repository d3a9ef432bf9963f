/** Names and their text. A name that is not there is not set. */
export type Environment = Readonly<Record<string, string | undefined>>
