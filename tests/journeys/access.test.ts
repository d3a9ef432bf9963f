/** What must be true of every state for whoever does not look at it, or looks at it otherwise. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes } from '../support/becomes.ts'
import { faultsOnTheWay } from '../support/access-walk.ts'
import { axeFaults } from '../support/axe.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer } from '../support/spawn-server.ts'

after(closeBrowser)

test('axe finds nothing in any state, at a desk in both themes, and on a phone', { skip: withoutBrowser }, async (t) => {
  assert.deepEqual(await faultsOnTheWay(t, { whole: false }), [])
})

const planted: Readonly<Record<string, readonly [html: string, rule: string]>> = {
  'a button without a name': ['<main><h1>Page</h1><button><svg aria-hidden="true"></svg></button></main>', 'button-name'],
  'a text too faint to read': ['<main><h1>Page</h1><p style="color: #bbb; background: #fff">faint</p></main>', 'color-contrast'],
  'a target too small to hit': ['<main><h1>Page</h1><button style="all: unset; font-size: 8px">a</button><button style="all: unset; font-size: 8px">b</button></main>', 'target-size'],
}

test('the walk would find what is planted here', { skip: withoutBrowser }, async (t) => {
  const { page } = await openPage(t)
  for (const [name, [html, rule]] of Object.entries(planted)) {
    await page.setContent(`<!doctype html><html lang="en"><title>Page</title><body>${html}`)
    assert.match((await axeFaults(page)).join(), new RegExp(rule), name)
  }
})

interface Heard {
  readonly words: string
  readonly voice: string
  readonly busy: boolean
}

/** Listens as a screen reader does: to text that comes into live regions that were there before it. */
async function listen(page: Page): Promise<() => Promise<readonly Heard[]>> {
  await page.evaluate(() => {
    const heard: Heard[] = []
    Object.assign(globalThis, { heard })
    const live = '[aria-live], [role="status"], [role="alert"], [role="log"]'
    new MutationObserver((changes) => {
      for (const change of changes) {
        const target = change.target instanceof Element ? change.target : change.target.parentElement
        const region = target?.closest(live)
        if (!region) continue
        const words = change.type === 'characterData' ? (change.target.textContent ?? '') : [...change.addedNodes].map((node) => node.textContent ?? '').join(' ')
        const voice = region.getAttribute('aria-live') ?? (region.getAttribute('role') === 'alert' ? 'assertive' : 'polite')
        if (words.trim() !== '' && voice !== 'off') heard.push({ words: words.trim(), voice, busy: document.querySelector('.turns')?.getAttribute('aria-busy') === 'true' })
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  return () => page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard)
}

const sentences = Array.from({ length: 12 }, (_, i) => `Sentence number ${i + 1} says **something** about trains. `)

test('a screen reader hears an answer in whole sentences, a few at a time, and then that it is complete', { skip: withoutBrowser }, async (t) => {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  const server = await spawnServer(t, { OPENAI_API_KEY: 'sk-journey', OPENAI_BASE_URL: provider.url })
  const { page } = await openPage(t)
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  const heardSoFar = await listen(page)
  provider.script('gpt-4o-mini', sentences.join('').split(/(?<= )/))
  provider.answerAs('gpt-4o-mini', 'sim-g60')

  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me about trains')
  await page.keyboard.press('Enter')
  await page.locator('.footer').waitFor()
  await page.waitForTimeout(100)

  const heard = await heardSoFar()
  const [first, ...others] = heard.map(({ words }) => words)
  assert.equal(first, 'AnimA is answering.')
  assert.equal(others.join(' '), `${sentences.join('').replaceAll('*', '').trim()} Answer complete.`)
  assert.ok(heard.length >= 3 && heard.length <= 8, `${heard.length} announcements of ${sentences.join('').split(' ').length} tokens`)
  for (const { words } of heard) assert.match(words, /^[A-Z].*\.$/)
  assert.ok(heard.every(({ voice }) => voice === 'polite'))
  assert.ok(heard.slice(1, -1).every(({ busy }) => busy), 'the answer itself is busy while it grows')
  await becomes(() => page.locator('.turns').getAttribute('aria-busy'), 'false')
  await becomes(() => page.locator('.turns[aria-live], .turns [aria-live]').count(), 0, 'what grows by words is not live')

  provider.script('gpt-4o-mini', ['One ', 'two ', 'three. ', 'four '])
  provider.answerAs('gpt-4o-mini', 'sim-err4')
  await page.getByRole('textbox', { name: 'Message' }).fill('Again')
  await page.keyboard.press('Enter')
  await page.locator('.ending').waitFor()
  await page.waitForTimeout(100)

  const alarms = (await heardSoFar()).filter(({ voice }) => voice === 'assertive').map(({ words }) => words)
  assert.equal(alarms.length, 1)
  assert.match(alarms[0]!, /^Interrupted\. .+/)
})

test('by keys alone: the first stop leads past the list, every stop can be seen, and none is a trap', { skip: withoutBrowser }, async (t) => {
  const server = await spawnServer(t)
  await fetch(`${server.url}/api/v1/chat/conversations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"title":"Boat names"}' })
  const { page } = await openPage(t)
  await page.goto(server.url)
  await page.locator('#list nav li').waitFor()
  // From the field, where focus lands, over the end of the page to its beginning.
  for (let i = 0; i < 9 && (await page.evaluate(() => document.activeElement !== document.body)); i += 1) await page.keyboard.press('Tab')

  const stops: string[] = []
  for (let i = 0; i < 30 && stops.at(-1) !== 'BODY'; i += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim().replace(/\s+/g, ' ') ?? ''
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      const isSeen = element === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || element.closest('.composer') !== null
      return { name: element === document.body ? 'BODY' : name, isSeen: isSeen && (element === document.body || box.width > 0) }
    })
    assert.ok(stop.isSeen, `focus cannot be seen on ${stop.name}`)
    stops.push(stop.name)
  }

  const beginnings = ['To the message field', 'Parley', 'Search', 'New conversation', 'Boat names', 'Options of “Boat names”', 'Archived', 'Settings', 'AnimA', 'Neo', 'Nexus', 'Message', 'AnimA', 'BODY']
  assert.deepEqual(stops.map((stop, i) => stop.startsWith(beginnings[i] ?? '?')), beginnings.map(() => true), stops.join(' | '))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await becomes(() => page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
})
