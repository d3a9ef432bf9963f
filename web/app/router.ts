/** Addresses: `/chat` is a new conversation, `/chat/{id}` is that one. Anything else is shown as `/chat`. */

export interface Router {
  /** The conversation in the address, null for a new one. */
  readonly conversationId: string | null
  go(conversationId: string | null): void
  /** Changes the address and nothing else. */
  rename(conversationId: string): void
}

export function conversationIn(path: string, basePath: string): string | null {
  const rest = path.startsWith(`${basePath}/chat/`) ? path.slice(basePath.length + '/chat/'.length) : ''
  try {
    return decodeURIComponent(rest.replace(/\/$/, '')) || null
  } catch {
    return null
  }
}

export function pathOf(conversationId: string | null, basePath: string): string {
  return conversationId === null ? `${basePath}/chat` : `${basePath}/chat/${encodeURIComponent(conversationId)}`
}

/** Follows plain clicks on links to conversations, and Back and Forward. */
export function openRouter(basePath: string, onGo: (conversationId: string | null) => void): Router {
  const current = () => conversationIn(location.pathname, basePath)
  const go = (conversationId: string | null) => {
    const path = pathOf(conversationId, basePath)
    if (location.pathname !== path) history.pushState(null, '', path)
    onGo(conversationId)
  }
  addEventListener('popstate', () => onGo(current()))
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a')
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (link === null || !plain || link.target !== '' || link.origin !== location.origin) return
    if (link.pathname !== `${basePath}/chat` && !link.pathname.startsWith(`${basePath}/chat/`)) return
    event.preventDefault()
    go(conversationIn(link.pathname, basePath))
  })
  if (current() === null) history.replaceState(null, '', pathOf(null, basePath))
  return {
    get conversationId() {
      return current()
    },
    go,
    rename: (conversationId) => history.replaceState(null, '', pathOf(conversationId, basePath)),
  }
}
