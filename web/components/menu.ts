/** Menus that float: shown by the browser's own popover, so Escape, a click beside it and focus come with it. */

/** Opens `menu` at `button`, and keeps it there when the window changes. */
export function openMenu(menu: HTMLElement, button: HTMLElement): void {
  menu.showPopover({ source: button })
  place(menu, button)
  const closed = new AbortController()
  addEventListener('resize', () => place(menu, button), { signal: closed.signal })
  menu.addEventListener('toggle', (event) => event.newState === 'closed' && closed.abort(), { signal: closed.signal })
  const chosen = menu.querySelector<HTMLElement>('[aria-checked="true"]') ?? itemsOf(menu)[0]
  chosen?.focus()
}

/** Below the button, above it where there is no room below, and inside the window in any case. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  const below = at.bottom + 4 + height <= innerHeight
  const rightToLeft = getComputedStyle(button).direction === 'rtl'
  const left = rightToLeft ? at.right - width : at.left
  menu.style.setProperty('top', `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`)
  menu.style.setProperty('left', `${Math.min(Math.max(8, left), innerWidth - width - 8)}px`)
}

const moves: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
}

/** Arrow keys, Home and End go through the items. */
export function moveInMenu(event: KeyboardEvent): void {
  const items = itemsOf(event.currentTarget as HTMLElement)
  const move = moves[event.key]
  if (move === undefined || items.length === 0) return
  event.preventDefault()
  items[move(items.indexOf(document.activeElement as HTMLElement), items.length)]?.focus()
}

function itemsOf(menu: HTMLElement): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
}
