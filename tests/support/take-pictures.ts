/**
 * `npm run pictures -- [--all] [--readme] [WORD]…`: every state of the page, from the running program, reached as a person would
 * reach it, into artifacts/pictures. A word keeps only states whose name holds it. Without --all: English at a desk,
 * French on a phone. --readme takes the two pictures of the README instead. Needs Chromium and a built page.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closeBrowser, openPage } from './browser.ts'
import { pageFaults } from './pictures/page-faults.ts'
import { openStage } from './pictures/stage.ts'
import { states, type Scene, type State } from './pictures/states.ts'

const root = join(import.meta.dirname, '../..')
const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' }, readme: { type: 'boolean' } }, allowPositionals: true })

const shapes = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const

/** One browser of one person, and the states that it walks through. */
interface View {
  readonly shape: keyof typeof shapes
  readonly language: Scene['language']
  readonly themes: readonly ('light' | 'dark')[]
  readonly wanted: (name: string) => boolean
  readonly path: (state: string, theme: string) => string
}

const inArtifacts = (shape: View['shape'], language: Scene['language']): View => ({
  shape, language, themes: ['light', 'dark'],
  wanted: (name) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
  path: (state, theme) => join(root, 'artifacts/pictures', `${state}-${shape}-${language}-${theme}.png`),
})
const all = [inArtifacts('desk', 'en'), inArtifacts('phone', 'fr'), inArtifacts('desk', 'fr'), inArtifacts('phone', 'en')]
const readme: readonly View[] = [
  { shape: 'desk', language: 'en', themes: ['light'], wanted: (name) => name === 'answer', path: () => join(root, 'docs/pictures/chat-light.png') },
  { shape: 'phone', language: 'fr', themes: ['dark'], wanted: (name) => name === 'queue', path: () => join(root, 'docs/pictures/chat-phone-dark.png') },
]

const endings: (() => unknown)[] = []
const t = { after: (ending: () => unknown) => void endings.push(ending) }
let complaints = 0

mkdirSync(join(root, 'artifacts/pictures'), { recursive: true })
// Ten days are as much as fits into a picture of the README's size.
const stage = await openStage(t, values.readme ? 10 : Number.POSITIVE_INFINITY)
for (const view of values.readme ? readme : all.slice(0, values.all ? 4 : 2)) await walk(view)
await closeBrowser()
for (const ending of endings.toReversed()) await ending()
process.exitCode = complaints === 0 ? 0 : 1

/** A state that cannot be reached is said, and the next one tried. */
async function walk(view: View): Promise<void> {
  const { page, complaints: said } = await openPage(t, { ...shapes[view.shape], locale: view.language === 'fr' ? 'fr-FR' : 'en-GB' })
  page.setDefaultTimeout(8000)
  const scene: Scene = { stage, page, language: view.language, narrow: view.shape === 'phone' }
  for (const state of states.filter(({ name }) => view.wanted(name))) {
    const place = `${state.name}, ${view.shape}, ${view.language}`
    await state.reach(scene).then(() => take(scene, view, state), (error: unknown) => complain(`${place}: ${String(error).slice(0, 400)}`))
    for (const fault of await pageFaults(page)) complain(`${place}: ${fault}`)
    await state.leave?.(scene).catch((error: unknown) => complain(`${place} was not left: ${String(error).slice(0, 200)}`))
  }
  for (const complaint of said) complain(complaint)
}

/** In each theme: the page is the same, only the colours change. */
async function take({ page }: Scene, view: View, { name, settlesIn = 350 }: State): Promise<void> {
  for (const colorScheme of view.themes) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(settlesIn)
    await page.screenshot({ path: view.path(name, colorScheme) })
  }
}

function complain(text: string): void {
  complaints += 1
  console.log(text)
}
