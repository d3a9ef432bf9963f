/** Walks a page through its states and has axe look at each, at a desk and on a phone, in both themes; nothing may be cut off there. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { axeFaults } from './axe.ts'
import { openPage } from './browser.ts'
import { pageFaults } from './pictures/page-faults.ts'
import { openStage, type Stage } from './pictures/stage.ts'
import { states, type Scene } from './pictures/states.ts'

const artifacts = join(import.meta.dirname, '../../artifacts/access')
const wide = { width: 1440, height: 900 }
const narrow = { width: 390, height: 844 }
const walked = [
  'empty', 'agents', 'slash', 'palette-typed', 'shortcuts', 'first-answer', 'queue', 'stopped', 'answer-rich', 'failed', 'failed-before-text', 'offline', 'reconnecting',
  'interrupted', 'list', 'list-menu', 'search', 'deleted', 'archive', 'settings', 'missing',
]
/** What looks otherwise on a phone than beside a conversation. */
const sheets = ['list', 'list-menu', 'search', 'archive', 'settings']

interface Walk {
  /** Every state there is, also the phone's colours, which are those of the desk, and a picture of each into artifacts/access. */
  readonly whole: boolean
}

/** All that was found, each with its state, theme and width. */
export async function faultsOnTheWay(t: { after(ending: () => unknown): void }, { whole }: Walk): Promise<readonly string[]> {
  mkdirSync(artifacts, { recursive: true })
  const stage = await openStage(t, 1)
  await twentyConversations(stage)
  const { page } = await openPage(t, { viewport: wide, reducedMotion: 'reduce' })
  const faults: string[] = []
  const look = async (name: string, themes: readonly Theme[]) => void faults.push(...(await examine(page, name, themes, whole)))

  await walk({ stage, page, language: 'en', narrow: false }, whole ? states.map(({ name }) => name) : walked, async (name) => {
    await look(name, ['light', 'dark'])
    if (sheets.includes(name)) return
    await page.setViewportSize(narrow)
    await look(name, whole ? ['light', 'dark'] : ['light'])
    await page.setViewportSize(wide)
  })
  await page.setViewportSize(narrow)
  await walk({ stage, page, language: 'en', narrow: true }, sheets, (name) => look(`${name}-sheet`, whole ? ['light', 'dark'] : ['light']))
  return faults
}

type Theme = 'light' | 'dark'

async function examine(page: Page, name: string, themes: readonly Theme[], takesPicture: boolean): Promise<readonly string[]> {
  const { width } = page.viewportSize()!
  const faults: string[] = []
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    // What comes with a movement is looked at once it has come.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getTiming().iterations === 1).map((one) => one.finished)))
    const found = await axeFaults(page, theme === 'light' ? 'all' : 'colours')
    faults.push(...found.map((fault) => `${name}, ${theme}, ${width} px: ${fault}`))
    if (takesPicture) await page.screenshot({ path: join(artifacts, `${name}-${theme}-${width}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return [...faults, ...(await pageFaults(page)).map((fault) => `${name}, ${width} px: ${fault}`)]
}

async function walk(scene: Scene, names: readonly string[], each: (name: string) => Promise<void>): Promise<void> {
  for (const state of names.map((name) => states.find((candidate) => candidate.name === name)!)) {
    await state.reach(scene)
    await each(state.name)
    await state.leave?.(scene)
  }
}

async function twentyConversations({ server }: Stage): Promise<void> {
  for (let i = 1; i <= 20; i += 1) {
    const body = JSON.stringify({ title: `About thing ${i} of a long list` })
    await fetch(`${server.url}/api/v1/chat/conversations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }
}
