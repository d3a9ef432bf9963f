/** What each word of code is, by highlight.js, which is loaded when the first code of a known language is shown. */
import type { HLJSApi, LanguageFn } from 'highlight.js'
import { languages, languageNames } from './languages.ts'

/** A stretch of code of one colour. */
export interface Run {
  readonly text: string
  /** The class of its colour; '' for plain text. */
  readonly colour: string
  /** Whether it stands within something: a string, a comment, a tag. */
  readonly inner: boolean
}

/** Colouring takes about a millisecond for 2,000 characters; a longer stretch that is still open is shown as it is. */
const longestCode = 15_000

let highlighter: HLJSApi | null = null
let last: { readonly code: string; readonly name: string; readonly runs: readonly Run[] } | null = null
const asked = new Map<string, Promise<void>>()
const failed = Promise.resolve()

/** The runs that make up `code`; one plain run where its language is not known or not loaded. */
export function colourRuns(code: string, language: string): readonly Run[] {
  const name = languageNames.get(language.toLowerCase())
  if (code === '') return []
  if (name === undefined || highlighter?.getLanguage(name) === undefined || code.length > longestCode) return [{ text: code, colour: '', inner: false }]
  // What is open is looked at twice in a frame: for what of it is finished, and to be drawn.
  if (last?.code !== code || last.name !== name) last = { code, name, runs: readRuns(highlighter.highlight(code, { language: name, ignoreIllegals: true }).value) }
  return last.runs
}

/** Null when the language is there, or is not known; else resolves when it is there, or cannot be had. */
export function awaitLanguage(language: string): Promise<void> | null {
  const name = languageNames.get(language.toLowerCase())
  if (name === undefined || highlighter?.getLanguage(name) !== undefined) return null
  const waiting = asked.get(name)
  if (waiting === failed) return null
  if (waiting !== undefined) return waiting
  const loading = load(name).catch(() => void asked.set(name, failed))
  asked.set(name, loading)
  return loading
}

async function load(name: keyof typeof languages): Promise<void> {
  const [{ default: core }, { default: grammar }] = await Promise.all([import('highlight.js/lib/core'), languages[name]()])
  core.registerLanguage(name, grammar as LanguageFn)
  highlighter = core
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'" }

/** Reads the highlighter's own spans, and makes nothing of them but text and names of colours. */
function readRuns(html: string): readonly Run[] {
  const runs: Run[] = []
  const open: string[] = []
  for (const [piece, scope] of html.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (scope !== undefined) open.push(colourOf(scope) || (open.at(-1) ?? ''))
    else if (piece === '</span>') open.pop()
    else runs.push({ text: piece.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => entities[entity]!), colour: open.at(-1) ?? '', inner: open.length > 0 })
  }
  return runs
}

/** Many scopes, few colours. */
const colours: Readonly<Record<string, string>> = {
  keyword: 'keyword', built_in: 'keyword', literal: 'keyword', 'selector-tag': 'keyword', name: 'keyword', section: 'keyword', operator: '', punctuation: '',
  string: 'string', regexp: 'string', char: 'string', 'meta string': 'string', addition: 'string', bullet: 'string', link: 'string', code: 'string',
  number: 'number', symbol: 'number', 'selector-id': 'number', 'selector-class': 'number', 'template-variable': 'number', variable: '', subst: 'plain',
  comment: 'comment', quote: 'comment', meta: 'comment', doctag: 'comment', deletion: 'deletion',
  title: 'title', type: 'type', attr: 'attribute', attribute: 'attribute', 'template-tag': 'keyword', property: '', params: '', tag: '',
}

function colourOf(scope: string): string {
  const name = scope.split(' ')[0]!.replace(/^hljs-/, '')
  return colours[name] ?? ''
}
