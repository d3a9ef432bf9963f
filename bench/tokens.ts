/** How far estimated tokens are off: by bytes and by a tokenizer, before and after what the provider counted of earlier answers. And what counting costs. */
import { estimateTextTokens } from '../server/lib/estimate-tokens.ts'
import { MovingRatios } from '../server/lib/moving-ratio.ts'
import { countTokens } from '../server/models/o200k/count-tokens.ts'
import { O200kCounter } from '../server/models/o200k/o200k-counter.ts'
import { adapterOf, bodyOf } from '../tests/support/recordings/recording.ts'
import { sharedRecordings } from '../tests/support/recordings/recordings.ts'
import { readInPieces } from '../tests/models/ask.ts'
import { median } from './support/children.ts'

interface Counted {
  readonly name: string
  readonly text: string
  /** As the provider counted it. */
  readonly tokens: number
}

const counters = { bytes: estimateTextTokens, tokenizer: countTokens } as const

export async function tokens(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  const answers = recordedAnswers()
  const errors = Object.entries(counters).flatMap(([name, count]) => [
    ...answers.map(({ name: recording, text, tokens }) => `tokens: ${recording}, ${tokens} by its provider: ${percent(count(text) / tokens - 1)} off by ${name}`),
    ...(answers.length === 0 ? [] : [`tokens: ${name}, ${answers.length} recorded answers: median ${percent(median(answers.map(({ text, tokens }) => Math.abs(count(text) / tokens - 1))))} off, with no correction`]),
    ...answers.map((answer) => afterHalves(name, count, answer)),
  ])
  return [...errors, ...(await costs(options.smoke))]
}

/** Recorded answers in which every counted token is one that was shown: no tools, no hidden reasoning. */
function recordedAnswers(): readonly Counted[] {
  return sharedRecordings.flatMap((recording) => {
    const { parts, last } = readInPieces(adapterOf[recording.family].dialect, bodyOf(recording), [65_536])
    const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
    const usage = last?.type === 'finish' ? last.usage : null
    const isWhole = !parts.some(({ type }) => type === 'tool-call' || type === 'reasoning-delta')
    const tokens = (usage?.output ?? 0) - (usage?.reasoning ?? 0)
    return isWhole && text.length > 80 && tokens > 20 ? [{ name: recording.name, text, tokens }] : []
  })
}

/** Learns from the first half of an answer what its second half takes; a provider's tokens are taken to be even over an answer. */
function afterHalves(name: string, count: (text: string) => number, { name: recording, text, tokens }: Counted): string {
  const middle = text.indexOf(' ', text.length / 2)
  const [first, second] = [text.slice(0, middle), text.slice(middle)]
  const [inFirst, inSecond] = [first, second].map((half) => (tokens * half.length) / text.length) as [number, number]
  const ratios = new MovingRatios()
  ratios.learn(recording, count(first), inFirst)
  const [before, after] = [1, ratios.of(recording)].map((ratio) => percent((count(second) * ratio) / inSecond - 1))
  return `tokens: ${recording}, second half by ${name}: ${before} off before, ${after} off after the first half was learned`
}

/** What counting takes, and how long this thread cannot do anything else meanwhile. */
async function costs(smoke: boolean): Promise<readonly string[]> {
  const texts = { prose: 'The quick brown fox jumps over the lazy dog. '.repeat(2200), 'one word': 'a'.repeat(100_000), Chinese: '漢字'.repeat(50_000) }
  await using counter = new O200kCounter()
  const startMs = await timed(() => counter.count(['']))
  const lines = [`tokens: the counting thread starts in ${startMs.toFixed(0)} ms`]
  for (const [name, text] of Object.entries(texts)) {
    const rounds = Array.from({ length: smoke ? 3 : 20 })
    const inThread: number[] = []
    const held: number[] = []
    for (const _ of rounds) {
      let began = performance.now()
      const asked = counter.count([text])
      held.push(performance.now() - began)
      began = performance.now()
      await asked
      inThread.push(performance.now() - began)
    }
    const bytes = median(await Promise.all(rounds.map(() => timed(async () => estimateTextTokens(text)))))
    lines.push(`tokens: ${text.length} characters of ${name}: median ${median(inThread).toFixed(1)} ms in the thread, ${median(held).toFixed(3)} ms of this one; by bytes ${bytes.toFixed(3)} ms of this one`)
  }
  return lines
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await action()
  return performance.now() - began
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
