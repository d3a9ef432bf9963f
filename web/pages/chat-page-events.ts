/** What the parts of the chat page ask for, by the name of their event. One table instead of handlers spread over templates. */
import type { Message } from '#protocol/message.ts'
import { chooseLanguage, chooseTheme, type LanguageChoice, type Theme } from '../api/preferences.ts'
import { phrases } from '../i18n/language.ts'
import type { Shelf } from '../state/conversation-list.ts'
import type { OutboxEntry } from '../state/outbox.ts'
import type { ChatState } from '../state/chat-state.ts'
import { shownMessages, waitingQuestions } from '../state/selectors.ts'
import type { ChatSession } from './chat-session.ts'

/** As much of the chat page as its events need. */
interface ChatPage extends EventTarget {
  readonly basePath: string
  readonly session: ChatSession
  readonly state: ChatState
  readonly composer: { focus(): void }
  problem: string | null
  jumpToEnd(): void
  edit(entry: OutboxEntry): void
  startEdit(messageId: string): void
  toggleList(open: boolean): Promise<void>
  showList(): Promise<void>
  openSearch(text: string): Promise<void>
  startRename(id: string): Promise<void>
  openShortcuts(): void
}

interface Details {
  ask: string
  draft: string
  stop: undefined
  'choose-agent': string
  'answer-again': { readonly answer: Message; readonly agent_id: string | null }
  continue: undefined
  'edit-message': Message
  'edited-message': { readonly question: Message; readonly content: string }
  'choose-version': string
  rate: { readonly answer: Message; readonly rating: 'up' | 'down' | null; readonly reason: string }
  'read-more': 'before' | 'after'
  'read-end': undefined
  'edit-question': OutboxEntry
  'withdraw-question': OutboxEntry
  'retry-question': OutboxEntry
  rename: { readonly id: string; readonly title: string }
  remove: string
  archive: { readonly id: string; readonly archived: boolean }
  pin: { readonly id: string; readonly pinned: boolean }
  'show-shelf': Shelf
  undo: undefined
  'undo-over': undefined
  search: string | null
  more: undefined
  'close-list': undefined
  'edit-last': undefined
  go: { readonly id: string | null; readonly message_id: string | null }
  'open-search': string
  'start-rename': { readonly id: string; readonly title: string }
  'show-shortcuts': undefined
  'choose-theme': Theme
  'choose-language': LanguageChoice
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
  'answer-again': (page, { answer, agent_id }) => {
    page.session.askAgain(answer, agent_id)
    page.jumpToEnd()
  },
  continue: (page) => {
    page.session.ask(phrases.continue_question)
    page.jumpToEnd()
  },
  'edit-message': (page, question) => page.startEdit(question.id),
  'edited-message': (page, { question, content }) => {
    page.session.edit(question, content)
    page.jumpToEnd()
  },
  'choose-version': (page, messageId) => page.session.chooseVersion(messageId),
  rate: (page, { answer, rating, reason }) => void attempt(page, page.session.rate(answer, rating, reason)),
  'read-more': (page, side) => page.session.readMore(side),
  'read-end': (page) => page.session.readEnd(),
  'edit-question': (page, entry) => page.edit(entry),
  'withdraw-question': (page, entry) => page.session.withdraw(entry.client_message_id),
  'retry-question': (page, entry) => page.session.retry(entry.client_message_id),
  rename: (page, { id, title }) => void attempt(page, page.session.change(id, { title })),
  remove: (page, id) => void attempt(page, page.session.remove(id)),
  archive: (page, { id, archived }) => void attempt(page, page.session.archive(id, archived)),
  pin: (page, { id, pinned }) => void attempt(page, page.session.change(id, { pinned })),
  undo: (page) => void attempt(page, page.session.undo(), phrases.not_brought_back),
  'undo-over': (page) => page.session.settleUndo(),
  'show-shelf': (page, shelf) => {
    page.session.showShelf(shelf)
    void page.showList()
  },
  'edit-last': (page) => editLast(page),
  go: (page, { id, message_id }) => page.session.show(id, message_id),
  'open-search': (page, text) => void page.openSearch(text),
  'start-rename': (page, { id, title }) => void (title === '' ? page.startRename(id) : attempt(page, page.session.change(id, { title }))),
  'show-shortcuts': (page) => page.openShortcuts(),
  'choose-theme': (page, theme) => chooseTheme(theme, page.basePath),
  'choose-language': (page, language) => chooseLanguage(language, page.basePath),
  search: (page, text) => page.session.search(text),
  more: (page) => void page.session.moreConversations(),
  'close-list': (page) => void page.toggleList(false),
}

/** Every handler gets the detail of its event, whose type its name says. */
export const chatPageEvents = handlers as Readonly<Record<string, (page: ChatPage, detail: unknown) => void>>

/** What still waits to leave goes back to the composer; what was said is edited where it stands. */
function editLast(page: ChatPage): void {
  const waiting = waitingQuestions(page.state).at(-1)
  if (waiting !== undefined) return waiting.state === 'sending' ? undefined : page.edit(waiting)
  const question = shownMessages(page.state).findLast((message) => message.role === 'user')
  if (question !== undefined) page.dispatchEvent(new CustomEvent('edit-message', { detail: question, bubbles: true }))
}

async function attempt(page: ChatPage, work: Promise<void>, complaint = phrases.not_changed): Promise<void> {
  page.problem = await work.then(
    () => null,
    (error: unknown) => complaint(error instanceof Error ? error.message : ''),
  )
}
