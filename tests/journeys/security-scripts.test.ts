/** What people and models write is shown, and never run: in a real browser, at every place of the page that shows a text. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'
import { sample } from '../support/hostile/corpora.ts'
import { openStage, showAround, showCut, showStreaming, showWhole, watch } from '../support/hostile/hostile-texts.ts'
import { payloads } from '../support/hostile/payloads.ts'
import { buildCarelessPage } from '../support/hostile/planted-page.ts'

after(closeBrowser)

const all = payloads()

test('[S13] [S14] no text that is said, answered or streamed runs a script, moves the page or calls anybody', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t)
  const trap = await watch(t, stage)
  const [whole, cut, streamed] = [sample(all, 130), sample(all, 300), sample(all, 20)]
  t.diagnostic(`whole ${whole.figure}; cut at 20 places ${cut.figure}; streamed ${streamed.figure}`)

  const found = [await showWhole(stage, trap, whole.items), await showCut(stage, trap, cut.items, 20), await showStreaming(stage, trap, streamed.items)]

  assert.deepEqual(found.flat(), [])
})

test('[S13] [S14] nor does any text that the service itself says: titles, names, errors, hits', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t)
  const trap = await watch(t, stage)
  const { items, figure } = sample(all, 60)
  t.diagnostic(figure)

  assert.deepEqual(await showAround(stage, trap, items), [])
})

/** Without the one that leaves the page before it is looked at. */
const few = all.filter(({ id }) => id.startsWith('ours') && !id.endsWith('refresh'))

test('[S13] a page that passes HTML on is found out, though its policy holds', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t, await buildCarelessPage(t))
  const trap = await watch(t, stage)

  const found = [...await showWhole(stage, trap, few.slice(0, 8)), ...await showCut(stage, trap, few, 3)].join('\n')

  assert.match(found, /whole .*the policy reports script-src/)
  assert.match(found, /the policy reports img-src: http:\/\/exfil\.test/)
  assert.match(found, /cut .*the policy reports/)
})

test('[S13] [S14] and without its policy it runs scripts and calls others', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t, await buildCarelessPage(t))
  const trap = await watch(t, stage)
  await trap.context.route(/\/chat/, async (route) => {
    const response = await route.fetch()
    const { 'content-security-policy': _, ...headers } = response.headers()
    await route.fulfill({ response, headers })
  })

  const found = (await showCut(stage, trap, few, 3)).join('\n')

  assert.match(found, /__pwn was set/)
  assert.match(found, /a request to http:\/\/exfil\.test/)
  assert.match(found, /a connection elsewhere: GET http:\/\/exfil\.test/)
})

test('[S14] a link calls its host when it is clicked, and only then, without saying where it stood', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t)
  const { page, context, go, findings } = await watch(t, stage)
  const { person, app } = stage
  app.provider.script('sim-s1414', ['See [the bank](http://exfil.test/told?q=1) and http://other.test/bare for more.'])
  const { id } = (await person.call('POST', '/api/v1/chat/conversations', {})).body
  await person.call('POST', `/api/v1/chat/conversations/${id}/messages`, { content: 'Where?', model: 'openai/sim-s1414' })
  await go(`${app.url}/chat/${id}`)
  const links = page.locator('parley-prose a')
  await links.nth(1).waitFor()

  assert.deepEqual(await findings(), [])
  await links.first().hover()
  assert.deepEqual(await findings(), [])
  const [opened] = await Promise.all([page.waitForEvent('popup'), context.waitForEvent('requestfailed'), links.first().click()])

  assert.deepEqual([...new Set(await findings())].toSorted(), ['a connection elsewhere: GET http://exfil.test/told?q=1 HTTP/1.1', 'a request to http://exfil.test/told?q=1', 'a window was opened'])
  assert.equal(await opened.evaluate(() => window.opener), null)
})
