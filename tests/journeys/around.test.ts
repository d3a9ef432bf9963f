import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { becomes, comesToMatch } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator, type ProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer, type SpawnedServer } from '../support/spawn-server.ts'

const model = 'gpt-4o-mini'
const endings: (() => unknown)[] = []
let server: SpawnedServer
let provider: ProviderSimulator

before(async () => {
  if (withoutBrowser !== false) return
  const ends = { after: (ending: () => unknown) => void endings.push(ending) }
  provider = await startProviderSimulator()
  endings.push(() => provider.close())
  server = await spawnServer(ends, { OPENAI_API_KEY: 'sk-journey', OPENAI_BASE_URL: provider.url })
})

after(async () => {
  await closeBrowser()
  for (const ending of endings.toReversed()) await ending()
})

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/chat/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  assert.ok(response.ok, `${path}: ${response.status}`)
  return (await response.json()) as T
}

const conversation = (title: string) => post<{ readonly id: string }>('conversations', { title })
const field = (page: Page) => page.getByRole('textbox', { name: 'Message' })
const titles = (page: Page) => page.locator('#list nav li a').allInnerTexts()
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName)
const row = (page: Page, title: string) => page.locator('#list nav li', { hasText: title })

async function go(page: Page, path = '/chat'): Promise<void> {
  await page.goto(server.url + path)
  await field(page).waitFor()
}

async function secondTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage()
  await go(tab)
  return tab
}

/** Types a command and takes it, as hands on the keyboard do. */
async function command(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.locator('.slash .option').first().waitFor()
  await page.keyboard.press('Enter')
}

test('a conversation is found, pinned, renamed, put away and brought back without a mouse, and another tab follows', { skip: withoutBrowser }, async (t) => {
  await conversation('Garden plan')
  await conversation('Reading list')
  const { page, context, complaints } = await openPage(t)
  await go(page)
  const tab = await secondTab(context)
  await page.bringToFront()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('grdn')
  await becomes(() => page.locator('.palette .option').count(), 1, 'letters in between are no match')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('gar')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Garden plan' }).waitFor()
  assert.equal(await focused(page), 'Message')

  await command(page, '/pin')
  for (const each of [page, tab]) await each.getByRole('heading', { name: 'Pinned' }).waitFor()
  assert.equal((await titles(tab))[0], 'Garden plan')
  await command(page, '/rename North garden')
  for (const each of [page, tab]) await row(each, 'North garden').waitFor()

  await command(page, '/archive')
  await page.getByText('Archived: “North garden”.').waitFor()
  for (const each of [page, tab]) await row(each, 'North garden').waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'North garden' }).waitFor()
  await command(page, '/archived')
  await row(page, 'North garden').waitFor()
  assert.deepEqual(await titles(page), ['North garden'])
  await command(page, '/unarchive')
  await row(page, 'North garden').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Back to the conversations' }).press('Enter')
  for (const each of [page, tab]) await row(each, 'North garden').waitFor()
  assert.equal((await titles(tab))[0], 'North garden')
  assert.deepEqual(complaints, [])
})

test('the small menu of a conversation works from the keyboard, gives focus back, and a mistake is undone', { skip: withoutBrowser }, async (t) => {
  await conversation('Boat names')
  const { page, complaints } = await openPage(t)
  await go(page)
  const options = page.getByRole('button', { name: 'Options of “Boat names”' })

  await options.press('Enter')
  await becomes(() => page.evaluate(() => document.activeElement?.textContent), 'Pin')
  await page.keyboard.press('Escape')
  assert.equal(await focused(page), 'Options of “Boat names”')
  await options.press('Enter')
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
  await row(page, 'Boat names').waitFor({ state: 'detached' })
  assert.notEqual(await focused(page), 'BODY', 'focus stays in the list')
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await row(page, 'Boat names').waitFor()

  await page.keyboard.press('Control+k')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Shift+f')
  await page.keyboard.press('Escape')
  assert.deepEqual(complaints, [])
})

