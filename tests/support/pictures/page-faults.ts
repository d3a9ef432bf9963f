import type { Page } from 'playwright-core'

/** Shifts smaller than this are not seen; 0.1 is where Chromium's own tools begin to complain. */
const seenShift = 0.02

/** From here on every page keeps how much of it jumped without anybody having typed or clicked. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { shift: 0, what: '' }
    Object.assign(globalThis, { seenShifts: seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] })[]) {
        if (entry.hadRecentInput) continue
        seen.shift += entry.value
        seen.what ||= entry.sources.map(({ node }) => node?.textContent?.trim().slice(0, 30)).join(', ')
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** What no page of ours may do at any width: scroll sideways, cut off a button's words, offer less than a finger, jump (where watched). */
export async function pageFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate((seenShift) => {
    const faults: string[] = []
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${(element.textContent ?? '').trim().slice(0, 40)}”`
    const root = document.documentElement
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}`)
    for (const pane of document.querySelectorAll('.turns, .list nav, .dialog, .menu')) {
      if (pane.scrollWidth > pane.clientWidth) faults.push(`${name(pane)} scrolls sideways: ${pane.scrollWidth} in ${pane.clientWidth}`)
    }
    for (const button of document.querySelectorAll<HTMLElement>('button.button, .chip, .menu button, .tool-button, .tabs button')) {
      if (!button.checkVisibility()) continue
      const box = button.getBoundingClientRect()
      if (button.scrollWidth > button.clientWidth + 1) faults.push(`${name(button)} is cut off`)
      else if (box.width < 24 || box.height < 24) faults.push(`${name(button)} is smaller than 24 px`)
      else if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1) && button.checkVisibility({ visibilityProperty: true })) faults.push(`${name(button)} is outside the window`)
    }
    const { seenShifts } = globalThis as { seenShifts?: { shift: number; what: string } }
    if (seenShifts !== undefined && seenShifts.shift > seenShift) faults.push(`jumped by ${seenShifts.shift.toFixed(3)}: ${seenShifts.what}`)
    return faults
  }, seenShift)
}
