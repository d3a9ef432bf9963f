/** Reads the shown branch of the open conversation, piece by piece, and hands what it read to the reducer. */
import { RequestFailed, type BranchPlace, type Rest } from '../api/rest.ts'
import type { ChatAction, ChatState, Reading } from '../state/chat-state.ts'
import { hasEarlier, hasLater } from '../state/messages.ts'

export interface BranchReader {
  /** At the end, around a message, or where the reader is. A message of another branch makes that branch the one that is shown. */
  read(conversationId: string, at?: Reading): Promise<void>
  /** What stands before or after what is held; nothing where that is all. */
  readMore(side: 'before' | 'after'): Promise<void>
  /** Shows the branch through this message. Rejects when the server refuses. */
  choose(conversationId: string, messageId: string): Promise<void>
}

export function branchReader(rest: Rest, stateNow: () => ChatState, dispatch: (action: ChatAction) => void): BranchReader {
  const underWay = new Set<string>()

  async function readPiece(id: string, place: BranchPlace | undefined): Promise<boolean> {
    const { conversation, messages } = await rest.branch(id, place)
    dispatch({ type: 'messages_fetched', conversation, messages, side: place?.side ?? 'end' })
    return place === undefined || messages.some((message) => message.id === place.message_id)
  }

  async function readAround(id: string, messageId: string): Promise<void> {
    const place = { side: 'around', message_id: messageId } as const
    // A message that is not there any more is no reason not to show the rest.
    const found = await readPiece(id, place).catch((error: unknown) => (isMissing(error) ? readPiece(id, undefined) : Promise.reject(error)))
    if (!found) await choose(id, messageId)
  }

  async function choose(id: string, messageId: string): Promise<void> {
    try {
      await rest.change(id, { leaf_id: messageId })
      await readPiece(id, { side: 'around', message_id: messageId })
    } catch (error) {
      dispatch({ type: 'messages_not_fetched', conversation_id: id, missing: false })
      throw error
    }
  }

  return {
    choose,
    read: async (id, at) => {
      try {
        const { open } = stateNow()
        // Far from the end, what changed is read where the reader is.
        const middle = id === open.id && hasLater(open.messages, open.leaf_id) ? open.messages[Math.floor(open.messages.length / 2)]?.id : undefined
        if (at === 'end') await readPiece(id, undefined)
        else if (at !== undefined) await readAround(id, at.message_id)
        else await readPiece(id, middle === undefined ? undefined : { side: 'around', message_id: middle })
      } catch (error) {
        dispatch({ type: 'messages_not_fetched', conversation_id: id, missing: isMissing(error) })
      }
    },
    readMore: async (side) => {
      const { id, messages, leaf_id: leafId } = stateNow().open
      const more = side === 'before' ? hasEarlier(messages) : hasLater(messages, leafId)
      const edge = side === 'before' ? messages[0] : messages.at(-1)
      const key = `${side} ${edge?.id}`
      if (id === null || edge === undefined || !more || underWay.has(key)) return
      underWay.add(key)
      await readPiece(id, { side, message_id: edge.id }).catch(() => false)
      underWay.delete(key)
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof RequestFailed && error.code === 'not_found'
}
