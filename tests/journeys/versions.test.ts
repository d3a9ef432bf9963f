import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator, type ProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer } from '../support/spawn-server.ts'

const model = 'gpt-4o-mini'
const words = (count: number) => Array.from({ length: count }, (_, i) => `t${String(i + 1).padStart(6, '0')}`).join(' ')

async function start(t: TestContext) {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  const server = await spawnServer(t, { OPENAI_API_KEY: 'sk-journey', OPENAI_BASE_URL: provider.url })
  const { page, context, complaints } = await openPage(t)
  await page.goto(server.url)
  return { provider, page, context, complaints }
}

/** Asks, and waits until what is shown reads like this. */
async function ask(page: Page, provider: ProviderSimulator, text: string, script: string, shown: readonly string[]): Promise<void> {
  provider.answerAs(model, script)
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
  await untilShown(page, shown)
}

/** Every message on the page, as it reads, with its version where it has several. */
async function readPage(page: Page): Promise<readonly string[]> {
  return page.locator('[data-message]').evaluateAll((turns) => turns.map((turn) => {
    const said = turn.querySelector<HTMLElement>('.words, parley-prose')?.innerText.replace(/\s+/g, ' ').trim()
    const version = turn.querySelector('.versions .num')?.textContent?.trim()
    return version === undefined ? String(said) : `${said} (${version})`
  }))
}

async function untilShown(page: Page, expected: readonly string[]): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const shown = await readPage(page)
    if (JSON.stringify(shown) === JSON.stringify(expected)) return
    if (Date.now() > deadline) return assert.deepEqual(shown, expected)
    await page.waitForTimeout(30)
  }
}

async function answerAgain(page: Page, turn: number): Promise<void> {
  const answer = page.locator('[data-message]').nth(turn)
  await answer.hover()
  await answer.getByRole('button', { name: 'Answer again' }).click()
  await page.getByRole('menuitem', { name: 'Answer again' }).click()
}

const lastSent = (provider: ProviderSimulator) => provider.calls.at(-1)!.messages.slice(1).map(({ content }) => content)

after(closeBrowser)

test('[T33] [T34] versions of answers and questions are kept exactly, after a reload and in a second tab, and the model is sent what is shown', { skip: withoutBrowser }, async (t) => {
  const { provider, page, context, complaints } = await start(t)
  await ask(page, provider, 'One', 'sim-t3', ['One', words(3)])
  await ask(page, provider, 'Two', 'sim-t4', ['One', words(3), 'Two', words(4)])

  provider.answerAs(model, 'sim-t5')
  await answerAgain(page, 3)
  const second = ['One', words(3), 'Two', `${words(5)} (2/2)`]
  await untilShown(page, second)
  const tab = await context.newPage()
  await tab.goto(page.url())
  await untilShown(tab, second)

  await page.getByRole('button', { name: 'Version before' }).click()
  const first = ['One', words(3), 'Two', `${words(4)} (1/2)`]
  await untilShown(page, first)
  await untilShown(tab, first)
  await page.reload()
  await untilShown(page, first)

  const longer = [...first, 'Three', words(2)]
  await ask(page, provider, 'Three', 'sim-t2', longer)
  assert.deepEqual(lastSent(provider), ['One', words(3), 'Two', words(4), 'Three'])
  await untilShown(tab, longer)

  provider.answerAs(model, 'sim-t6')
  const question = page.locator('[data-message]').first()
  await question.hover()
  await question.getByRole('button', { name: 'Edit the question' }).click()
  await question.getByRole('textbox').fill('One, or else')
  await page.keyboard.press('Enter')
  const edited = ['One, or else (2/2)', words(6)]
  await untilShown(page, edited)
  assert.deepEqual(lastSent(provider), ['One, or else'])
  await untilShown(tab, edited)
  await tab.reload()
  await untilShown(tab, edited)

  await tab.getByRole('button', { name: 'Version before' }).click()
  const back = ['One (1/2)', ...longer.slice(1)]
  await untilShown(tab, back)
  await untilShown(page, back)
  await page.reload()
  await untilShown(page, back)
  assert.deepEqual(complaints, [])
})

test('[T35] a stopped answer is gone on with, reasoning is folded with its time, and a rating stands after a reload', { skip: withoutBrowser }, async (t) => {
  const { provider, page, complaints } = await start(t)
  provider.answerAs(model, 'sim-think-endless-g20')
  await page.getByRole('textbox', { name: 'Message' }).fill('Count')
  await page.keyboard.press('Enter')
  await page.locator('parley-prose', { hasText: 't000005' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText(/^Stopped\. The \d+ words received are kept\.$/).waitFor()

  assert.match((await page.locator('.reasoning summary').innerText()).trim(), /^Reasoning\s+\d+(\.\d)?\s(ms|s)$/)
  await becomes(() => page.locator('.reasoning').getAttribute('open'), null)
  provider.answerAs(model, 'sim-t3')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('[data-message]').nth(3).locator('parley-prose', { hasText: words(3) }).waitFor()
  await becomes(() => page.locator('[data-message]').nth(2).locator('.words').innerText(), 'Continue.')

  const answer = page.locator('[data-message]').nth(3)
  await answer.getByRole('button', { name: 'Bad answer' }).click()
  await page.keyboard.type('Only numbers')
  await page.keyboard.press('Enter')
  await page.locator('[title="Bad answer: Only numbers"]').waitFor()
  await page.reload()
  const rated = page.getByRole('button', { name: 'Bad answer', pressed: true })
  await rated.waitFor()
  await becomes(() => rated.getAttribute('title'), 'Bad answer: Only numbers')
  assert.deepEqual(complaints, [])
})
