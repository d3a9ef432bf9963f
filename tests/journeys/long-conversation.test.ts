import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { fillConversation } from '../support/long-conversation.ts'
import { mostHeld } from '../../web/state/messages.ts'
import { spawnServer } from '../support/spawn-server.ts'

const exchanges = 1000

async function start(t: TestContext) {
  const server = await spawnServer(t)
  await server.kill()
  const conversation = await fillConversation(server.directory, exchanges)
  await server.start()
  return { server, ...conversation, ...(await openPage(t)) }
}

const drawn = (page: Page) => page.locator('[data-message]').count()

/** The first message on the screen, and where it stands from the top of its pane. */
function topMost(page: Page): Promise<{ readonly id: string; readonly top: number }> {
  return page.evaluate(() => {
    const pane = document.querySelector('.turns')!.getBoundingClientRect()
    const seen = [...document.querySelectorAll<HTMLElement>('[data-message]')].find((turn) => turn.getBoundingClientRect().bottom > pane.top)!
    return { id: seen.dataset['message']!, top: seen.getBoundingClientRect().top - pane.top }
  })
}

/** Scrolls by so many pixels in each frame, for so many frames. */
function scroll(page: Page, pixels: number, frames: number): Promise<void> {
  return page.evaluate(async ([by, count]) => {
    const pane = document.querySelector('.turns')!
    for (let i = 0; i < count; i++) {
      pane.scrollTop += by
      await new Promise(requestAnimationFrame)
    }
  }, [pixels, frames] as const)
}

/** Milliseconds of the processor that the page takes for a frame while it scrolls: what others do on this machine does not count. */
async function workOfFrame(page: Page, pixels: number, frames: number): Promise<number> {
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  const seconds = async () => (await client.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value
  const before = await seconds()
  await scroll(page, pixels, frames)
  return (((await seconds()) - before) * 1000) / frames
}

after(closeBrowser)

test('a conversation of 2,000 messages opens at its end, reads on without a jump when scrolled up, and scrolls smoothly', { skip: withoutBrowser }, async (t) => {
  const { server, id, page, complaints } = await start(t)
  await page.goto(server.url)
  await page.getByRole('link', { name: 'A long one' }).waitFor()
  const began = Date.now()
  await page.getByRole('link', { name: 'A long one' }).click()
  await page.getByText(`Answer ${exchanges - 1}.`).waitFor()
  const opened = Date.now() - began

  assert.equal(new URL(page.url()).pathname, `/chat/${id}`)
  assert.ok(opened < 3000, `opened in ${opened} ms`)
  assert.equal(await drawn(page), 100)

  // Far enough from the edge that nothing is read yet; then one step that asks for more.
  await page.evaluate(() => (document.querySelector('.turns')!.scrollTop = 3 * innerHeight))
  await page.waitForTimeout(200)
  await page.evaluate(() => (document.querySelector('.turns')!.scrollTop = innerHeight))
  const before = await topMost(page)
  await page.waitForFunction(() => document.querySelectorAll('[data-message]').length > 100)
  await page.waitForTimeout(200)
  const moved = await page.evaluate((messageId) => document.querySelector(`[data-message="${messageId}"]`)!.getBoundingClientRect().top - document.querySelector('.turns')!.getBoundingClientRect().top, before.id)
  assert.ok(Math.abs(moved - before.top) <= 4, `what was read moved by ${moved - before.top} px`)

  const deadline = Date.now() + 60_000
  let most = 0
  while (!(await page.getByText('Question 0:').isVisible()) && Date.now() < deadline) {
    await scroll(page, -4000, 5)
    most = Math.max(most, await drawn(page))
  }
  const took = Date.now() - (deadline - 60_000)
  assert.ok(await page.getByText('Question 0:').isVisible(), 'the first of 2,000 messages was not come to')
  assert.ok(most <= mostHeld, `${most} messages were held`)
  const work = await workOfFrame(page, 120, 120)
  t.diagnostic(`opened in ${opened} ms, read to its beginning in ${took} ms; ${work.toFixed(1)} ms of work for a frame, ${most} messages held at most`)
  assert.ok(work <= 1000 / 55, `${work.toFixed(1)} ms of work for a frame`)
  assert.deepEqual(complaints, [])
})

test('a message of long ago opens with what stands around it, and from there one comes to the end', { skip: withoutBrowser }, async (t) => {
  const { server, id, questions, page, complaints } = await start(t)
  await page.goto(`${server.url}/chat/${id}#${questions[400]}`)
  await page.locator('.turn.found').waitFor()

  assert.equal(await drawn(page), 100)
  await page.waitForTimeout(300)
  const place = await page.evaluate(() => {
    const pane = document.querySelector('.turns')!.getBoundingClientRect()
    const found = [...document.querySelectorAll('.words')].find((words) => words.textContent?.startsWith('Question 400:'))!.getBoundingClientRect()
    return (found.top - pane.top) / pane.height
  })
  assert.ok(place > 0 && place < 0.5, `it stands at ${place}`)

  await scroll(page, 3000, 30)
  await page.waitForFunction(() => document.querySelectorAll('[data-message]').length > 100)
  await page.getByRole('button', { name: 'Jump to latest' }).click()
  await page.getByText(`Answer ${exchanges - 1}.`).waitFor()
  await page.getByRole('button', { name: 'Jump to latest' }).waitFor({ state: 'detached' })
  assert.deepEqual(complaints, [])
})
