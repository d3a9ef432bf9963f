/** Formulas as the parser knows them. They leave it as their source, marked; typesetting is another matter (typeset.ts). */
import type { MarkdownIt, StateBlock } from 'markdown-it'
import { longestMaths, mathsAt } from './maths-source.ts'

export function addMathsRules(markdown: MarkdownIt): void {
  // Before escapes: `\(` opens a formula and is no escaped bracket.
  markdown.inline.ruler.before('escape', 'maths', (state, silent) => {
    const maths = mathsAt(state.src, state.pos)
    if (maths === null || maths === 'open') return false
    if (!silent) Object.assign(state.push('maths', 'code', 0), { content: maths.source, markup: maths.display ? '$$' : '$' })
    state.pos = maths.end
    return true
  })
  markdown.block.ruler.before('fence', 'maths_block', (state, first, last, silent) => {
    const start = state.bMarks[first]! + state.tShift[first]!
    if (!/^(?:\$\$|\\\[)/.test(state.src.slice(start, start + 2)) || state.sCount[first]! - state.blkIndent >= 4) return false
    const found = blockAt(state, first, last)
    if (found === null) return false
    if (silent) return true
    Object.assign(state.push('maths_block', 'p', 0), { content: found.source, map: [first, found.next] })
    state.line = found.next
    return true
  }, { alt: ['paragraph', 'reference', 'blockquote', 'list'] })
  const { escapeHtml } = markdown.utils
  markdown.renderer.rules['maths'] = (tokens, index) => `<code class="maths${tokens[index]!.markup === '$$' ? ' display' : ''}">${escapeHtml(tokens[index]!.content)}</code>`
  markdown.renderer.rules['maths_block'] = (tokens, index) => `<p class="formula"><code class="maths display">${escapeHtml(tokens[index]!.content)}</code></p>`
}

/** A formula by itself ends at the end of a line; otherwise it is part of a paragraph. */
function blockAt(state: StateBlock, first: number, last: number): { readonly source: string; readonly next: number } | null {
  const opened = state.getLines(first, first + 1, state.blkIndent, false).trim()
  const close = opened.startsWith('$$') ? '$$' : '\\]'
  const lines: string[] = []
  let length = 0
  for (let line = first; line < last && length < longestMaths; line++) {
    if (line > first && state.sCount[line]! < state.blkIndent && !state.isEmpty(line)) return null
    const text = line === first ? opened.slice(2) : state.getLines(line, line + 1, state.blkIndent, false).trimEnd()
    const at = text.indexOf(close)
    if (at !== -1) {
      const source = [...lines, text.slice(0, at)].join('\n')
      return text.slice(at + 2).trim() === '' && source.trim() !== '' ? { source, next: line + 1 } : null
    }
    lines.push(text)
    length += text.length
  }
  return null
}
