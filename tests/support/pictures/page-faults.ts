import type { Page } from 'playwright-core'

/** What no page of ours may do at any width: a scroll sideways, a word cut off in a button, text over text of another line. */
export async function pageFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${(element.textContent ?? '').trim().slice(0, 40)}”`
    const root = document.documentElement
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}`)
    for (const pane of document.querySelectorAll('.turns, .list nav, .sheet')) {
      if (pane.scrollWidth > pane.clientWidth) faults.push(`${name(pane)} scrolls sideways: ${pane.scrollWidth} in ${pane.clientWidth}`)
    }
    for (const button of document.querySelectorAll<HTMLElement>('button.button, .chip, .menu button, .tool-button')) {
      if (!button.checkVisibility()) continue
      if (button.scrollWidth > button.clientWidth + 1) faults.push(`${name(button)} is cut off`)
      const box = button.getBoundingClientRect()
      if (box.width < 24 || box.height < 24) faults.push(`${name(button)} is smaller than 24 px`)
    }
    return faults
  })
}
