/** Where hostile texts come into the page, each way by itself; what they make happen is for the trap to say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { localIdentity } from '../../../server/tenants/local/local-identity.ts'
import { faultSeed, seededRandom } from '../cluster/seeded.ts'
import { startApp, type Person, type TestApp } from '../start-app.ts'
import { openTrap, type TrappedPage } from './page-trap.ts'
import type { Payload } from './payloads.ts'
import { poisonAnswers } from './poison.ts'

/** The page as `npm run build` makes it. */
export const builtPage = join(import.meta.dirname, '../../../dist')

/** Of a conversation that is loaded at once. */
const exchanges = 25
const chat = '/api/v1/chat/conversations'
const model = 'sim-s1313'

export interface Stage {
  readonly app: TestApp
  readonly person: Person
}

/** A service for one local user, over the page of a folder. */
export async function openStage(t: Pick<TestContext, 'after'>, pageDirectory = builtPage): Promise<Stage> {
  readFileSync(join(pageDirectory, 'index.html'))
  let port = 0
  const app = await startApp(t, { overrides: { pageDirectory, identity: localIdentity({ host: '127.0.0.1', port: () => port, allowedOrigins: [] }) } })
  port = Number(new URL(app.url).port)
  return { app, person: app.signIn('local') }
}

async function begin({ person }: Stage, title = 'A conversation'): Promise<string> {
  return (await person.call('POST', chat, { title })).body.id
}

/** A question and its answer, which comes in these pieces. */
async function exchange({ app, person }: Stage, conversation: string, question: string, deltas: readonly string[], options = ''): Promise<void> {
  app.provider.script(`${model}${options}`, deltas)
  const { status, body } = await person.call('POST', `${chat}/${conversation}/messages`, { content: question, model: `openai/${model}${options}` })
  if (status !== 200) throw new Error(`an exchange failed with ${status}: ${JSON.stringify(body)}`)
}

function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

/** What happened, with what was on the screen then. */
const named = (where: string, payloads: readonly Payload[], findings: readonly string[]) =>
  findings.map((finding) => `${where} (${payloads[0]?.id} … ${payloads.at(-1)?.id}): ${finding}`)

/** Said by the user and answered by a model, each whole, and read again from the store. */
export async function showWhole(stage: Stage, trap: TrappedPage, payloads: readonly Payload[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const batch of batches(payloads, exchanges)) {
    const conversation = await begin(stage)
    for (const { text } of batch) await exchange(stage, conversation, text, [text])
    await trap.go(`${stage.app.url}/chat/${conversation}`)
    found.push(...await untilDrawn(trap, batch.length), ...named('whole', batch, await trap.findings()))
  }
  return found
}

/** Answered by a model while the page looks on, in four pieces that are cut anywhere. */
export async function showStreaming(stage: Stage, trap: TrappedPage, payloads: readonly Payload[]): Promise<readonly string[]> {
  const random = seededRandom(faultSeed)
  const found: string[] = []
  for (const batch of batches(payloads, exchanges)) {
    const conversation = await begin(stage)
    await exchange(stage, conversation, 'First', ['First'])
    await trap.go(`${stage.app.url}/chat/${conversation}`)
    await trap.page.locator('parley-prose').first().waitFor({ state: 'attached' })
    for (const { text } of batch) await exchange(stage, conversation, 'Next', pieces(text, 4, random), '-g17')
    found.push(...await untilDrawn(trap, batch.length + 1), ...named('streaming', batch, await trap.findings()))
  }
  return found
}

function pieces(text: string, count: number, random: () => number): readonly string[] {
  const letters = [...text]
  const cuts = Array.from({ length: count - 1 }, () => Math.floor(random() * letters.length)).toSorted((a, b) => a - b)
  return [0, ...cuts].map((from, n) => letters.slice(from, cuts[n] ?? letters.length).join('')).filter((piece) => piece !== '')
}

/** What an element of the page shows that writes what a model says. */
interface Growing extends HTMLElement {
  show(text: string, generation: number, state: 'growing' | 'whole' | 'cut'): void
}

/** Cut at so many places each, all in one page: every stretch is drawn as a model's words that are still to come, and at last the whole. */
export async function showCut(stage: Stage, trap: TrappedPage, payloads: readonly Payload[], cuts: number): Promise<readonly string[]> {
  const found: string[] = []
  await trap.go(`${stage.app.url}/chat`)
  for (const batch of batches(payloads, 200)) {
    const texts = batch.map(({ text }) => text)
    await trap.page.evaluate(growInPage, { texts, cuts })
    found.push(...named('cut', batch, await trap.findings()))
  }
  return found
}

async function growInPage({ texts, cuts }: { readonly texts: readonly string[]; readonly cuts: number }): Promise<void> {
  const ground = document.createElement('div')
  document.querySelector('.hostile-ground')?.remove()
  ground.className = 'hostile-ground'
  document.body.append(ground)
  // What draws comes with the first answer: until it is there nothing would be tried.
  const first = document.createElement('parley-prose') as Growing
  ground.append(first)
  first.show('First', 0, 'whole')
  while (first.querySelector('p') === null) await new Promise(requestAnimationFrame)
  const grown = texts.map((text) => {
    const element = document.createElement('parley-prose') as Growing
    ground.append(element)
    return { element, text }
  })
  for (let n = 1; n <= cuts + 1; n++) {
    for (const { element, text } of grown) element.show(text.slice(0, Math.ceil((text.length * n) / (cuts + 1))), 0, n > cuts ? 'whole' : 'growing')
    await new Promise(requestAnimationFrame)
  }
  if (grown.some(({ element, text }) => text.length > 40 && /^\w/.test(text) && element.textContent === '')) throw new Error('nothing was drawn')
}

/** In titles, names of agents, errors, facts of a receipt and what a search found: in every text that the service itself may say. */
export async function showAround(stage: Stage, trap: TrappedPage, payloads: readonly Payload[]): Promise<readonly string[]> {
  const conversation = await begin(stage)
  for (let n = 0; n < exchanges; n++) await exchange(stage, conversation, 'Findable', ['Answer'])
  await poisonAnswers(trap.context, payloads)
  await trap.go(`${stage.app.url}/chat/${conversation}`)
  const shown = [...await untilDrawn(trap, exchanges), ...await untilDrawn(trap, payloads.length, 'nav li')]
  const listed = named('in lists', payloads, await trap.findings())
  await trap.page.keyboard.press('Control+Shift+f')
  await trap.page.keyboard.type('Findable')
  shown.push(...await untilDrawn(trap, payloads.length, 'mark'))
  const searched = named('in hits', payloads, await trap.findings())
  await openMenus(trap.page)
  await trap.page.keyboard.press('Control+k')
  await trap.page.keyboard.type('e')
  const opened = named('in menus', payloads, await trap.findings())
  await trap.context.unrouteAll({ behavior: 'ignoreErrors' })
  return [...shown, ...listed, ...searched, ...opened]
}

/** What was not drawn was not tried. */
async function untilDrawn({ page }: TrappedPage, count: number, what = 'parley-prose'): Promise<readonly string[]> {
  const drawn = page.locator(what).nth(count - 1).waitFor({ state: 'attached', timeout: 8000 })
  return drawn.then(() => [], () => [`there were never ${count} of ${what}`])
}

/** Everything that folds out by itself. */
async function openMenus(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const folded of document.querySelectorAll<HTMLElement>('[popover]')) folded.togglePopover(true)
  })
}

/** The page of this stage under watch. */
export async function watch(t: Pick<TestContext, 'after'>, stage: Stage): Promise<TrappedPage> {
  return openTrap(t, stage.app.url)
}
