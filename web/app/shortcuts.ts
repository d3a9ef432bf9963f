/** Keys that work anywhere on the page. */

export interface ShortcutDeps {
  readonly isRunning: () => boolean
  readonly stop: () => void
  readonly closeList: () => boolean
  readonly focusComposer: () => void
  readonly search: () => void
}

/** Ctrl+K (or Command) searches; Escape closes what is open, else stops the answer; a letter typed nowhere lands in the composer. */
export function listenForShortcuts(deps: ShortcutDeps): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector('[popover]:popover-open') !== null) return
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault()
      return deps.search()
    }
    if (event.key === 'Escape') {
      if (!deps.closeList() && deps.isRunning()) deps.stop()
      return
    }
    const nowhere = document.activeElement === document.body || document.activeElement === null
    if (nowhere && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) deps.focusComposer()
  })
}
