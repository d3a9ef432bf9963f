import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer } from '../support/spawn-server.ts'

const question = 'How wet may the sourdough be?'
/** More turns than the page draws at first, with the one that is searched for near the beginning. */
const questions = Array.from({ length: 50 }, (_, i) => (i === 4 ? question : `Step ${i}, please`))

async function start(t: TestContext) {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  provider.answerAs('gpt-4o-mini', 'sim-t1')
  const server = await spawnServer(t, { OPENAI_API_KEY: 'sk-journey', OPENAI_BASE_URL: provider.url })
  const post = async (path: string, body: unknown): Promise<{ readonly id: string }> => {
    const response = await fetch(`${server.url}/api/v1/chat/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    assert.ok(response.ok, `${path}: ${response.status}`)
    return (await response.json()) as { readonly id: string }
  }
  const bread = await post('conversations', { title: 'Bread' })
  for (const content of questions) await post(`conversations/${bread.id}/messages`, { content })
  const boat = await post('conversations', { title: 'Names for the boat' })
  return { server, bread, boat }
}

/** The top of the found message, from the top of its pane, in shares of the pane; null while it is not drawn. */
async function placeOf(page: Page): Promise<number | null> {
  const turn = page.locator('.turn', { hasText: question })
  await turn.waitFor()
  await page.waitForTimeout(300)
  const [box, pane] = await Promise.all([turn.boundingBox(), page.locator('.turns').boundingBox()])
  return box === null || pane === null ? null : (box.y - pane.y) / pane.height
}

const inView = (place: number | null) => place !== null && place > 0 && place < 0.5

after(closeBrowser)

test('a word said long ago is found from the keyboard, opens where it was said, and reload and Back know the place', { skip: withoutBrowser }, async (t) => {
  const { server, bread, boat } = await start(t)
  const { page, complaints } = await openPage(t)
  await page.goto(`${server.url}/chat/${boat.id}`)
  await page.getByRole('heading', { name: 'Names for the boat' }).waitFor()
  await page.keyboard.press('Control+Shift+f')
  await page.keyboard.type('sourdoughs')
  const hit = page.locator('.hits a')
  await hit.waitFor()

  await becomes(() => hit.locator('mark').allInnerTexts(), ['sourdough'])
  await page.getByRole('status').filter({ hasText: 'One conversation found.' }).waitFor({ state: 'attached' })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('.turn.found', { hasText: question }).waitFor()
  assert.match(page.url(), new RegExp(`/chat/${bread.id}#m_\\w+$`))
  assert.ok(inView(await placeOf(page)))
  await page.reload()
  assert.ok(inView(await placeOf(page)))

  await page.goBack()
  await page.getByRole('heading', { name: 'Names for the boat' }).waitFor()
  await page.goForward()
  assert.ok(inView(await placeOf(page)))
  await page.getByRole('textbox', { name: 'Message' }).fill('And the salt?')
  await page.keyboard.press('Enter')
  await page.getByText('And the salt?').waitFor()
  assert.ok(page.url().endsWith(`/chat/${bread.id}`), 'who asks on is no longer at the message')
  assert.deepEqual(complaints, [])
})

test('what nobody said is answered in one sentence, and Escape brings the list back', { skip: withoutBrowser }, async (t) => {
  const server = await spawnServer(t)
  const { page, complaints } = await openPage(t, { locale: 'fr-FR', viewport: { width: 390, height: 780 } })
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'Message' }).fill('Bonjour')
  await page.keyboard.press('Enter')
  await page.locator('parley-prose', { hasText: 'npm start' }).waitFor()

  await page.getByRole('button', { name: 'Ouvrir les conversations' }).click()
  await page.getByRole('button', { name: 'Rechercher' }).click()
  await page.keyboard.type('<mark>zymurgie')
  await page.getByText('Rien n’a été dit ici sur «\u202f<mark>zymurgie\u202f».').first().waitFor()
  await becomes(() => page.locator('.hits a').count(), 0)
  await page.keyboard.press('Escape')

  await page.locator('#list nav').getByText('Bonjour').waitFor()
  await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Rechercher')
  assert.deepEqual(complaints, [])
})
