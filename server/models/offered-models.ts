import { type Dispatcher, request } from 'undici'
import { parseJson } from './event-stream.ts'
import { isRecord } from './is-record.ts'
import { addressBelow } from './provider-address.ts'

/** A list that is longer is not read. */
const largestList = 1024 * 1024
/** Models that turn text into vectors do not answer. */
const answersNobody = /embed|rerank|whisper|tts/i

export interface OfferedModels {
  readonly models: readonly string[]
  /** Who says that the models are theirs, where somebody does. */
  readonly ownedBy: string | null
}

/** What a server that speaks OpenAI's protocol offers for talking; null when nobody answers in time, or not with a list. */
export async function offeredModels(baseUrl: string, key: string | null, milliseconds: number): Promise<OfferedModels | null> {
  using patience = new Patience(milliseconds)
  try {
    const response = await request(addressBelow(baseUrl, 'v1', 'models'), {
      signal: patience.signal, headers: { accept: 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) },
    })
    const list = parseJson(await textOf(response))
    if (response.statusCode !== 200 || !isRecord(list) || !Array.isArray(list.data)) return null
    const models = list.data.filter(isRecord)
    const owner = models.find(({ owned_by: ownedBy }) => typeof ownedBy === 'string')?.owned_by
    return {
      models: models.flatMap(({ id }) => (typeof id === 'string' && id !== '' && !answersNobody.test(id) ? [id] : [])),
      ownedBy: typeof owner === 'string' ? owner : null,
    }
  } catch {
    return null
  }
}

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  let text = ''
  for await (const piece of body.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > largestList) throw new Error('a list beyond measure')
  }
  return text
}

const tickMs = 25

/** Time in small steps: while the process is too busy starting to read an answer, it stands still. */
class Patience implements Disposable {
  readonly #over = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.#wait(milliseconds)
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  #wait(left: number): void {
    if (left <= 0) return this.#over.abort()
    this.#timer = setTimeout(() => this.#wait(left - tickMs), tickMs)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
