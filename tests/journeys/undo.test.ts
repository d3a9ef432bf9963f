import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { becomes } from '../support/becomes.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { spawnServer } from '../support/spawn-server.ts'

after(closeBrowser)

test('a conversation deleted by mistake comes back to the screen with one click', { skip: withoutBrowser }, async (t) => {
  const server = await spawnServer(t)
  const { page, complaints } = await openPage(t)
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'Message' }).fill('Names for the boat')
  await page.keyboard.press('Enter')
  await page.locator('parley-prose', { hasText: 'npm start' }).waitFor()
  const address = page.url()

  await page.getByRole('button', { name: /^Options of/ }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.waitForURL(/\/chat$/)
  await becomes(() => page.locator('nav li').count(), 0)
  await page.getByRole('button', { name: 'Undo' }).click()

  await page.waitForURL(address)
  await page.locator('parley-prose', { hasText: 'npm start' }).waitFor()
  await becomes(() => page.locator('nav li').count(), 1)
  await becomes(() => page.locator('.toast').count(), 0)
  assert.deepEqual(complaints, [])
})
