/** Blocks as the parser sees them, in their nesting, each with the lines that it stands on. Every block is one element. */
import { cutCode } from './code-parts.ts'
import { languageOf, type Tokens } from './renderer.ts'

/** `code` is made of parts, each some lines; `leaf` is whatever has no blocks in it. */
export type BlockKind = 'list' | 'item' | 'quote' | 'table' | 'row' | 'code' | 'part' | 'leaf'

export interface Block {
  readonly kind: BlockKind
  /** The first line, counted from 0, and the one after the last. */
  readonly from: number
  readonly to: number
  /** Lines at its beginning that say what it is, and without which what follows would be something else. */
  readonly opening: number
  readonly children: readonly Block[]
}

const kinds: Readonly<Record<string, readonly [kind: BlockKind, opening: number]>> = {
  bullet_list_open: ['list', 0],
  ordered_list_open: ['list', 0],
  list_item_open: ['item', 1],
  blockquote_open: ['quote', 0],
  table_open: ['table', 2],
  tr_open: ['row', 0],
  fence: ['code', 1],
  code_block: ['code', 0],
  paragraph_open: ['leaf', 0],
  heading_open: ['leaf', 0],
  hr: ['leaf', 0],
  maths_block: ['leaf', 0],
}

/** The outermost blocks. A table's children are the rows of its body. */
export function blockTree(tokens: Tokens): readonly Block[] {
  const root: Block[] = []
  const open: Block[][] = [root]
  for (const token of tokens) {
    const [kind, opening] = kinds[token.type] ?? []
    if (kind !== undefined && token.map !== null) {
      const [from, to] = token.map
      const children = kind === 'code' ? partsOf(token.content, languageOf(token.info), from + opening!) : []
      open.at(-1)!.push({ kind, from, to, opening: opening!, children })
      if (token.nesting === 1) open.push(children)
      // The head of a table is part of its opening.
    } else if (token.nesting === 1) open.push(token.type === 'thead_open' ? [] : open.at(-1)!)
    if (token.nesting === -1) open.pop()
  }
  return root
}

function partsOf(code: string, language: string, first: number): Block[] {
  let from = first
  return cutCode(code, language).map(({ lines }) => {
    const part: Block = { kind: 'part', from, to: from + lines, opening: 0, children: [] }
    from += lines
    return part
  })
}
