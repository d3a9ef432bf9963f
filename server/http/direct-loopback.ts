import type { IncomingMessage } from 'node:http'

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const

/** True when whoever asks sits on this machine. What a proxy on this machine passes on comes from elsewhere. */
export function isDirectLoopback(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  if (forwardingHeaders.some((name) => request.headers[name] !== undefined)) return false
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return address === '::1' || address.startsWith('127.')
}
