/** The REST routes that the chat page uses. Every failure is a `RequestFailed` with the problem's code. */
import type { Agent } from '#protocol/agent.ts'
import type { Conversation } from '#protocol/conversation.ts'
import type { BranchMessage, BranchPiece, Message } from '#protocol/message.ts'
import type { Problem, ProblemCode } from '#protocol/problem.ts'
import type { Shelf } from '../state/conversation-list.ts'
import type { FoundConversation } from '../state/search.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** Null on the last page. */
  readonly next_page: number | null
}

/** Which side of a message is read. */
export interface BranchPlace {
  readonly side: 'before' | 'after' | 'around'
  readonly message_id: string
}

export interface Piece {
  readonly conversation: Conversation
  readonly messages: readonly BranchMessage[]
}

/** What its user may change of a conversation; what is not said stays. */
export interface ConversationChange {
  readonly title?: string
  readonly archived?: boolean
  readonly pinned?: boolean
  readonly unread?: boolean
  /** The branch through this message is shown. */
  readonly leaf_id?: string
}

export interface Rest {
  agents(): Promise<readonly Agent[]>
  conversations(shelf: Shelf, page: number): Promise<Page<Conversation>>
  /** The conversations of a shelf that fit best, best first, and how many fit in all. */
  search(shelf: Shelf, question: string): Promise<{ readonly found: readonly FoundConversation[]; readonly total: number }>
  /** A piece of the branch that is shown, oldest first: its newest messages, or those on a side of one. */
  branch(id: string, place?: BranchPlace): Promise<Piece>
  rate(turnId: string, rating: 'up' | 'down' | null, reason: string): Promise<Message>
  change(id: string, change: ConversationChange): Promise<Conversation>
  remove(id: string): Promise<void>
  /** Brings a deleted conversation back. */
  restore(id: string): Promise<Conversation>
  stop(turnId: string): Promise<void>
}

export class RequestFailed extends Error {
  readonly code: ProblemCode | 'unreachable'

  constructor(code: ProblemCode | 'unreachable', detail: string) {
    super(detail)
    this.code = code
  }
}

interface PageBody<T> {
  readonly data: readonly T[]
  readonly pagination: { readonly page: number; readonly total_items: number; readonly total_pages: number; readonly has_next: boolean }
}

export interface RestDeps {
  readonly fetch: typeof globalThis.fetch
  /** Where `api/` stands: an absolute URL that ends with a slash. */
  readonly base: string
  readonly language: string
}

export function openRest(deps: RestDeps): Rest {
  const call = <T>(path: string, init?: { method: string; body?: unknown }) => request<T>(deps, path, init)
  const conversationPath = (id: string) => `chat/conversations/${encodeURIComponent(id)}`
  return {
    agents: async () => (await call<PageBody<Agent>>('agents')).data,
    conversations: async (shelf, page) => {
      const { data, pagination } = await call<PageBody<Conversation>>(`chat/conversations?per_page=50&page=${page}${onlyOf(shelf)}`)
      return { items: data, next_page: pagination.has_next ? pagination.page + 1 : null }
    },
    search: async (shelf, question) => {
      const { data, pagination } = await call<PageBody<FoundConversation>>(`chat/conversations?per_page=50&search=${encodeURIComponent(question)}${onlyOf(shelf)}`)
      return { found: data, total: pagination.total_items }
    },
    branch: async (id, place) => {
      // What is read on the way is read in smaller pieces, so that no frame is long.
      const query = place === undefined ? '' : `?${place.side}=${encodeURIComponent(place.message_id)}&limit=${place.side === 'around' ? 100 : 60}`
      const { conversation, data } = await call<BranchPiece>(`${conversationPath(id)}/branch${query}`)
      return { conversation, messages: data }
    },
    rate: (turnId, rating, reason) => call<Message>(`chat/turns/${encodeURIComponent(turnId)}/rating`, { method: 'POST', body: { rating, ...(reason === '' ? {} : { reason }) } }),
    change: (id, change) => call<Conversation>(conversationPath(id), { method: 'PATCH', body: change }),
    remove: (id) => call<void>(conversationPath(id), { method: 'DELETE' }),
    restore: (id) => call<Conversation>(`${conversationPath(id)}/restore`, { method: 'POST' }),
    stop: (turnId) => call<void>(`chat/turns/${encodeURIComponent(turnId)}/stop`, { method: 'POST' }),
  }
}

const onlyOf = (shelf: Shelf) => (shelf === 'archive' ? '&archived=true' : '')

async function request<T>(deps: RestDeps, path: string, init: { method: string; body?: unknown } = { method: 'GET' }): Promise<T> {
  const headers = { accept: 'application/json', 'accept-language': deps.language, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) }
  const body = init.body === undefined ? null : JSON.stringify(init.body)
  const response = await deps.fetch(`${deps.base}api/v1/${path}`, { method: init.method, headers, body }).catch((cause: unknown) => {
    throw new RequestFailed('unreachable', String(cause))
  })
  if (!response.ok) throw await problemOf(response)
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}

async function problemOf(response: Response): Promise<RequestFailed> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
  return new RequestFailed(problem.code ?? 'internal', problem.detail ?? response.statusText)
}
