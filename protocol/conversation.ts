import { z } from 'zod'
import { limits } from './limits.ts'
import { PageQuery } from './page-list.ts'
import { Id, Text, Timestamp } from './primitives.ts'

export const MemoryMode = z.enum(['persistent', 'session'])
export type MemoryMode = z.infer<typeof MemoryMode>

const Title = Text.trim().min(1).max(limits.titleCharacters)

/** `rev` grows with every change of the conversation or its turns; whoever holds an older one fetches again. */
export const Conversation = z.object({
  id: Id,
  title: z.string().nullable(),
  agent_id: z.string(),
  memory_mode: MemoryMode,
  archived: z.boolean(),
  /** On top of its list. */
  pinned: z.boolean(),
  /** An answer came, and nobody has looked at it: whoever shows it says `unread: false`. */
  unread: z.boolean(),
  running_turn_id: Id.nullable(),
  /** The end of the branch that is shown, where the next question hangs; null while nothing was said. */
  leaf_id: Id.nullable(),
  rev: z.int(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Conversation = z.infer<typeof Conversation>

export const CreateConversation = z.strictObject({
  title: Title.optional(),
  agent_id: z.string().min(1).max(64).optional(),
  memory_mode: MemoryMode.optional(),
})

export const ChangeConversation = z
  .strictObject({
    title: Title.optional(),
    archived: z.boolean().optional(),
    pinned: z.boolean().optional(),
    unread: z.boolean().optional(),
    /** Any message of it: the branch through that message is shown from now on, down to the newest message below it. */
    leaf_id: Id.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'changes nothing' })

/** What is searched for: words of titles and messages. */
const Search = Text.trim().min(1).max(limits.searchCharacters)

export const ConversationQuery = PageQuery.extend({ archived: z.enum(['true', 'false']).default('false'), search: Search.optional() })

/** Why a search found a conversation: a stretch of a message, or of the title where only that was found. */
export const SearchHit = z.object({
  /** Where to open the conversation; null: only the title was found. */
  message_id: Id.nullable(),
  /** Plain text. It begins and ends with … where it was cut. */
  snippet: z.string(),
  /** What to mark: begin and end in UTF-16 units of the snippet, rising, never overlapping. */
  ranges: z.array(z.tuple([z.int(), z.int()])),
})
export type SearchHit = z.infer<typeof SearchHit>

/** A conversation in a list; with a hit where the list was searched for. */
export const ListedConversation = Conversation.extend({ hit: SearchHit.optional() })
