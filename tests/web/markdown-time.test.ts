/** [W12] What it takes to draw an answer depends on its length and not on the square of it, whatever the answer is. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'
import { answerOf, kinds, mixedAnswer, type Kind } from '../support/prose-page/made-answers.ts'
import { openProsePage } from '../support/prose-page/open-prose-page.ts'
import type { WriterName } from '../support/prose-page/main.ts'

let page: Page
const endings: (() => unknown)[] = []
before(async () => {
  if (!withoutBrowser) page = (await openProsePage({ after: (ending: () => unknown) => void endings.push(ending) })).page
})
after(async () => {
  for (const ending of endings) await ending()
  await closeBrowser()
})

/** Nodes made while an answer of so many characters grew, 60 characters at a time. */
async function nodesOf(writer: WriterName, kind: Kind, characters: number): Promise<number> {
  const text = answerOf(kind, characters)
  const { nodes } = await page.evaluate(([name, said, deltas]) => window.prose.stream(name, said, { deltas, perFrame: 1, paced: false }), [writer, text, text.length / 60] as const)
  return nodes
}

for (const kind of Object.keys(kinds) as Kind[]) {
  test(`[W12] twice as much ${kind} takes twice the work`, { skip: withoutBrowser }, async () => {
    // Colours come with the first code, and with them more nodes.
    await nodesOf('ours', kind, 600)
    if (kind === 'code') await page.waitForTimeout(500)
    const [once, twice] = [await nodesOf('ours', kind, 6000), await nodesOf('ours', kind, 12_000)]

    assert.ok(once > 10 && twice <= 2.5 * once, `${once} nodes, then ${twice}`)
  })
}

test('[W12] a page that draws everything anew at every frame is found out', { skip: withoutBrowser }, async () => {
  const [once, twice] = [await nodesOf('naive', 'list', 3000), await nodesOf('naive', 'list', 6000)]

  assert.ok(twice > 3 * once, `${once} nodes, then ${twice}`)
})

test('[W12] nothing that stands moves while more is written below it', { skip: withoutBrowser }, async () => {
  const { shift } = await page.evaluate((text) => window.prose.stream('ours', text, { deltas: 90, perFrame: 1, paced: true }), mixedAnswer(4000))

  assert.equal(shift, 0)
})

interface HostileCase {
  readonly id: string
  readonly gen?: string
}

const shared = join(import.meta.dirname, '../../../shared/hostile/markdown-xss.json')
const given = existsSync(shared) ? (JSON.parse(readFileSync(shared, 'utf8')) as HostileCase[]).filter(({ gen }) => gen !== undefined) : []
const slow: Readonly<Record<string, string>> = {
  ...Object.fromEntries(given.map(({ id, gen }) => [id, String(new Function(`return ${gen!}`)())])),
  'marks of emphasis': '*_'.repeat(50_000),
  'open formulas': '$a '.repeat(40_000),
  'brackets of formulas': '\\('.repeat(40_000),
  'leading spaces': `${' '.repeat(100_000)}a`,
  'empty lines': '\n \n'.repeat(40_000),
  'one line of code': `\`\`\`js\n${'let a = "b"; '.repeat(8000)}`,
  definitions: Array.from({ length: 4000 }, (_, n) => `[r${n}]: https://x.example/${n}\n`).join(''),
  'nested formulas': `${`$${'\\frac{1}{'.repeat(100)}x${'}'.repeat(100)}$ `.repeat(20)}`,
}
/** A turn of the page, in milliseconds: the limit is 200, and the machine may be busy. */
const limit = 600

for (const [id, text] of Object.entries(slow)) {
  test(`[W12] no slice of ${id} holds the page up`, { skip: withoutBrowser }, async (t) => {
    let longest = Infinity
    for (let attempt = 0; attempt < 3 && longest > limit; attempt++) longest = await page.evaluate((said) => window.prose.writeWhole(said), text)
    t.diagnostic(`${longest.toFixed(0)} ms`)

    assert.ok(longest <= limit, `${longest.toFixed(0)} ms`)
  })
}
