/** Markdown to HTML text. HTML in the source stays text; what this returns is sanitised before it becomes elements. */
import MarkdownIt from 'markdown-it'
import { addMathsRules } from './maths-rules.ts'

export const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })

markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.validateLink = (address) => /^(https?:\/\/|mailto:)/i.test(address.trim())

addMathsRules(markdown)

export type Tokens = ReturnType<typeof markdown.parse>
/** Link definitions that were met, by name; shared by the blocks of one answer. */
export type LinkDefinitions = NonNullable<Parameters<typeof markdown.render>[1]>

/**
 * Marks are matched within so many characters: some texts of nothing but marks cost the square of their length. No
 * paragraph that somebody wrote to be read is as long.
 */
export const longestRun = 5000

markdown.core.ruler.at('inline', (state) => {
  for (const token of state.tokens) {
    if (token.type !== 'inline') continue
    token.children = []
    for (const run of runsOf(token.content)) state.md.inline.parse(run, state.md, state.env, token.children)
  }
})

/** Cut after the last space that fits. */
export function runsOf(text: string): readonly string[] {
  const runs: string[] = []
  let from = 0
  while (text.length - from > longestRun) {
    const end = cutAt(text, from)
    runs.push(text.slice(from, end))
    from = end
  }
  return [...runs, text.slice(from)]
}

export function cutAt(text: string, from = 0): number {
  const space = Math.max(text.lastIndexOf(' ', from + longestRun - 1), text.lastIndexOf('\n', from + longestRun - 1))
  return space <= from ? from + longestRun : space + 1
}

/** An answer's headings stand below the page's own: `#` becomes h3. */
const topHeading = 3
markdown.core.ruler.push('lower_headings', (state) => {
  for (const token of state.tokens) {
    if (token.type === 'heading_open' || token.type === 'heading_close') {
      token.tag = `h${Math.min(6, topHeading + Math.max(0, Number(token.tag.slice(1)) - 2))}`
    }
  }
})

/** The policy of the page forbids style attributes: a column's side is said by `align`. */
markdown.core.ruler.push('align_cells', (state) => {
  for (const token of state.tokens) {
    const side = /^text-align:(\w+)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
    if (side === undefined) continue
    token.attrs = token.attrs!.filter(([name]) => name !== 'style')
    token.attrSet('align', side)
  }
})

/**
 * One block, one element, nothing between: a paragraph is a paragraph in a list too, whatever blank lines the other items
 * have. So an item never changes because of a later one.
 */
markdown.core.ruler.push('one_element_a_block', (state) => {
  for (const token of state.tokens) {
    token.hidden = false
    token.block = false
  }
})

/** Images are never fetched: their place is taken by their words. */
markdown.renderer.rules['image'] = (tokens, index) => {
  const words = tokens[index]!.content
  return words === '' ? '' : `<em>${markdown.utils.escapeHtml(words)}</em>`
}

markdown.renderer.rules['fence'] = (tokens, index) => code(tokens[index]!.content, languageOf(tokens[index]!.info))
markdown.renderer.rules['code_block'] = (tokens, index) => code(tokens[index]!.content, '')

function code(text: string, language: string): string {
  const { escapeHtml } = markdown.utils
  return `<pre><code class="language-${escapeHtml(language)}">${escapeHtml(text)}</code></pre>`
}

/** The first word after the marks of a fence. */
export function languageOf(info: string): string {
  return info.trim().split(/\s+/, 1)[0] ?? ''
}

export function parseMarkdown(source: string, definitions: LinkDefinitions): Tokens {
  return markdown.parse(source, definitions)
}

export function renderTokens(tokens: Tokens, definitions: LinkDefinitions): string {
  return markdown.renderer.render(tokens, markdown.options, definitions)
}

export function renderMarkdown(source: string, definitions: LinkDefinitions): string {
  return renderTokens(parseMarkdown(source, definitions), definitions)
}