test('the palette also finds what was said, and opens it where it stands', { skip: withoutBrowser }, async (t) => {
  provider.answerAs(model, 'sim-t1')
  const { id } = await conversation('Bread')
  await post(`conversations/${id}/messages`, { content: 'How wet may the sourdough be?' })
  const { page, complaints } = await openPage(t)
  await go(page)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('sourdough')
  await page.getByRole('option', { name: 'How wet may the sourdough be? Bread' }).waitFor()
  await becomes(() => page.getByRole('combobox').getAttribute('aria-activedescendant'), 'palette-options-0')
  await page.keyboard.press('Enter')
  await page.locator('.turn.found', { hasText: 'How wet' }).waitFor()
  assert.match(page.url(), new RegExp(`/chat/${id}#m_\\w+$`))
  assert.deepEqual(complaints, [])
})

test('what runs has a hollow dot, what nobody has read a solid one, in every tab and in its title, until somebody looks', { skip: withoutBrowser }, async (t) => {
  provider.answerAs(model, 'sim-t250-g20')
  const { page, context, complaints } = await openPage(t)
  await go(page)
  const tab = await secondTab(context)
  await page.bringToFront()

  await field(page).fill('Count for the other tab')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.title.startsWith('○'))
  await row(tab, 'Count for the other tab').getByRole('img', { name: 'running' }).waitFor()
  await page.keyboard.press('Control+Shift+o')
  for (const each of [page, tab]) await row(each, 'Count for the other tab').getByRole('img', { name: 'unread' }).waitFor()
  for (const each of [page, tab]) assert.match(await each.title(), /^● New conversation/)

  await row(page, 'Count for the other tab').getByRole('link').click()
  for (const each of [page, tab]) await row(each, 'Count for the other tab').getByRole('img').waitFor({ state: 'detached' })
  await page.reload()
  await row(page, 'Count for the other tab').waitFor()
  await becomes(() => row(page, 'Count for the other tab').getByRole('img').count(), 0)
  assert.deepEqual(complaints, [])
})

test('the composer keeps a draft for each conversation, takes what is typed anywhere, and grows to two fifths of the page', { skip: withoutBrowser }, async (t) => {
  const { id } = await conversation('With a draft')
  const { page, complaints } = await openPage(t)
  await go(page, `/chat/${id}`)
  await page.locator('.bar h1').click()
  await page.keyboard.type('half a thought')
  await becomes(() => field(page).inputValue(), 'half a thought')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('and more')
  await row(page, 'Reading list').getByRole('link').click()
  await page.waitForFunction(() => document.querySelector('textarea')!.value === '')
  await page.goBack()
  await page.reload()
  await page.waitForFunction(() => document.querySelector('textarea')!.value === 'half a thought\nand more')

  await field(page).fill('line\n'.repeat(80))
  const { height } = (await field(page).boundingBox())!
  assert.ok(height > 300 && height <= 361, `${height} px of 900`)
  assert.deepEqual(complaints, [])
})

test('an input method that ends a word with Enter sends nothing', { skip: withoutBrowser }, async (t) => {
  const { page } = await openPage(t)
  await go(page)
  const session = await page.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 })
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 })
  await session.send('Input.insertText', { text: '日本' })
  await becomes(() => field(page).inputValue(), '日本')
  await becomes(() => page.locator('.turn.said').count(), 0)
})

test('while an answer runs one may write on: it waits, Up takes it back, Escape stops the answer', { skip: withoutBrowser }, async (t) => {
  provider.answerAs(model, 'sim-t2000-g10')
  const { page, complaints } = await openPage(t)
  await go(page)
  await field(page).fill('Count for ever')
  await page.keyboard.press('Enter')
  await page.locator('parley-prose', { hasText: 't000005' }).waitFor()

  await page.keyboard.type('And then?')
  await page.keyboard.press('Enter')
  await page.getByText('Goes once this answer is finished.').waitFor()
  await page.keyboard.press('ArrowUp')
  await becomes(() => field(page).inputValue(), 'And then?')
  await becomes(() => page.getByText('Goes once this answer is finished.').count(), 0)
  await page.keyboard.press('Escape')
  await page.getByText('Stopped.').first().waitFor()
  assert.deepEqual(complaints, [])
})

