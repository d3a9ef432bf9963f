/** Where this page is mounted. The server writes it into `<meta name="parley-base">`; empty means the root. */
export interface Base {
  /** `` or `/prefix`, without a slash at the end. */
  readonly path: string
  /** The same as an absolute URL with a slash at the end. */
  readonly url: string
}

export function readBase(content: string | null | undefined, origin: string): Base {
  const path = `/${content ?? ''}`.replace(/\/+/g, '/').replace(/\/$/, '')
  return { path, url: `${origin}${path}/` }
}

/** The chat socket's address: `ws:` where the page is `http:`, `wss:` where it is `https:`. */
export function socketAddress(base: Base): string {
  const address = new URL('ws/v2/chat', base.url)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return address.href
}
