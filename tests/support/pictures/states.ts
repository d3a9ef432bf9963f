import type { Page } from 'playwright-core'
import { languages } from '../../../web/i18n/language.ts'
import type { Stage } from './stage.ts'
import { bread, flow, questions, rule72, train } from './texts.ts'

/** One page in one language, at one width, and what it talks to. */
export interface Scene {
  readonly stage: Stage
  readonly page: Page
  readonly language: 'en' | 'fr'
  readonly narrow: boolean
}

export interface State {
  readonly name: string
  /** From wherever the page is to this state, as a person would get there. */
  reach(scene: Scene): Promise<void>
  /** Milliseconds after which it stands still, where that takes longer than a moment. */
  readonly settlesIn?: number
  /** Puts back what the next state does not expect. */
  leave?(scene: Scene): Promise<void>
}

const words = ({ language }: Scene) => languages[language]
const begin = ({ page, stage }: Scene) => page.goto(`${stage.server.url}/chat`)

async function write({ page }: Scene, text: string): Promise<void> {
  await page.locator('textarea').fill(text)
}

async function ask(scene: Scene, question: string, answer: string, manner = 'sim'): Promise<void> {
  scene.stage.answers(answer, manner)
  await write(scene, question)
  await scene.page.locator('textarea').press('Enter')
}

const settled = ({ page }: Scene, count = 1) => page.locator('.footer').nth(count - 1).waitFor()
const shows = ({ page }: Scene, text: string) => page.getByText(text).first().waitFor()

/** A new conversation whose answer is under way, and stays so. */
async function streaming(scene: Scene, words = 24): Promise<void> {
  await begin(scene)
  await ask(scene, questions.train[scene.language], train[scene.language], `sim-g5-stall${words}`)
  await scene.page.waitForFunction((least) => (document.querySelector('parley-prose')?.textContent ?? '').split(' ').length >= least, words - 4)
}

const stop = async (scene: Scene) => {
  await scene.page.locator('.stop').click()
  await settled(scene)
}

/** The list with a conversation beside it; on a phone, over it. */
async function openList(scene: Scene): Promise<void> {
  const { page, narrow } = scene
  await begin(scene)
  await page.locator('.list nav li a').nth(1).waitFor({ state: 'attached' })
  if (narrow) await page.locator('.conversation .only-narrow').first().click()
}

/** What the nth row's menu offers, by its place: pin, rename, archive, delete. */
async function fromRow({ page }: Scene, row: number, choice: 'pin' | 'rename' | 'archive' | 'delete'): Promise<void> {
  await page.locator('.list nav li').nth(row).hover()
  await page.locator('.list nav li .tool-button').nth(row).click()
  await page.locator('.menu:popover-open [role=menuitem]').nth(['pin', 'rename', 'archive', 'delete'].indexOf(choice)).click()
}

