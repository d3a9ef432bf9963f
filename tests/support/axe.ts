import { readFileSync } from 'node:fs'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** WCAG 2.2 at A and AA, and what axe itself holds to be good practice. */
const all: RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'target-size': { enabled: true } } }
/** All that another theme can change. */
const colours: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } }

/** What axe finds on the page as it stands, whatever its weight: the rule, and where. */
export async function axeFaults(page: Page, what: 'all' | 'colours' = 'all'): Promise<readonly string[]> {
  const known = await page.evaluate(() => 'axe' in globalThis)
  if (!known) await page.evaluate(source)
  const violations = await page.evaluate(async (options) => {
    const { violations } = (await (globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe.run(options)) as AxeResults
    return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ target, any }) => ({ place: target.join(' '), why: any[0]?.message ?? '', isSaid: document.querySelector(String(target[0]))?.closest('parley-prose') != null })) }))
  }, what === 'all' ? all : colours)
  return violations
    // A model's own headings begin where it likes.
    .filter(({ id, where }) => id !== 'heading-order' || !where.every(({ isSaid }) => isSaid))
    .map(({ id, impact, where }) => `${impact} ${id}: ${where.slice(0, 3).map(({ place, why }) => `${place} (${why})`).join('; ')}`)
}
