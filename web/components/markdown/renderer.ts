/** Markdown to HTML text. HTML in the source stays text; what this returns is sanitised before it becomes elements. */
import MarkdownIt from 'markdown-it'

export const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })

markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.validateLink = (address) => /^(https?:\/\/|mailto:)/i.test(address.trim())

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

/** Images are never fetched: their place is taken by their words. */
markdown.renderer.rules['image'] = (tokens, index) => {
  const words = tokens[index]!.content
  return words === '' ? '' : `<em>${markdown.utils.escapeHtml(words)}</em>`
}

/** Link definitions that were met, by name; shared by the blocks of one answer. */
export type LinkDefinitions = NonNullable<Parameters<typeof markdown.render>[1]>

export function renderMarkdown(source: string, definitions: LinkDefinitions): string {
  return markdown.render(source, definitions)
}
