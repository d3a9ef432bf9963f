/** Keys that work anywhere on the page; which they are stands in web/components/shortcut-table.ts. */
import { isShortcut } from '../components/shortcut-table.ts'

export interface ShortcutDeps {
  readonly isRunning: () => boolean
  readonly stop: () => void
  readonly closeList: () => boolean
  readonly focusComposer: () => void
  /** To the message before (-1) or after (1) the one that is read. */
  readonly jump: (direction: -1 | 1) => void
  readonly open: Readonly<Record<'palette' | 'search' | 'new_conversation' | 'list', () => void>>
}

/** Escape closes what is open, else stops the answer; a letter typed nowhere lands in the composer. What floats keeps its keys to itself. */
export function listenForShortcuts(deps: ShortcutDeps): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector(':popover-open, dialog[open]') !== null) return
    const act = actFor(event, deps)
    if (act === null) return
    event.preventDefault()
    act()
  })
  // Not stopped: the letter lands in the field that gets focus.
  document.addEventListener('keydown', (event) => {
    const floats = document.querySelector(':popover-open, dialog[open]') !== null
    if (!event.defaultPrevented && !floats && isLetter(event) && !isField(document.activeElement)) deps.focusComposer()
  })
}

function actFor(event: KeyboardEvent, deps: ShortcutDeps): (() => void) | null {
  const opened = (['palette', 'search', 'new_conversation'] as const).find((id) => isShortcut(event, id))
  if (opened !== undefined) return deps.open[opened]
  if (isShortcut(event, 'list') && !isField(document.activeElement)) return deps.open.list
  if (isShortcut(event, 'message_before')) return () => deps.jump(-1)
  if (isShortcut(event, 'message_after')) return () => deps.jump(1)
  if (event.key !== 'Escape') return null
  return () => {
    if (!deps.closeList() && deps.isRunning()) deps.stop()
  }
}

/** Space scrolls and presses: it is no letter. */
function isLetter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey
}

function isField(element: Element | null): boolean {
  return element?.matches('input, textarea, select, [contenteditable]') === true
}
