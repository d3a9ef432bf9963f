/** Diagrams in a real browser, on the real page with its real headers: drawn in a frame of no origin, whatever they say. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes, comesToMatch } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { spawnServer, type SpawnedServer } from '../support/spawn-server.ts'

let server: SpawnedServer
const endings: (() => unknown)[] = []
before(async () => {
  if (!withoutBrowser) server = await spawnServer({ after: (ending: () => unknown) => void endings.push(ending) })
})
after(async () => {
  await closeBrowser()
  for (const ending of endings) await ending()
})

const drawn = '```mermaid\nflowchart TD\n  A[Start] --> B{Ready?}\n  B -->|Yes| C[Go]\n  B -->|No| A\n```\n'
const hostile: Readonly<Record<string, string>> = {
  'a click that runs': 'flowchart TD\n  A[Open] --> B\n  click A href "javascript:parent.__pwn=1"\n  click B call parent.alert(1)',
  'labels of HTML': 'flowchart TD\n  A["<img src=http://exfil.test/p onerror=parent.__pwn=1>"] --> B["<script>parent.__pwn=1</script><iframe src=http://exfil.test/f></iframe>"]',
  'a style that asks for more': '%%{init: {"themeCSS": "@import url(http://exfil.test/c); * { background: url(http://exfil.test/b) }", "securityLevel": "loose", "htmlLabels": true}}%%\nflowchart TD\n  A --> B\n  style A fill:url(http://exfil.test/u)\n  classDef x background:url(http://exfil.test/v)\n  class B x',
  'a picture from elsewhere': 'flowchart TD\n  A@{ img: "http://exfil.test/i.png", label: "x", w: 60, h: 60 } --> B@{ icon: "fa:user" }',
  'a link that leaves': 'sequenceDiagram\n  participant A\n  link A: Out @ http://exfil.test/l\n  A->>A: <img src=http://exfil.test/m>',
}

/** A server that nobody was asked to call, and what was asked of it. */
async function listener(t: TestContext): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** The page, with one answer on it as a model would give it. */
async function answered(t: TestContext, answer: string) {
  const { page, complaints } = await openPage(t)
  await page.goto(server.url)
  await page.waitForSelector('parley-chat-page *')
  await show(page, answer, 'whole')
  return { page, complaints }
}

async function show(page: Page, answer: string, state: 'growing' | 'whole'): Promise<void> {
  await page.evaluate(([text, how]) => {
    const held = document.querySelector('#shown')
    const prose = (held ?? document.createElement('parley-prose')) as HTMLElement & { show(text: string, generation: number, state: string): void }
    prose.id = 'shown'
    prose.classList.add('prose')
    if (held === null) document.body.prepend(prose)
    prose.show(text, 0, how)
  }, [answer, state] as const)
}

test('a diagram is drawn from its source, which is one button away', { skip: withoutBrowser }, async (t) => {
  const { page, complaints } = await answered(t, `Here:\n\n${drawn}\nAfter.`)
  await page.waitForSelector('.has-picture')
  const frame = page.frames().find((one) => one.url().endsWith('/frames/diagram'))!

  assert.match((await frame.locator('svg').textContent())!, /Start[\s\S]*Ready/)
  assert.equal(await page.locator('.code pre').isVisible(), false)
  await page.getByRole('button', { name: 'Show the source' }).click()
  await comesToMatch(() => page.locator('.code pre').innerText(), /flowchart TD/)
  assert.deepEqual(complaints, [])
})

test('the frame is of no origin: it reaches neither the page nor the service', { skip: withoutBrowser }, async (t) => {
  const elsewhere = await listener(t)
  const { page } = await answered(t, drawn)
  await page.waitForSelector('.has-picture')
  const frame = page.frames().find((one) => one.url().endsWith('/frames/diagram'))!
  const tried = await frame.evaluate(async (elsewhere) => {
    const attempt = async (what: () => unknown) => {
      try {
        return String(await what())
      } catch (error) {
        return (error as Error).name
      }
    }
    return {
      origin: self.origin,
      parent: await attempt(() => parent.document.title),
      storage: await attempt(() => localStorage.length),
      fetch: await attempt(() => fetch('/api/v1/agents')),
      elsewhere: await attempt(() => fetch(`${elsewhere}/x`, { mode: 'no-cors' })),
      window: await attempt(() => open(`${elsewhere}/w`)),
      top: await attempt(() => (top!.location.href = `${elsewhere}/t`)),
      picture: await attempt(() => new Promise((resolve) => Object.assign(new Image(), { onerror: () => resolve('error'), onload: () => resolve('load'), src: `${elsewhere}/i` }))),
    }
  }, elsewhere.url)
  await frame.evaluate((url) => (location.href = url), `${elsewhere.url}/n`).catch(() => {})
  await page.waitForTimeout(300)

  assert.deepEqual(tried, { origin: 'null', parent: 'SecurityError', storage: 'SecurityError', fetch: 'TypeError', elsewhere: 'TypeError', window: 'null', top: 'SecurityError', picture: 'error' })
  assert.deepEqual(elsewhere.asked, [])
})

test('[S14] no diagram runs a script in the page or asks for anything elsewhere', { skip: withoutBrowser }, async (t) => {
  const elsewhere = await listener(t)
  const all = Object.entries(hostile).map(([name, source]) => `${name}\n\n\`\`\`mermaid\n${source}\n\`\`\`\n`).join('\n')
  const { page } = await answered(t, all.replaceAll('http://exfil.test', elsewhere.url))
  await page.setViewportSize({ width: 1440, height: 4000 })
  await page.waitForFunction((count) => document.querySelectorAll('.has-picture, .code .sentence').length === count, Object.keys(hostile).length)
  for (const frame of page.frames()) for (const link of await frame.locator('svg a, svg .clickable').all()) await link.click({ force: true, timeout: 500 }).catch(() => {})
  await page.waitForTimeout(300)

  assert.equal(await page.evaluate(() => '__pwn' in window), false)
  assert.deepEqual(elsewhere.asked, [])
  assert.ok((await page.locator('.has-picture').count()) >= 3)
})

test('what is no diagram keeps its source and says so', { skip: withoutBrowser }, async (t) => {
  const { page } = await answered(t, '```mermaid\nflowchart TD\n  A[[[ --> \n```\n')

  await page.getByText('This diagram could not be drawn; here is its source.').waitFor()
  await comesToMatch(() => page.locator('.code pre').innerText(), /A\[\[\[/)
  await becomes(() => page.locator('iframe').count(), 0)
})

test('while text grows below it, a diagram takes the place of its source and nothing moves', { skip: withoutBrowser }, async (t) => {
  const { page } = await answered(t, '')
  await show(page, `Here:\n\n${drawn}`, 'growing')
  await page.waitForTimeout(50)
  await show(page, `Here:\n\n${drawn}\nAfter it, `, 'growing')
  await page.waitForTimeout(50)
  const place = () => page.evaluate(() => document.querySelector('#shown > p:last-child')!.getBoundingClientRect().top)
  const before = await place()
  await show(page, `Here:\n\n${drawn}\nAfter it, more.\n`, 'growing')
  await page.waitForSelector('.has-picture')

  assert.equal(await place(), before)
})
