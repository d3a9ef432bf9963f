/** Every hostile text there is, at every place of the page: what the journeys try a sample of. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'
import { openStage, showAround, showCut, showStreaming, showWhole, watch } from '../support/hostile/hostile-texts.ts'
import { payloads } from '../support/hostile/payloads.ts'
import { buildPage } from '../support/hostile/planted-page.ts'

after(closeBrowser)

test('[S13] [S14] none of all hostile texts, at any place of the page and cut anywhere, runs a script, moves the page or calls anybody', { skip: withoutBrowser }, async (t) => {
  const all = payloads({ veryLong: true })
  const stage = await openStage(t, await buildPage(t))
  const trap = await watch(t, stage)
  t.diagnostic(`${all.length} texts: whole, cut at 20 places, streamed in 4 pieces, and in what the service says`)
  const usual = payloads()

  const found = [await showWhole(stage, trap, all), await showCut(stage, trap, usual, 20), await showStreaming(stage, trap, usual)]
  for (let from = 0; from < usual.length; from += 100) found.push(await showAround(stage, trap, usual.slice(from, from + 100)))

  assert.deepEqual(found.flat(), [])
})
