/** The tree of messages of one conversation, and the path through it that is shown. */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { Message } from '#protocol/message.ts'

/** From the first message to the newest one. Messages come oldest first, so the newest is the last. */
export function newestPath(messages: readonly Message[]): readonly Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const path: Message[] = []
  const seen = new Set<string>()
  for (let at = messages.at(-1); at !== undefined && !seen.has(at.id); at = at.parent_id === null ? undefined : byId.get(at.parent_id)) {
    seen.add(at.id)
    path.unshift(at)
  }
  return path
}

/**
 * What was fetched, joined with what is held. A fetch may be older than a row that came meanwhile: an answer that is
 * closed here stays closed, and a message that the fetch does not know yet stays at the end.
 */
export function mergeMessages(held: readonly Message[], fetched: readonly Message[]): readonly Message[] {
  const heldById = new Map(held.map((message) => [message.id, message]))
  const fetchedIds = new Set(fetched.map((message) => message.id))
  const merged = fetched.map((message) => {
    const known = heldById.get(message.id)
    return known !== undefined && known.outcome !== null && message.outcome === null ? known : message
  })
  return [...merged, ...held.filter((message) => !fetchedIds.has(message.id))]
}

/** The question and its still empty answer, as an acknowledgement makes them. Known ids are not added twice. */
export function addAccepted(
  messages: readonly Message[],
  accepted: ServerFramePayload<'chat.accepted'>,
  question: { readonly content: string; readonly agent_id: string | null; readonly asked_at: string },
): readonly Message[] {
  if (messages.some((message) => message.id === accepted.message_id)) return messages
  const shared = {
    conversation_id: accepted.conversation_id,
    turn_id: accepted.turn_id,
    version: 1,
    agent_id: question.agent_id,
    failure: null,
    receipt: null,
    rating: null,
    outcome: null,
    created_at: question.asked_at,
  } as const
  return [
    ...messages,
    {
      ...shared,
      id: accepted.message_id,
      parent_id: newestPath(messages).at(-1)?.id ?? null,
      role: 'user',
      client_message_id: accepted.client_message_id,
      parts: [{ type: 'text', text: question.content }],
      content: question.content,
    },
    { ...shared, id: accepted.response_id, parent_id: accepted.message_id, role: 'assistant', client_message_id: null, parts: [], content: '' },
  ]
}

export function isRunning(message: Message): boolean {
  return message.role === 'assistant' && message.outcome === null
}
