/** The keys of the search. Focus itself moves through the links, so Enter opens one as it opens any link. */

/** Arrows go from the field through the hits and back, Enter in the field opens the first, Escape ends the search. */
export function moveInSearch(event: KeyboardEvent, root: HTMLElement, close: () => void): void {
  const field = root.querySelector<HTMLInputElement>('.search')
  const links = [...root.querySelectorAll<HTMLElement>('.hits a')]
  const stops = field === null ? [] : [field, ...links]
  const at = stops.indexOf(event.target as HTMLElement)
  // 229 is what browsers report for keys that an input method keeps to itself.
  if (at < 0 || event.isComposing || event.keyCode === 229) return
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => stops[Math.min(at + 1, stops.length - 1)]?.focus(),
    ArrowUp: () => stops[Math.max(at - 1, 0)]?.focus(),
    Escape: close,
    ...(at === 0 ? { Enter: () => root.querySelector<HTMLElement>('.hits[aria-busy="false"] a')?.click() } : {}),
  }
  const act = keys[event.key]
  if (act === undefined) return
  event.preventDefault()
  event.stopPropagation()
  act()
}