test('theme and language are chosen from the keyboard, hold in every tab and after a reload, and no other theme is drawn before', { skip: withoutBrowser }, async (t) => {
  const { page, context, complaints } = await openPage(t, { colorScheme: 'light' })
  await go(page)
  const tab = await secondTab(context)
  await page.bringToFront()
  const ground = (each: Page) => each.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await ground(page)

  await page.getByRole('button', { name: 'Settings' }).press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const dark = await ground(page)
  assert.notEqual(dark, light)
  await tab.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark')

  await context.route('**/*.js', (route) => route.abort())
  await page.reload()
  assert.equal(await ground(page), dark, 'before any script ran')
  await context.unroute('**/*.js')

  await go(page)
  await page.keyboard.type('a draft that stays')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('français')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Réglages' }).waitFor()
  await becomes(() => page.locator('textarea').inputValue(), 'a draft that stays')
  await becomes(() => page.locator('html').getAttribute('lang'), 'fr')
  assert.deepEqual(complaints.filter((line) => !line.includes('ERR_FAILED')), [])
})

test('without a network a line says so and leaves by itself; what was written meanwhile goes', { skip: withoutBrowser }, async (t) => {
  provider.answerAs(model, 'sim-t3')
  const { page, context } = await openPage(t)
  await go(page)
  await context.setOffline(true)
  const line = page.getByText('You are offline.')
  await line.waitFor()
  await field(page).fill('Sent from a tunnel')
  await page.keyboard.press('Enter')
  await page.getByText('Goes once the connection is back.').or(page.locator('.turn.said', { hasText: 'Sent from a tunnel' })).first().waitFor()
  await context.setOffline(false)
  await line.waitFor({ state: 'detached' })
  await page.locator('parley-prose', { hasText: 't000003' }).waitFor()
})

test('the question mark lists the keys, and not while one writes; Alt with an arrow goes from message to message', { skip: withoutBrowser }, async (t) => {
  provider.answerAs(model, 'sim-t2')
  const { page, complaints } = await openPage(t)
  await go(page)
  await page.keyboard.type('Why?')
  await becomes(() => page.getByRole('dialog').count(), 0)
  await page.keyboard.press('Enter')
  await page.locator('.footer').waitFor()

  await page.keyboard.press('ArrowUp')
  await page.locator('.turn.said textarea').waitFor()
  await becomes(() => page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value), 'Why?', 'Up in an empty field edits the last message')
  await page.reload()
  await page.locator('.footer').waitFor()

  await page.keyboard.press('Alt+ArrowUp')
  await comesToMatch(() => page.evaluate(() => document.activeElement?.className ?? ''), /answer/)
  await page.keyboard.press('Alt+ArrowUp')
  await comesToMatch(() => page.evaluate(() => document.activeElement?.textContent ?? ''), /Why\?/)
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await page.keyboard.press('Escape')
  await comesToMatch(() => page.evaluate(() => document.activeElement?.textContent ?? ''), /Why\?/, 'focus is where it was')
  assert.deepEqual(complaints, [])
})

test('on a phone the keyboard does not cover the composer, the list is a sheet that gives focus back, and the page can be installed', { skip: withoutBrowser }, async (t) => {
  const { page } = await openPage(t, { viewport: { width: 390, height: 780 }, hasTouch: true })
  await go(page)
  await page.setViewportSize({ width: 390, height: 420 })
  const box = (await page.locator('.composer').boundingBox())!
  assert.ok(box.y >= 0 && box.y + box.height <= 420, JSON.stringify(box))

  await page.getByRole('button', { name: 'Open conversations' }).press('Enter')
  assert.equal(await focused(page), 'Close')
  await page.keyboard.press('Escape')
  assert.equal(await focused(page), 'Open conversations')

  const session = await page.context().newCDPSession(page)
  const { errors, url } = await session.send('Page.getAppManifest')
  assert.deepEqual([errors, new URL(url).pathname], [[], '/manifest.webmanifest'])
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), [])
})
