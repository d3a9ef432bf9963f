import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { faultsOnTheWay } from '../support/access-walk.ts'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'

after(closeBrowser)

test('axe finds nothing in any state, in both themes at every width; a picture of each is left in artifacts/access', { skip: withoutBrowser }, async (t) => {
  assert.deepEqual(await faultsOnTheWay(t, { whole: true }), [])
})
