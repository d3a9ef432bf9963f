/**
 * The law of the looks: a colour, a size, a face or a time that is not a token is never written. Everything that may stand
 * outside tokens.css all the same is in the tables here, with its reason.
 */
import type { Condition, Declaration, Sheet } from './css-reader.ts'

/** Lengths that are no measure of the page, but the thickness of a line or a nudge of the optics. */
export const smallLengths: Readonly<Record<string, string>> = {
  '1px': 'a hairline',
  '1.5px': 'the ring of a hollow mark',
  '2px': 'an outline, a caret, the gap between parts of a bar',
  '3px': 'a bar of a level; room around a link',
  '4px': 'a bar of a level, a hatch',
  '5px': 'a name in the margin on the first line of its text; a hatch',
  '6px': 'a bar of a level; a line of facts on the height of a button',
  '8px': 'a bar of a level, a mark on a scale',
  '10px': 'a bar of a level',
  '20px': 'a tool button whose icon stands on the edge of the column',
}

/** Widths and heights of single things, which the tokens need not know. */
export const ownMeasures: readonly (readonly [selector: RegExp, properties: RegExp, why: string])[] = [
  [/^\.who$/, /^max-inline-size$/, 'a name in the margin'],
  [/^\.(menu|toast|dialog|palette)/, /size$|^inset|^margin/, 'what floats has a width of its own, and a distance to the window'],
  [/^\.list$/, /^inline-size$/, 'the sheet from the side leaves a strip of the page to go back to'],
  [/^\.(agents|starts|welcome|specimen)/, /size$|^grid-template-columns$|^padding/, 'columns of a table without lines'],
  [/^\.prose :is\(td, th\)$/, /size$/, 'a column of a table neither vanishes nor runs away'],
  [/^\.code pre$/, /^font$/, 'code is set a little wider than the interface'],
  [/^\.call$/, /^min-block-size$/, 'a call of a tool, between a button and a field'],
  [/\.(button|field|picker)$|^\.menu|^\.list nav/, /^min-block-size$/, 'a row that one points at'],
]

/** Type in the size of what is around it, which no token can say. */
export const relativeSizes: Readonly<Record<string, string>> = {
  '.84em': 'code in a line of text', '1.15em': 'the caret', '.2em': 'the caret', '1.04em': 'maths', '.68em': 'the number of a citation', '.42em': 'its height',
}

/** Where the page changes its shape; custom properties cannot stand in a condition. */
export const breakpoints = ['40rem', '50rem', '64rem'] as const

const weights = new Set(['400', '600', 'inherit'])
const literalColour = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|(?<![\w-])(?:black|white|red|green|blue|gray|grey|orange|yellow|purple|pink|brown|navy|teal)(?![\w-])/i
const length = /(?<![\w#.-])-?(\d*\.?\d+(?:px|rem|pt|cm|mm|in|pc))\b/g
const relative = /(?<![\w#.-])-?(\d*\.?\d+em)\b/g
const time = /(?<![\w#.-])(?!0m?s)\d*\.?\d+m?s\b/

/** The faults of a sheet, each with its place. `known` are the names of the tokens. */
export function faultsOf({ declarations, conditions }: Sheet, known: ReadonlySet<string>): readonly string[] {
  const own = new Set([...known, ...declarations.filter(({ property }) => property.startsWith('--')).map(({ property }) => property)])
  return [
    ...declarations.flatMap((declaration) => faultsIn(declaration, own).map((fault) => `${declaration.file}:${declaration.line} ${declaration.selector} { ${declaration.property} } ${fault}`)),
    ...conditions.flatMap((condition) => strangePoints(condition).map((point) => `${condition.file}:${condition.line} ${condition.text} changes the page at ${point}`)),
  ]
}

function faultsIn(declaration: Declaration, known: ReadonlySet<string>): readonly string[] {
  const { property, value } = declaration
  const faults: string[] = []
  if (literalColour.test(value)) faults.push(`writes the colour ${literalColour.exec(value)![0]}`)
  if (property === 'font-weight' && !weights.has(value)) faults.push(`has the weight ${value}`)
  if (property === 'font' && /\b(?!400\b|600\b)[1-9]00\b|\bbold(er)?\b/.test(value)) faults.push('has a third weight')
  if (/^font(-family)?$/.test(property) && value !== 'inherit' && !/var\(--font-(ui|read|code)\)/.test(value) && !/math/.test(value)) faults.push('names a face')
  if (/transition|animation/.test(property) && time.test(value)) faults.push(`lasts ${time.exec(value)![0]}`)
  if (/radius/.test(property) && /(?<![\w.-])(?!1px|2px|50%|0\b)\d/.test(value)) faults.push(`is rounded by ${value}`)
  for (const [, size] of value.matchAll(length)) if (!mayMeasure(declaration, size!)) faults.push(`measures ${size}`)
  for (const [, size] of value.matchAll(relative)) if (/^font/.test(property) && !(size! in relativeSizes)) faults.push(`is set in ${size}`)
  for (const [, name] of value.matchAll(/var\((--[\w-]+)(?!\s*,)[^,)]*\)/g)) if (!known.has(name!)) faults.push(`asks for ${name}, which nobody sets`)
  return faults
}

function mayMeasure({ selector, property }: Declaration, size: string): boolean {
  if (size in smallLengths && !/^(font|line-height)/.test(property)) return true
  return ownMeasures.some(([where, what]) => selector.split(/,\s*(?![^()]*\))/).every((part) => where.test(part)) && what.test(property))
}

function strangePoints({ text }: Condition): readonly string[] {
  return [...text.matchAll(length)].map(([, size]) => size!).filter((size) => !(breakpoints as readonly string[]).includes(size))
}

/** In the page's code: colours and inline styles, which belong into the sheets. */
export function faultsOfCode(file: string, code: string): readonly string[] {
  const patterns = [/['"`\s:]#[0-9a-f]{6}\b/i, /\brgba?\(/, /\sstyle="/, /\bstyle=\$\{/, /\.style\.(color|background|font\w*|border\w*)\b/]
  return patterns.flatMap((pattern) => {
    const found = pattern.exec(code)
    return found === null ? [] : [`${file}:${code.slice(0, found.index).split('\n').length} writes ${found[0].trim()}`]
  })
}
