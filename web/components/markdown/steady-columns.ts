/** No column of a table is narrower, in rem. */
const narrowest = 5

/**
 * While a table grows its columns keep the widths that its head and first row gave them: otherwise each row could move all
 * the others, and the work for a row would grow with the table.
 */
export function steadyColumns(block: Element | null): void {
  const table = block?.classList.contains('scroll') ? block.querySelector('table') : null
  if (!table?.tHead || table.classList.contains('steady') || (table.tBodies[0]?.rows.length ?? 0) === 0) return
  const cells = [...table.tHead.rows[0]!.cells]
  const widths = cells.map((cell) => cell.getBoundingClientRect().width)
  const whole = table.getBoundingClientRect().width
  cells.forEach((cell, index) => (cell.style.inlineSize = `${((100 * widths[index]!) / whole).toFixed(3)}%`))
  table.style.minInlineSize = whole > block!.clientWidth ? `${whole}px` : `${narrowest * cells.length}rem`
  table.classList.add('steady')
}
