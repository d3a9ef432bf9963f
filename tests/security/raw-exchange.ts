import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends lines as they are, and resolves with the first answer: with 101 as soon as its head is there, else when all was read. */
export function rawExchange(port: number, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`))
  let text = ''
  const finish = () => {
    const [head = '', ...rest] = text.split('\r\n\r\n')
    socket.destroy()
    resolve({ status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: rest.join('\r\n\r\n') })
  }
  socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${lines[0]}`)))
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    if (text.startsWith('HTTP/1.1 101') && text.includes('\r\n\r\n')) finish()
  })
  socket.on('error', reject)
  socket.on('close', finish)
  return promise
}

/** A handshake as RFC 6455 has it, with these headers besides. */
export function upgradeLines(target: string, headers: readonly string[]): readonly string[] {
  return [`GET ${target} HTTP/1.1`, ...headers, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']
}
