/**
 * `npm run pictures -- [--all] [--readme] [WORD]…`: every state of the page, from the running program, reached as a person would
 * reach it, into artifacts/pictures. A word keeps only states whose name holds it. Without --all: English at a desk,
 * French on a phone. --readme writes the README's own pictures instead. Needs Chromium and a built page.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closeBrowser, openPage } from './browser.ts'
import { pageFaults } from './pictures/page-faults.ts'
import { openStage } from './pictures/stage.ts'
import { states, type Scene } from './pictures/states.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })
const folder = join(import.meta.dirname, '../../artifacts/pictures')
const shapes = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const
const views = [
  { shape: 'desk', language: 'en' },
  { shape: 'phone', language: 'fr' },
  { shape: 'desk', language: 'fr' },
  { shape: 'phone', language: 'en' },
] as const

const endings: (() => unknown)[] = []
const t = { after: (ending: () => unknown) => void endings.push(ending) }
const wanted = states.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
let failures = 0

mkdirSync(folder, { recursive: true })
const stage = await openStage(t)
for (const { shape, language } of views.slice(0, values.all ? 4 : 2)) {
  const { page, complaints } = await openPage(t, { ...shapes[shape], locale: language === 'fr' ? 'fr-FR' : 'en-GB' })
  page.setDefaultTimeout(8000)
  const scene: Scene = { stage, page, language, narrow: shape === 'phone' }
  for (const state of wanted) {
    try {
      await state.reach(scene)
      await take(scene, `${state.name}-${shape}-${language}`)
    } catch (error) {
      complain(`${state.name}, ${shape}, ${language}: ${String(error).slice(0, 400)}`)
    }
    await state.leave?.(scene).catch((error: unknown) => complain(`${state.name} was not left: ${String(error).slice(0, 200)}`))
  }
  for (const complaint of complaints) complain(complaint)
}
await closeBrowser()
for (const ending of endings.toReversed()) await ending()
process.exitCode = failures === 0 ? 0 : 1

/** In both themes: the page is the same, only the colours change. */
async function take({ page }: Scene, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'no-preference' })
    await page.waitForTimeout(350)
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
  for (const fault of await pageFaults(page)) complain(`${name}: ${fault}`)
}

function complain(text: string): void {
  failures += 1
  console.log(text)
}
