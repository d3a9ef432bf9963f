/**
 * Where a phone's keyboard only covers the page instead of making it smaller, the page is made as high as what is left to see.
 * Browsers that know `interactive-widget` in the viewport do it by themselves, and are left alone.
 */
export function keepAboveKeyboard(): void {
  const visual = globalThis.visualViewport
  if (visual === null) return
  visual.addEventListener('resize', () => {
    const height = heightAboveKeyboard(innerHeight, visual.height, visual.scale)
    const root = document.documentElement.style
    if (height === null) root.removeProperty('--viewport-height')
    else root.setProperty('--viewport-height', `${height}px`)
    if (height !== null) scrollTo(0, 0)
  })
}

/** In pixels; null where nothing covers the page, or where it is only magnified. */
export function heightAboveKeyboard(pageHeight: number, seenHeight: number, magnification: number): number | null {
  const covered = pageHeight - seenHeight * magnification
  return magnification < 1.05 && covered > 100 ? Math.round(seenHeight) : null
}
