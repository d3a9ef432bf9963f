/** As much of CSS as the rules about it need: which selector, or which @-rule, says what about which property. */
export interface Declaration {
  readonly file: string
  readonly line: number
  /** The selector; of several, all. */
  readonly selector: string
  readonly property: string
  readonly value: string
}

/** What stands between @media or @container and its brace. */
export interface Condition {
  readonly file: string
  readonly line: number
  readonly text: string
}

export interface Sheet {
  readonly declarations: readonly Declaration[]
  readonly conditions: readonly Condition[]
}

export function readSheet(file: string, css: string): Sheet {
  const text = css.replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '))
  const declarations: Declaration[] = []
  const conditions: Condition[] = []
  const open: string[] = []
  let from = 0
  for (const { 0: mark, index } of text.matchAll(/"[^"]*"|[{};]/g)) {
    if (mark.length > 1) continue
    const piece = text.slice(from, index).trim()
    const line = text.slice(0, index).split('\n').length
    from = index + 1
    if (mark === '{') {
      open.push(piece)
      if (/^@(media|container)/.test(piece)) conditions.push({ file, line, text: piece })
      continue
    }
    const colon = piece.indexOf(':')
    if (colon > 0) declarations.push({ file, line, selector: open.at(-1) ?? '', property: piece.slice(0, colon).trim(), value: piece.slice(colon + 1).trim() })
    if (mark === '}') open.pop()
  }
  return { declarations, conditions }
}
