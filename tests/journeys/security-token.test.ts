/** What a script in the page could read, if there were one: no key, no token, nothing that outlives the visit. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { traceOf } from '../security/canaries.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { spawnServer } from '../support/spawn-server.ts'

after(closeBrowser)

const canaries = { providerKey: 'qv7Kp2mX9dRw4Tz8LbNf3HsYc6GjEa1U', metricsToken: 'Zr5Wb8Qk1Xc6Nm3Tp9Ld2Gf7Hs4Jv0Ya' } as const

interface Readable {
  readonly what: string
  readonly text: string
}

/** Everything that a script of this origin can read. */
async function readable(page: Page): Promise<readonly Readable[]> {
  const inPage = await page.evaluate(async () => {
    const stored = (name: string, store: Storage) => Object.entries(store).map(([key, value]) => ({ what: `${name} ${key}`, text: `${key}=${value}` }))
    const cached = await Promise.all((await caches.keys()).map(async (name) => {
      const cache = await caches.open(name)
      const answers = await Promise.all((await cache.keys()).map(async (request) => `${request.url} ${await (await cache.match(request))!.text()}`))
      return answers.map((text) => ({ what: `cache ${name}`, text }))
    }))
    const databases = (await indexedDB.databases()).map(({ name }) => ({ what: 'a database', text: name ?? '' }))
    const workers = (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => ({ what: 'a service worker', text: scope }))
    return [
      ...stored('localStorage', localStorage), ...stored('sessionStorage', sessionStorage), ...cached.flat(), ...databases, ...workers,
      { what: 'cookies', text: document.cookie }, { what: 'the document', text: document.documentElement.outerHTML }, { what: 'the address', text: location.href + JSON.stringify(history.state) + window.name },
    ]
  })
  return inPage
}

/** As tokens look: a long run without a space that is no id of ours and no word. */
const looksLikeToken = /(?:sk-|Bearer |eyJ)[\w.-]{16,}|(?:token|secret|password|api_?key|session)["'\s:=]+[\w.+/-]{16,}/i

const found = (places: readonly Readable[]) => places.flatMap(({ what, text }) => [
  ...Object.entries(canaries).flatMap(([name, canary]) => (traceOf(canary, text) === null ? [] : [`${name} in ${what}`])),
  ...(looksLikeToken.test(text) ? [`something like a token in ${what}: ${looksLikeToken.exec(text)![0].slice(0, 40)}`] : []),
])

test('[S17] after a visit nothing that a script can read holds a key or a token, and no answer brought one', { skip: withoutBrowser }, async (t) => {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  const server = await spawnServer(t, { OPENAI_API_KEY: canaries.providerKey, OPENAI_BASE_URL: provider.url, PARLEY_METRICS_TOKEN: canaries.metricsToken })
  const { page, context } = await openPage(t)
  const answers: Readable[] = []
  // What is the same for all is built before the service has any key.
  page.on('response', async (response) => response.url().includes('/assets/') || answers.push({ what: `the answer of ${new URL(response.url()).pathname}`, text: JSON.stringify(response.headers()) + await response.text().catch(() => '') }))
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => answers.push({ what: 'a frame', text: String(payload) })))
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello')
  await page.keyboard.press('Enter')
  await page.locator('parley-prose', { hasText: 't000020' }).waitFor()
  await page.reload()
  await page.locator('parley-prose', { hasText: 't000020' }).waitFor()

  const places = await readable(page)

  t.diagnostic(`${places.length} places and ${answers.length} answers; in localStorage: ${places.filter(({ what }) => what.startsWith('localStorage')).map(({ what }) => what.slice(13)).join(', ') || 'nothing'}`)
  assert.deepEqual(found(places), [])
  assert.deepEqual(answers.flatMap(({ what, text }) => Object.values(canaries).flatMap((canary) => (traceOf(canary, text) === null ? [] : [what]))), [])
  assert.deepEqual(await context.cookies(), [])

  await page.evaluate((token) => localStorage.setItem('parley.session', JSON.stringify({ token })), canaries.metricsToken)
  assert.match(found(await readable(page)).join('\n'), /metricsToken in localStorage/, 'one that is kept would be found')
})
