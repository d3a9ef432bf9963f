/** The upgrade: which wire, which Host and Origin, and the limits that ws keeps for us. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { closeCodes, limits } from '#protocol/limits.ts'
import { problemStatus, type ProblemCode } from '#protocol/problem.ts'
import { withoutPrefix } from '../base-path.ts'
import type { HttpDeps } from '../http-deps.ts'
import { securityHeaders } from '../security-headers.ts'
import { credentialsOf } from '../sign-in.ts'
import { ChatSocket } from './chat-socket.ts'
import { EmergenceSocket } from './emergence-socket.ts'
import type { OpenSocket } from './signed-in-socket.ts'

export interface Sockets {
  readonly size: number
  /** Tells every client to reconnect: this process is going away. */
  moving(): void
  /** Closes every socket with 1001. */
  close(): Promise<void>
}

/** Serves both socket wires on a Node server. */
export function attachSockets(server: Server, deps: HttpDeps): Sockets {
  const open = new Set<OpenSocket>()
  const upgrader = new WebSocketServer({
    noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false, maxPayload: limits.socketFrameBytes,
    maxFragments: limits.socketFragments, maxBufferedChunks: limits.socketBufferedChunks, handleProtocols: chooseProtocol,
  })

  // A handshake that is none: ws would refuse it in words of its own, without our headers.
  upgrader.on('wsClientError', (_error, stream) => refuse(stream, 'malformed'))

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    void refusalOf(deps, request).then((refusal) => {
      const wire = wireOf(deps, request)
      if (refusal) return refuse(stream, refusal)
      if (!wire) return refuse(stream, 'not_found')
      upgrader.handleUpgrade(request, stream, head, (socket) => {
        const opened = wire(socket)
        open.add(opened)
        socket.once('close', () => open.delete(opened))
      })
    })
  })

  return {
    get size() {
      return open.size
    },
    moving: () => open.forEach((socket) => socket.moving()),
    async close() {
      for (const socket of open) socket.close(closeCodes.goingAway)
      const deadline = Date.now() + 1000
      while (open.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}

/** What is decided before the upgrade: a wrong Host or Origin gets no socket at all. A bad token does: it is told why. */
async function refusalOf(deps: HttpDeps, request: IncomingMessage): Promise<ProblemCode | null> {
  if (deps.isDraining()) return 'draining'
  if (deps.overload.hasTooManyConnections) return 'overloaded'
  try {
    const identified = await deps.identity.identify(credentialsOf(request))
    return 'refused' in identified && (identified.refused === 'wrong_host' || identified.refused === 'origin_not_allowed') ? identified.refused : null
  } catch (error) {
    deps.turns.events.unexpected('an upgrade', error)
    return 'internal'
  }
}

function wireOf(deps: HttpDeps, request: IncomingMessage): ((socket: WebSocket) => OpenSocket) | null {
  const path = withoutPrefix(request.url ?? '', deps.settings.basePath).split('?', 1)[0]!
  if (!path.startsWith('/ws/')) return null
  const rest = path.slice('/ws/'.length)
  if (rest === 'v2/chat') return (socket) => new ChatSocket(deps, socket, credentialsOf(request))
  const sessionId = decoded(rest)
  return sessionId && /^[\w.:-]{1,128}$/.test(sessionId) ? (socket) => new EmergenceSocket(deps, socket, credentialsOf(request), sessionId) : null
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** The first offer that is not a token: what the server picks is echoed. */
function chooseProtocol(offered: Set<string>): string | false {
  return [...offered].find((protocol) => !protocol.startsWith('bearer.')) ?? false
}

function refuse(stream: Duplex, code: ProblemCode): void {
  const status = problemStatus[code]
  const body = JSON.stringify({ status, code })
  const headers = { ...securityHeaders, 'content-type': 'application/problem+json', 'content-length': body.length, connection: 'close', ...(status === 503 && { 'retry-after': 1 }) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
