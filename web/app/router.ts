/** Addresses: `/chat` is a new conversation, `/chat/{id}` is that one, `/chat/{id}#m_…` that one at a message. Anything else is shown as `/chat`. */

export interface Place {
  /** Null for a new conversation. */
  readonly conversationId: string | null
  /** The message to begin at; null for the end. */
  readonly messageId: string | null
}

export interface Router {
  readonly place: Place
  go(conversationId: string | null, messageId?: string | null): void
  /** Changes the address and nothing else. */
  rename(conversationId: string): void
}

export function placeIn(path: string, hash: string, basePath: string): Place {
  const rest = path.startsWith(`${basePath}/chat/`) ? path.slice(basePath.length + '/chat/'.length) : ''
  try {
    const conversationId = decodeURIComponent(rest.replace(/\/$/, '')) || null
    return { conversationId, messageId: conversationId !== null && /^#m_\w+$/.test(hash) ? hash.slice(1) : null }
  } catch {
    return { conversationId: null, messageId: null }
  }
}

export function pathOf(conversationId: string | null, basePath: string, messageId: string | null = null): string {
  if (conversationId === null) return `${basePath}/chat`
  return `${basePath}/chat/${encodeURIComponent(conversationId)}${messageId === null ? '' : `#${messageId}`}`
}

/** Follows plain clicks on links to conversations, and Back and Forward. */
export function openRouter(basePath: string, onGo: (place: Place) => void): Router {
  const current = () => placeIn(location.pathname, location.hash, basePath)
  const go = ({ conversationId, messageId }: Place) => {
    const path = pathOf(conversationId, basePath, messageId)
    if (location.pathname + location.hash !== path) history.pushState(null, '', path)
    onGo({ conversationId, messageId })
  }
  addEventListener('popstate', () => onGo(current()))
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a')
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (link === null || !plain || link.target !== '' || link.origin !== location.origin) return
    if (link.pathname !== `${basePath}/chat` && !link.pathname.startsWith(`${basePath}/chat/`)) return
    event.preventDefault()
    go(placeIn(link.pathname, link.hash, basePath))
  })
  if (current().conversationId === null) history.replaceState(null, '', pathOf(null, basePath))
  return {
    get place() {
      return current()
    },
    go: (conversationId, messageId = null) => go({ conversationId, messageId }),
    rename: (conversationId) => history.replaceState(null, '', pathOf(conversationId, basePath)),
  }
}
