/** An answer that is drawn while it grows, in a real browser: our writer beside a page that draws all of it anew at every frame, with the same library. */
import { closeBrowser, withoutBrowser } from '../tests/support/browser.ts'
import { answerOf, kinds, type Kind } from '../tests/support/prose-page/made-answers.ts'
import { openProsePage } from '../tests/support/prose-page/open-prose-page.ts'
import type { WriterName } from '../tests/support/prose-page/main.ts'
import type { StreamFigures } from '../tests/support/prose-page/stream-text.ts'
import { median } from './support/children.ts'

const charactersPerToken = 4
/** Three tokens a frame are 180 a second, faster than most models write. */
const tokensPerFrame = 3
const atMostMs = 30_000

export async function web(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  if (withoutBrowser !== false) return [`web: not measured, ${withoutBrowser}`]
  const endings: (() => unknown)[] = []
  const { page } = await openProsePage({ after: (ending: () => unknown) => void endings.push(ending) })
  const stream = (writer: WriterName, kind: Kind, tokens: number): Promise<StreamFigures> =>
    page.evaluate(
      ([name, text, settings]) => window.prose.stream(name, text, settings),
      [writer, answerOf(kind, tokens * charactersPerToken), { deltas: tokens, perFrame: tokensPerFrame, paced: true, atMostMs: options.smoke ? 2000 : atMostMs }] as const,
    )
  const lines: string[] = []
  await stream('ours', 'code', 200)
  for (const tokens of options.smoke ? [300] : [1000, 10_000]) {
    for (const kind of Object.keys(kinds) as Kind[]) lines.push(describe(kind, tokens, await stream('ours', kind, tokens), await stream('naive', kind, tokens)))
  }
  for (const ending of endings) await ending()
  await closeBrowser()
  return lines
}

function describe(kind: Kind, tokens: number, ours: StreamFigures, naive: StreamFigures): string {
  const row = (figures: StreamFigures) => {
    const [begin, end] = [median(figures.work.slice(0, 60)), median(figures.work.slice(-60))]
    return `${(1000 / median(figures.gaps)).toFixed(0)} frames/s, ${begin.toFixed(1)} ms a frame at the beginning, ${end.toFixed(1)} ms at ${figures.written === 1 ? 'the end' : `${(100 * figures.written).toFixed(0)} %`}`
  }
  const ratio = median(naive.work.slice(-60)) / median(ours.work.slice(-60))
  return [
    `web, ${kind}, ${tokens} tokens (limits: 55 frames/s, layout shift 0):`,
    `  Parley      ${row(ours)}; layout shift ${ours.shift.toFixed(3)}`,
    `  all anew    ${row(naive)}; ratio ${ratio.toFixed(1)}`,
  ].join('\n')
}
