import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator, type ProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer, type SpawnedServer } from '../support/spawn-server.ts'

/** What the agents ask for when OpenAI is the only provider. */
const model = 'gpt-4o-mini'

async function start(t: TestContext): Promise<{ readonly server: SpawnedServer; readonly provider: ProviderSimulator }> {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  return { provider, server: await spawnServer(t, { OPENAI_API_KEY: 'sk-journey', OPENAI_BASE_URL: provider.url }) }
}

async function ask(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

const answers = (page: Page) => page.locator('parley-prose')
const words = (count: number) => Array.from({ length: count }, (_, i) => `t${String(i + 1).padStart(6, '0')}`).join(' ')

async function textOfAnswer(page: Page, n = 0): Promise<string> {
  return (await answers(page).nth(n).innerText()).replace(/\s+/g, ' ').trim()
}

async function untilText(page: Page, fits: RegExp, n = 0): Promise<string> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const text = (await answers(page).count()) > n ? await textOfAnswer(page, n) : ''
    if (fits.test(text)) return text
    if (Date.now() > deadline) throw new Error(`the answer never read ${fits}; it reads ${text.slice(-200)}`)
    await page.waitForTimeout(20)
  }
}

after(closeBrowser)

test('a newcomer asks, sees the answer stream, and finds it under its own address', { skip: withoutBrowser }, async (t) => {
  const { server, provider } = await start(t)
  provider.answerAs(model, 'sim-t60-g20')
  const { page, complaints } = await openPage(t)
  await page.goto(server.url)

  await ask(page, 'Count for me')
  const early = await untilText(page, /t000003/)
  const whole = await untilText(page, /t000060/)

  assert.ok(early.length < whole.length)
  assert.equal(whole, words(60))
  await page.getByText('25 + 60 tokens').waitFor()
  assert.match(page.url(), /\/chat\/c_/)
  await page.reload()
  assert.equal(await untilText(page, /t000060/), words(60))
  assert.deepEqual(complaints, [])
})

test('stop keeps what was said, and says that it was stopped', { skip: withoutBrowser }, async (t) => {
  const { server, provider } = await start(t)
  provider.answerAs(model, 'sim-t2000-g10')
  const { page, complaints } = await openPage(t)
  await page.goto(server.url)
  await ask(page, 'Count for ever')
  await untilText(page, /t000010/)

  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped').first().waitFor()

  const kept = await textOfAnswer(page)
  assert.ok(words(2000).startsWith(kept))
  await page.reload()
  assert.equal(await untilText(page, /t000010/), kept)
  const call = await provider.nextCall()
  await call.closed
  assert.equal(call.aborted, true)
  assert.deepEqual(complaints, [])
})

test('the server is killed in the middle of an answer: nothing seen is lost, and the page says what happened', { skip: withoutBrowser }, async (t) => {
  const { server, provider } = await start(t)
  provider.answerAs(model, 'sim-t2000-g10')
  const { page, complaints } = await openPage(t)
  await page.goto(server.url)
  await ask(page, 'Count for ever')
  await untilText(page, /t000030/)

  await server.kill()
  const seen = await textOfAnswer(page)
  await server.start()
  await page.getByText('Interrupted').first().waitFor({ timeout: 20_000 })

  const kept = await textOfAnswer(page)
  assert.ok(kept.startsWith(seen), 'a token that was seen was taken back')
  assert.ok(words(2000).startsWith(kept))
  await page.reload()
  assert.equal(await untilText(page, /t000030/), kept)
  await page.getByText('Interrupted').first().waitFor()

  provider.answerAs(model, 'sim-t5')
  await page.getByText('words received are kept.').waitFor()
  await page.getByRole('button', { name: 'Retry' }).click()
  assert.equal(await untilText(page, /^(t\d+ ?){5}$/), words(5))
  await page.getByRole('button', { name: 'Version before' }).click()
  assert.equal(await untilText(page, /t000030/), kept)
  assert.deepEqual(complaints, [])
})

test('a reload and a second tab show the same live answer without gap or repetition', { skip: withoutBrowser }, async (t) => {
  const { server, provider } = await start(t)
  provider.answerAs(model, 'sim-t300-g15')
  const { page, context, complaints } = await openPage(t)
  await page.goto(server.url)
  await ask(page, 'Count for me')
  await untilText(page, /t000020/)

  const second = await context.newPage()
  await second.goto(page.url())
  await untilText(second, /t000030/)
  await page.reload()
  const [first, other] = await Promise.all([untilText(page, /t000300/), untilText(second, /t000300/)])

  assert.equal(first, words(300))
  assert.equal(other, words(300))
  assert.deepEqual(complaints, [])
})

test('a question asked while the server is away is kept, and sent once when it is back', { skip: withoutBrowser }, async (t) => {
  const { server, provider } = await start(t)
  provider.answerAs(model, 'sim-t5')
  const { page } = await openPage(t)
  await page.goto(server.url)
  await ask(page, 'First')
  await untilText(page, /t000005/)

  await server.kill()
  await ask(page, 'Second, into the dark')
  await page.getByText('Second, into the dark').first().waitFor()
  await server.start()

  assert.equal(await untilText(page, /t000005/, 1), words(5))
  await becomes(() => page.getByText('Second, into the dark').count(), 1)
  assert.equal(provider.calls.length, 2)
})

test('without a key the librarian answers, and says the line that adds one', { skip: withoutBrowser }, async (t) => {
  const server = await spawnServer(t)
  const { page, complaints } = await openPage(t, { locale: 'fr-FR' })
  await page.goto(server.url)

  await page.getByRole('textbox', { name: 'Message' }).fill('Bonjour')
  await page.keyboard.press('Enter')
  const text = await untilText(page, /npm start/)

  assert.match(text, /Aucun modèle/)
  await becomes(() => page.locator('html').getAttribute('lang'), 'fr')
  assert.deepEqual(complaints, [])
})