export const states: readonly State[] = [
  { name: 'empty', reach: async (scene) => {
    await begin(scene)
    await scene.page.locator('.starts').waitFor()
  } },
  { name: 'draft', reach: async (scene) => {
    await begin(scene)
    await write(scene, Array.from({ length: 9 }, () => questions.train[scene.language]).join('\n'))
  }, leave: (scene) => write(scene, '') },
  { name: 'agents', reach: async (scene) => {
    await begin(scene)
    await scene.page.locator('.picker').click()
  } },
  { name: 'waiting-first-word', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language], 'sim-f60000')
    await scene.page.locator('parley-prose').waitFor({ state: 'attached' })
  }, leave: stop },
  { name: 'reasoning', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language], 'sim-think-g5-stall24')
    await scene.page.locator('.reasoning summary').click()
  }, leave: stop },
  { name: 'first-answer', reach: (scene) => streaming(scene, 24), leave: stop },
  { name: 'answer', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.bread[scene.language], bread)
    await settled(scene)
  } },
  { name: 'answer-rich', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.rule[scene.language], rule72)
    await settled(scene)
  } },
  { name: 'answer-rich-top', reach: async ({ page }) => {
    await page.locator('.turns').evaluate((turns) => turns.scrollTo(0, 0))
  } },
  { name: 'diagram', settlesIn: 2500, reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.flow[scene.language], flow)
    await settled(scene)
    await scene.page.locator('.has-picture').waitFor({ timeout: 30_000 })
  } },
  { name: 'two-turns', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language])
    await settled(scene)
    await ask(scene, questions.queued[scene.language][0]!, train[scene.language])
    await settled(scene, 2)
    if (!scene.narrow) await scene.page.locator('.said').last().hover()
  } },
  { name: 'queue', reach: async (scene) => {
    await streaming(scene)
    for (const question of questions.queued[scene.language]) {
      await write(scene, question)
      await scene.page.locator('textarea').press('Enter')
    }
    await shows(scene, words(scene).waits_for_answer)
  }, leave: async (scene) => {
    for (let left = 2; left > 0; left -= 1) await scene.page.getByRole('button', { name: words(scene).remove }).last().click()
    await stop(scene)
  } },
  { name: 'stopped', reach: async (scene) => {
    await streaming(scene)
    await stop(scene)
  } },
  { name: 'failed', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language], 'sim-err30')
    await settled(scene)
  } },
  { name: 'failed-before-text', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language], 'sim-e401')
    await scene.page.locator('.ending').waitFor()
  } },
  { name: 'again', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language])
    await settled(scene)
    await scene.page.locator('[data-act=again]').click()
  } },
  { name: 'versions', reach: async (scene) => {
    scene.stage.answers(train[scene.language].split('. ').slice(0, 2).join('. '))
    await scene.page.locator('.menu:popover-open [role=menuitem]').first().click()
    await scene.page.locator('.answer .versions').waitFor()
    await settled(scene)
  } },
  { name: 'rated', reach: async ({ page }) => {
    await page.locator('[data-thumb=up]').click()
    await page.locator('.why:popover-open').waitFor()
  }, leave: ({ page }) => page.keyboard.press('Escape') },
  { name: 'editing', reach: async ({ page }) => {
    await page.locator('.said').first().hover()
    await page.locator('.said .quiet .tool-button').last().click()
    await page.locator('.editing textarea').waitFor()
  } },
  { name: 'edited', reach: async (scene) => {
    scene.stage.answers(train[scene.language])
    await scene.page.locator('.editing textarea').fill(questions.edited[scene.language])
    await scene.page.keyboard.press('Enter')
    await scene.page.locator('.said .versions').waitFor()
    await settled(scene)
  } },
  { name: 'offline', reach: async (scene) => {
    await begin(scene)
    await ask(scene, questions.train[scene.language], train[scene.language])
    await settled(scene)
    await scene.page.context().setOffline(true)
    await write(scene, questions.queued[scene.language][0]!)
    await scene.page.locator('textarea').press('Enter')
    await shows(scene, words(scene).offline)
  }, leave: async (scene) => {
    await scene.page.context().setOffline(false)
    await settled(scene, 2)
  } },
  { name: 'reconnecting', reach: async (scene) => {
    await streaming(scene)
    await scene.stage.server.kill()
    await shows(scene, words(scene).reconnecting)
  } },
  { name: 'interrupted', reach: async (scene) => {
    await scene.stage.server.start()
    await scene.page.getByText(words(scene).outcomes.interrupted).first().waitFor({ timeout: 20_000 })
    await settled(scene)
  } },
  { name: 'list', reach: async (scene) => {
    await openList(scene)
    await scene.page.locator('.list nav li').nth(4).hover()
  } },
  { name: 'list-menu', reach: async (scene) => {
    await openList(scene)
    await scene.page.locator('.list nav li').nth(3).hover()
    await scene.page.locator('.list nav li .tool-button').nth(3).click()
  } },
  { name: 'rename', reach: async (scene) => {
    await openList(scene)
    await fromRow(scene, 3, 'rename')
    await scene.page.locator('.rename').waitFor()
  } },
  { name: 'pinned', reach: async (scene) => {
    await openList(scene)
    await fromRow(scene, 5, 'pin')
    await shows(scene, words(scene).pinned)
  }, leave: (scene) => fromRow(scene, 0, 'pin') },
  { name: 'archive', reach: async (scene) => {
    await openList(scene)
    await fromRow(scene, 5, 'archive')
    await scene.page.locator('.places .place').first().click()
    await scene.page.locator('.shelf').waitFor()
  }, leave: (scene) => fromRow(scene, 0, 'archive') },
  { name: 'settings', reach: async (scene) => {
    await openList(scene)
    await scene.page.locator('parley-settings-menu .place').click()
  } },
  { name: 'search', reach: async (scene) => {
    await openList(scene)
    await scene.page.locator('.list .tool-button').first().click()
    await scene.page.locator('.search').fill('night train')
    await scene.page.locator('.hits li').first().waitFor()
  } },
  { name: 'search-nothing', reach: async (scene) => {
    await openList(scene)
    await scene.page.locator('.list .tool-button').first().click()
    await scene.page.locator('.search').fill('zeppelin')
    await scene.page.locator('.nothing').waitFor()
  } },
  { name: 'deleted', reach: async (scene) => {
    await openList(scene)
    await fromRow(scene, 1, 'delete')
    await scene.page.locator('.toast').waitFor()
  }, leave: (scene) => scene.page.locator('.toast button').click() },
  { name: 'palette', reach: async (scene) => {
    await begin(scene)
    await scene.page.locator('.starts').waitFor()
    await scene.page.keyboard.press('Control+k')
  }, leave: ({ page }) => page.keyboard.press('Escape') },
  { name: 'palette-typed', reach: async (scene) => {
    const { page } = scene
    await begin(scene)
    await scene.page.locator('.starts').waitFor()
    await page.keyboard.press('Control+k')
    await page.locator('.palette .field').fill('ne')
  }, leave: ({ page }) => page.keyboard.press('Escape') },
  { name: 'slash', reach: async (scene) => {
    await begin(scene)
    await write(scene, '/')
    await scene.page.locator('.slash').waitFor()
  }, leave: (scene) => write(scene, '') },
  { name: 'shortcuts', reach: async (scene) => {
    await begin(scene)
    await write(scene, `/${words(scene).commands.shortcuts.name}`)
    await scene.page.locator('textarea').press('Enter')
    await scene.page.locator('.dialog.shortcuts[open]').waitFor()
  }, leave: ({ page }) => page.keyboard.press('Escape') },
  { name: 'missing', reach: async (scene) => {
    await scene.page.goto(`${scene.stage.server.url}/chat/c_nothing`)
    await shows(scene, words(scene).conversation_missing)
  } },
]
