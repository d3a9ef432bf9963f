/** What must be true of every state however wide the window is: nothing is cut off, nothing scrolls sideways, nothing jumps. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { pageFaults, watchShifts } from '../support/pictures/page-faults.ts'
import { openStage } from '../support/pictures/stage.ts'
import { states, type Scene } from '../support/pictures/states.ts'

/** 200 % zoom halves the pixels of a page; French runs a fifth longer. */
const windows = {
  'on a phone': { width: 390, height: 844 },
  'zoomed to 200 %': { width: 720, height: 450 },
  'on a small phone': { width: 320, height: 568 },
  'at a narrow desk': { width: 1024, height: 768 },
} as const
const walked = ['empty', 'agents', 'answer', 'queue', 'stopped', 'failed-before-text', 'list', 'settings', 'search', 'shortcuts']

after(closeBrowser)

test('in French no state cuts a button off, scrolls sideways, or makes a line jump', { skip: withoutBrowser }, async (t) => {
  const stage = await openStage(t, 1)
  const phone = windows['on a phone']
  const { page, complaints } = await openPage(t, { viewport: phone, hasTouch: true, locale: 'fr-FR' })
  await watchShifts(page)
  const scene: Scene = { stage, page, language: 'fr', narrow: true }
  for (const state of walked.map((name) => states.find((candidate) => candidate.name === name)!)) {
    await state.reach(scene)
    for (const [where, size] of Object.entries(windows)) {
      await page.setViewportSize(size)
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
      assert.deepEqual(await pageFaults(page), [], `${state.name} ${where}`)
    }
    await page.setViewportSize(phone)
    await state.leave?.(scene)
  }
  assert.deepEqual(complaints, [])
})

const planted: Readonly<Record<string, string>> = {
  'a line wider than the window': '<p style="width: 2000px; position: absolute">wide</p>',
  'a button that is cut off': '<button class="button" style="width: 40px; overflow: hidden">Mettre en attente</button>',
  'a target for no finger': '<button class="button" style="height: 12px; min-height: 0; width: 60px">x</button>',
}

test('the look at a page finds what is planted there', { skip: withoutBrowser }, async (t) => {
  const { page } = await openPage(t, { viewport: { width: 390, height: 844 } })
  for (const [name, html] of Object.entries(planted)) {
    await page.setContent(`<!doctype html><meta name="viewport" content="width=device-width">${html}`)
    assert.equal((await pageFaults(page)).length, 1, name)
  }
})

test('the look at a page finds a text that jumps', { skip: withoutBrowser }, async (t) => {
  const { page } = await openPage(t)
  await watchShifts(page)
  await page.goto('data:text/html,<!doctype html><div id=a></div><p>A line that is read.</p>')
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await page.evaluate(() => (document.querySelector<HTMLElement>('#a')!.style.height = '300px'))
  await page.waitForTimeout(100)

  assert.match((await pageFaults(page)).join(), /jumped/)
})
