import { connect } from 'node:net'

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: any
}

/** Sends bytes as they are and reads until the server closes: for what no well-behaved client sends. */
export function rawRequest(url: string, lines: readonly string[], body: string | Buffer = ''): Promise<RawResponse> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
      socket.write(body)
    })
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A server that refuses early closes before everything was sent.
    socket.on('error', (error) => (chunks.length > 0 ? resolve(parse(chunks)) : reject(error)))
    socket.on('close', () => resolve(parse(chunks)))
  })
}

function parse(chunks: readonly Buffer[]): RawResponse {
  const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  const text = rest.join('\r\n\r\n')
  return { status: Number(statusLine.split(' ')[1]), headers, body: headers['content-type']?.includes('json') ? JSON.parse(text) : text }
}
