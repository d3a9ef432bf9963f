/** Reads what stands around the open conversation: the list, what a search finds, who can be asked. Hands it to the reducer. */
import type { Rest } from '../api/rest.ts'
import type { ChatAction, ChatState } from '../state/chat-state.ts'
import type { Reading, Shelf } from '../state/conversation-list.ts'

export interface ListReader {
  /** One page of a shelf, from 1. */
  read(shelf: Shelf, page: number): Promise<void>
  /** The next page of the shelf that is shown; nothing where that is all. */
  readMore(): Promise<void>
  readAgents(): Promise<void>
  /** Searches after a pause in typing; only the last question is asked. */
  searchSoon(question: string): void
}

interface ListReaderDeps {
  readonly rest: Rest
  readonly after: (milliseconds: number, callback: () => void) => void
}

/** A pause in typing, in milliseconds, after which is searched. */
const searchPause = 120

export function listReader({ rest, after }: ListReaderDeps, stateNow: () => ChatState, dispatch: (action: ChatAction) => void): ListReader {
  let searches = 0

  async function read(shelf: Shelf, page: number): Promise<void> {
    const fetched = await rest.conversations(shelf, page).catch(() => null)
    if (fetched === null) return
    dispatch({ type: 'list_fetched', shelf, page, ...fetched, next_page: laterPage(stateNow().list.readings[shelf], page, fetched.next_page) })
  }

  /** Cleared or closed meanwhile, the question is not asked any more. */
  async function search(question: string): Promise<void> {
    const { search: open, shelf } = stateNow()
    if (open?.text.trim() !== question) return
    dispatch({ type: 'search_answered', question, answer: await rest.search(shelf, question).catch(() => null) })
  }

  return {
    read,
    readMore: async () => {
      const { list, shelf } = stateNow()
      const { next_page: page } = list.readings[shelf]
      if (page !== null) await read(shelf, page)
    },
    readAgents: async () => {
      const agents = await rest.agents().catch(() => null)
      if (agents !== null) dispatch({ type: 'agents_fetched', agents })
    },
    searchSoon: (question) => {
      const asked = ++searches
      after(searchPause, () => asked === searches && void search(question))
    },
  }
}

/** A refetch of the first page does not forget how far the list was read. */
function laterPage({ loaded, next_page: known }: Reading, page: number, nextPage: number | null): number | null {
  return loaded && page === 1 && (known === null || (nextPage !== null && known > nextPage)) ? known : nextPage
}
