import { z } from 'zod'

/** An id that the server made: a kind letter, an underscore, 26 characters that sort by time. Any text is looked up, none is trusted. */
export const Id = z.string().min(1).max(64)

/** A moment as ISO 8601 in UTC with milliseconds: 2026-11-20T09:32:17.000Z. */
export const Timestamp = z.iso.datetime()

/** Well-formed text: a lone surrogate cannot be stored or shown, so it is refused where it enters. */
export const Text = z.string().refine((text) => text.isWellFormed(), { error: 'contains half a character (a lone surrogate)' })

/** An id that a client makes, so that sending twice makes one turn. */
export const ClientMessageId = Text.min(1).max(128)

export const Language = z.enum(['en', 'fr'])
export type Language = z.infer<typeof Language>
