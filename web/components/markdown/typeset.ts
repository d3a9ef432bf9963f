/**
 * Formulas as MathML, by temml, which is loaded when the first one comes. What cannot be set stays as its source, in code.
 * Nothing of a formula is trusted: no links, no images, no styles; sizes, expansions and time are bounded.
 */
import type { renderToString } from 'temml'
import { element } from './elements.ts'
import { longestMaths } from './maths-source.ts'
import { sanitizeMaths } from './sanitize-maths.ts'

/** More than this is not a formula any more. */
const longestOutput = 40_000
const mostKept = 300
/** Milliseconds of setting formulas within so many; the rest waits, so that nothing else has to. */
const budget = { milliseconds: 24, within: 60 }

let setMarkup: typeof renderToString | null = null
let loading: Promise<void> | null = null
let failed = false
const set = new Map<string, Element | null>()
let spent = 0
let spentSince = 0

/** Replaces formulas that are still their source. True when some must wait: for temml, or because others took the time. */
export function typeset(root: ParentNode): boolean {
  let waits = false
  for (const code of root.querySelectorAll<HTMLElement>('code.maths')) {
    const formula = failed ? null : formulaOf(code.textContent ?? '', code.classList.contains('display'))
    code.classList.toggle('waits', formula === undefined)
    if (formula === undefined) waits = true
    else if (formula === null) code.className = ''
    else putInPlace(formula.cloneNode(true) as Element, code)
  }
  return waits
}

const marks = /^[\u00a0\u202f]?[,.;:!?…%)\]»”’]+/

/** A mark behind a formula stays on its line. */
function putInPlace(formula: Element, code: HTMLElement): void {
  const next = code.nextSibling
  code.replaceWith(formula)
  if (!(next instanceof Text) || code.classList.contains('display')) return
  const mark = marks.exec(next.data)
  if (mark === null) return
  const together = element('span', 'together')
  formula.replaceWith(together)
  together.append(formula, mark[0])
  next.deleteData(0, mark[0].length)
}

/** Resolves when formulas can be set, or will never be. */
export function loadTypesetting(): Promise<void> {
  loading ??= import('temml').then(
    ({ default: temml }) => void (setMarkup = temml.renderToString),
    () => void (failed = true),
  )
  return loading
}

/** Null: this cannot be set. Undefined: not now. */
function formulaOf(source: string, display: boolean): Element | null | undefined {
  const key = `${display}${source}`
  const known = set.get(key)
  if (known !== undefined) return known
  const now = performance.now()
  if (now - spentSince > budget.within) [spent, spentSince] = [0, now]
  if (setMarkup === null || spent > budget.milliseconds) return undefined
  const made = setFormula(setMarkup, source, display)
  spent += performance.now() - now
  if (set.size >= mostKept) set.delete(set.keys().next().value!)
  set.set(key, made)
  return made
}

function setFormula(setMarkup: typeof renderToString, source: string, displayMode: boolean): Element | null {
  if (source.length > longestMaths) return null
  try {
    const markup = setMarkup(source, { displayMode, throwOnError: true, trust: false, strict: false, annotate: false, maxExpand: 200, maxSize: [10, 100] })
    return markup.length > longestOutput ? null : sanitizeMaths(withoutStyles(markup)).firstElementChild
  } catch {
    return null
  }
}

/** The policy of the page forbids style attributes: what of them matters is said by attributes of our own. */
function withoutStyles(markup: string): string {
  return markup.replace(/\sstyle="([^"]*)"/g, (_, style: string) => {
    if (style.includes('border:1px')) return ' frame="box"'
    const flush = [...style.matchAll(/padding-(left|right):0em/g)].map((match) => match[1])
    return flush.length === 0 ? '' : ` flush="${flush.join(' ')}"`
  })
}
