/** Puts the page together: base path, language, session, root element; then lets it run. */
import { readBase, socketAddress } from '../api/base-path.ts'
import { openChatSocket, type Wire } from '../api/chat-socket.ts'
import { openLocalStore } from '../api/local-store.ts'
import { followTheme } from '../api/preferences.ts'
import { openRest } from '../api/rest.ts'
import { language, phrases } from '../i18n/language.ts'
import '../pages/chat-page.ts'
import type { ChatPage } from '../pages/chat-page.ts'
import { openChatSession } from '../pages/chat-session.ts'
import { runningAnswer, tabTitle } from '../state/selectors.ts'
import { keepAboveKeyboard } from './keyboard.ts'
import { openRouter } from './router.ts'
import { listenForShortcuts } from './shortcuts.ts'

const base = readBase(document.querySelector<HTMLMetaElement>('meta[name="parley-base"]')?.content, location.origin)
document.documentElement.lang = language
followTheme()

const router = openRouter(base.path, ({ conversationId, messageId }) => {
  session.open(conversationId, messageId)
  void page.toggleList(false)
  // On a touch screen focus would bring the keyboard up over what was chosen to be read; who searches may go on to the next hit.
  if (messageId === null && matchMedia('(hover: hover)').matches) page.composer.focus()
})

const session = openChatSession(
  {
    rest: openRest({ fetch: fetch.bind(globalThis), base: base.url, language }),
    store: openLocalStore(browserStore()),
    openSocket: ({ frame, lost }) =>
      openChatSocket({ open: () => new WebSocket(socketAddress(base)) as Wire, after: startTimer, random: Math.random, onFrame: frame, onLost: lost }),
    after: startTimer,
    now: () => new Date(),
    makeId: uniqueId,
    onMade: router.rename,
    onGo: router.go,
    isLookedAt: () => document.visibilityState === 'visible',
  },
  router.place.conversationId,
  router.place.messageId,
)

const page = document.createElement('parley-chat-page') as ChatPage
page.session = session
page.state = session.state
page.basePath = base.path
page.offline = !navigator.onLine

/** However many frames arrive, the page is drawn once a frame; in a hidden tab not at all. Its title is read there, and follows at once. */
let drawing = 0
session.onChange(() => {
  const title = tabTitle(session.state, phrases)
  if (title !== document.title) document.title = title
  drawing ||= requestAnimationFrame(() => {
    drawing = 0
    page.state = session.state
  })
})

addEventListener('online', () => {
  page.offline = false
  session.wake()
})
addEventListener('offline', () => (page.offline = true))
addEventListener('storage', (event) => event.key !== null && session.storeChanged(event.key, event.newValue))
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && session.wake())
listenForShortcuts({
  isRunning: () => runningAnswer(session.state) !== null,
  stop: session.stop,
  closeList: () => {
    const open = page.listOpen
    void page.toggleList(false)
    return open
  },
  focusComposer: () => page.composer.focus(),
  jump: (direction) => page.jump(direction),
  open: {
    palette: () => page.openPalette(),
    search: () => void page.openSearch(),
    new_conversation: () => router.go(null),
    list: () => page.openShortcuts(),
  },
})
keepAboveKeyboard()

document.body.append(page)
session.start()
void page.updateComplete.then(() => page.composer.updateComplete).then(() => page.composer.focus())

function startTimer(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}

/** `randomUUID` is only there on safe origins; a plain-http page in a house network is not one. */
function uniqueId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Reading the property itself throws where storage is forbidden. */
function browserStore(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}
