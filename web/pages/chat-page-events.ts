/** What the parts of the chat page ask for, by the name of their event. One table instead of handlers spread over templates. */
import type { Message } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import type { OutboxEntry } from '../state/outbox.ts'
import type { ChatState } from '../state/chat-state.ts'
import type { ChatSession } from './chat-session.ts'

/** As much of the chat page as its events need. */
interface ChatPage {
  readonly session: ChatSession
  readonly state: ChatState
  readonly composer: { focus(): void }
  problem: string | null
  jumpToEnd(): void
  edit(entry: OutboxEntry): void
  toggleList(open: boolean): Promise<void>
}

interface Details {
  ask: string
  draft: string
  stop: undefined
  'choose-agent': string
  'ask-again': Message
  'edit-question': OutboxEntry
  'withdraw-question': OutboxEntry
  'retry-question': OutboxEntry
  rename: { readonly id: string; readonly title: string }
  remove: string
  undo: undefined
  'undo-over': undefined
  search: string | null
  more: undefined
  'close-list': undefined
}

const handlers: { readonly [Name in keyof Details]: (page: ChatPage, detail: Details[Name]) => void } = {
  ask: (page, text) => {
    page.problem = null
    page.session.ask(text)
    page.jumpToEnd()
  },
  draft: (page, text) => page.session.saveDraft(text),
  stop: (page) => page.session.stop(),
  'choose-agent': (page, id) => {
    page.session.chooseAgent(id)
    page.composer.focus()
  },
  'ask-again': (page, answer) => {
    const question = page.state.open.messages.find((message) => message.id === answer.parent_id)
    if (question !== undefined) page.session.ask(question.content)
    page.jumpToEnd()
  },
  'edit-question': (page, entry) => page.edit(entry),
  'withdraw-question': (page, entry) => page.session.withdraw(entry.client_message_id),
  'retry-question': (page, entry) => page.session.retry(entry.client_message_id),
  rename: (page, { id, title }) => void attempt(page, page.session.rename(id, title)),
  remove: (page, id) => void attempt(page, page.session.remove(id)),
  undo: (page) => void attempt(page, page.session.undoRemove(), phrases.not_brought_back),
  'undo-over': (page) => page.session.settleRemove(),
  search: (page, text) => page.session.search(text),
  more: (page) => void page.session.moreConversations(),
  'close-list': (page) => void page.toggleList(false),
}

/** Every handler gets the detail of its event, whose type its name says. */
export const chatPageEvents = handlers as Readonly<Record<string, (page: ChatPage, detail: unknown) => void>>

async function attempt(page: ChatPage, work: Promise<void>, complaint = phrases.not_changed): Promise<void> {
  page.problem = await work.then(
    () => null,
    (error: unknown) => complaint(error instanceof Error ? error.message : ''),
  )
}
