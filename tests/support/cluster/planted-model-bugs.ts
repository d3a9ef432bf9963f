import type { LanguageModel, ModelPart, ModelRequest } from '../../../server/models/language-model.ts'
import { isRecord } from '../../../server/models/is-record.ts'
import type { FaultSwitches } from './fault-switches.ts'

type Stream = AsyncIterable<readonly ModelPart[]>
type Ask = (request: ModelRequest, signal: AbortSignal) => Stream

/** A model with bugs that are there while they are switched on when it is asked. */
export function modelWithBugs(model: LanguageModel, switches: FaultSwitches, providerUrl: string | null): LanguageModel {
  const asItIs: Ask = (request, signal) => model.stream(request, signal)
  return {
    ...model,
    stream(request, signal) {
      if (switches.has('retry-after-delta')) return triedAgain(asItIs, request, signal)
      if (switches.has('stop-only-detaches')) return detached(asItIs, request, signal)
      if (switches.has('halves-decoded-alone')) return inHalves(asItIs, request, signal)
      if (switches.has('body-read-whole') && providerUrl !== null) return readWhole(providerUrl, model.model)
      return asItIs(request, signal)
    },
  }
}

const isDelta = (part: ModelPart) => part.type === 'text-delta' || part.type === 'reasoning-delta'

/** What is cut is asked again, once, and its answer joined on. */
async function* triedAgain(ask: Ask, request: ModelRequest, signal: AbortSignal): Stream {
  let begun = false
  for await (const parts of ask(request, signal)) {
    begun ||= parts.some(isDelta)
    if (!begun || !parts.some((part) => part.type === 'failure')) {
      yield parts
      continue
    }
    yield parts.filter(isDelta)
    yield* ask(request, signal)
    return
  }
}

/** Whoever stops hears no more; the provider is never told. */
async function* detached(ask: Ask, request: ModelRequest, signal: AbortSignal): Stream {
  const waiting: (readonly ModelPart[])[] = []
  let wake = () => {}
  let over = false
  void (async () => {
    for await (const parts of ask(request, new AbortController().signal)) {
      waiting.push(parts)
      wake()
    }
    over = true
    wake()
  })()
  signal.addEventListener('abort', () => wake(), { once: true })
  while (!signal.aborted) {
    const parts = waiting.shift()
    if (parts) yield parts
    else if (over) return
    else await new Promise<void>((resolve) => (wake = resolve))
  }
}

/** Each unit of UTF-16 is taken for a character. */
async function* inHalves(ask: Ask, request: ModelRequest, signal: AbortSignal): Stream {
  for await (const parts of ask(request, signal)) {
    const alone = (text: string) => text.split('').map((unit) => unit.toWellFormed()).join('')
    yield parts.map((part) => (part.type === 'text-delta' ? { ...part, text: alone(part.text) } : part))
  }
}

/** An adapter as one writes it in a hurry: the whole body first. */
async function* readWhole(providerUrl: string, model: string): Stream {
  const response = await fetch(`${providerUrl}/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, stream: true, messages: [] }),
  })
  for (const line of (await response.text()).split('\n')) {
    const value: unknown = line.startsWith('data: {') ? JSON.parse(line.slice('data: '.length)) : null
    const [choice] = isRecord(value) && Array.isArray(value.choices) ? value.choices : []
    const text: unknown = isRecord(choice) && isRecord(choice.delta) ? choice.delta.content : null
    if (typeof text === 'string') yield [{ type: 'text-delta', text }]
  }
  yield [{ type: 'finish', reason: 'complete', usage: null }]
}
