/** A socket wire opened by hand, and frames of RFC 6455 that no client library writes. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { upgradeLines } from './raw-exchange.ts'

export interface FrameParts {
  readonly fin?: boolean
  /** The three reserved bits. */
  readonly reserved?: number
  readonly opcode?: number
  readonly masked?: boolean
  /** What the header says, where that is not true. */
  readonly length?: bigint
  readonly payload?: Buffer | string
}

export interface ReadFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/** RFC 6455, 5.2. A mask of zeros is a mask. */
export function frame({ fin = true, reserved = 0, opcode = 1, masked = true, length, payload = '' }: FrameParts): Buffer {
  const bytes = Buffer.from(payload as string)
  const long = Buffer.alloc(8)
  long.writeBigUInt64BE(length ?? BigInt(bytes.length))
  const isShort = length === undefined && bytes.length < 126
  const head = Buffer.from([(fin ? 0x80 : 0) | (reserved << 4) | opcode, (masked ? 0x80 : 0) | (isShort ? bytes.length : 127)])
  return Buffer.concat([head, ...(isShort ? [] : [long]), ...(masked ? [Buffer.alloc(4)] : []), bytes])
}

export function closeFrame(code: number, reason: Buffer | string = ''): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(code)
  return frame({ opcode: 8, payload: Buffer.concat([bytes, Buffer.from(reason as string)]) })
}

/** Rejects unless it is upgraded; cut off after `milliseconds` of silence. */
export async function openByHand(url: string, path: string, headers: readonly string[], milliseconds = 5000): Promise<Socket> {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.setTimeout(milliseconds, () => socket.destroy())
  socket.on('error', () => {})
  socket.write(`${upgradeLines(path, [`Host: ${host}`, ...headers]).join('\r\n')}\r\n\r\n`)
  const head = await headOf(socket)
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`${path} was not upgraded: ${head.split('\r\n', 1)[0]}`)
  return socket
}

async function headOf(socket: Socket): Promise<string> {
  let text = ''
  while (!text.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    const rest = text.length - end - 4
    if (end >= 0 && rest > 0) socket.unshift(chunk.subarray(chunk.length - rest))
  }
  return text
}

/** Every frame that the server sends, until either side ends; the connection ends with the reading. */
export async function* readFrames(socket: Socket): AsyncGenerator<ReadFrame, void> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of chunksOf(socket)) {
    bytes = Buffer.concat([bytes, chunk])
    for (let end = endOfFrame(bytes); end !== null && end <= bytes.length; end = endOfFrame(bytes)) {
      yield { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(startOfPayload(bytes), end) }
      bytes = bytes.subarray(end)
    }
  }
}

/** A connection that breaks off, or that was silent for too long, ends what is read of it. */
async function* chunksOf(socket: Socket): AsyncGenerator<Buffer, void> {
  try {
    yield* socket as AsyncIterable<Buffer>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

/** The code that the server closes with; null where it ends without one. */
export async function readClose(socket: Socket): Promise<number | null> {
  for await (const { opcode, payload } of readFrames(socket)) if (opcode === 8) return payload.readUInt16BE(0)
  return null
}

const startOfPayload = (bytes: Buffer) => ({ 126: 4, 127: 10 })[bytes[1]! & 0x7f] ?? 2

/** Null while the header is not all there. */
function endOfFrame(bytes: Buffer): number | null {
  if (bytes.length < 2 || bytes.length < startOfPayload(bytes)) return null
  const short = bytes[1]! & 0x7f
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  return startOfPayload(bytes) + length
}
