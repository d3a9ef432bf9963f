/** The law of the looks, over the sheets as they are, and over small sheets with one planted fault each. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { contrast } from './styles/contrast.ts'
import { readSheet } from './styles/css-reader.ts'
import { faultsOf, faultsOfCode } from './styles/rules.ts'

const web = join(import.meta.dirname, '../../web')
const tokens = readSheet('tokens.css', readFileSync(join(web, 'styles/tokens.css'), 'utf8')).declarations
const names = new Set(tokens.map(({ property }) => property))
const sheets = globSync('styles/*.css', { cwd: web }).filter((path) => basename(path) !== 'tokens.css')
/** Custom properties that an element is given for its own sheet. */
const given = ['--part', '--at', '--lane']

const faultsIn = (css: string) => faultsOf(readSheet('planted.css', css), new Set([...names, ...given]))

test('no sheet writes a colour, a size, a face or a time that is not a token', () => {
  assert.ok(sheets.length >= 7, `only ${sheets.length} sheets were found`)
  // What one sheet sets, another may ask for.
  const read = sheets.map((path) => readSheet(path, readFileSync(join(web, path), 'utf8')))
  const set = read.flatMap(({ declarations }) => declarations.filter(({ property }) => property.startsWith('--')).map(({ property }) => property))
  const known = new Set([...names, ...given, ...set])

  assert.deepEqual(read.flatMap((sheet) => faultsOf(sheet, known)), [])
})

test('no component writes a colour or a style of its own', () => {
  const paths = globSync('{app,components,pages}/**/*.ts', { cwd: web, exclude: ['pages/specimen/**'] })

  assert.ok(paths.length > 20)
  assert.deepEqual(paths.flatMap((path) => faultsOfCode(path, readFileSync(join(web, path), 'utf8'))), [])
})

const planted: Readonly<Record<string, string>> = {
  'a colour': '.a { color: #46514f }',
  'a colour by its name': '.a { border: 1px solid white }',
  'a colour of its own in a mix': '.a { background: color-mix(in oklab, rgb(1 2 3), var(--ink)) }',
  'a size of type': '.a { font-size: 13px }',
  'a line': '.a { line-height: 1.4rem }',
  'a size in the shorthand': '.a { font: 400 1rem/1.5rem var(--font-ui) }',
  'a face': '.a { font-family: Georgia, serif }',
  'a third weight': '.a { font-weight: 500 }',
  'a radius': '.a { border-radius: 12px }',
  'a distance off the grid': '.a { padding: 7px }',
  'a time': '.a { transition: color 150ms }',
  'a width that only another thing may have': '.a { inline-size: 22rem }',
  'a token that does not exist': '.a { color: var(--ink-quite) }',
  'another breakpoint': '@media (width < 700px) { .a { color: var(--ink) } }',
  'a fault after a comment and a string': '.a::after { content: "}"; /* { */ color: red }',
}
for (const [name, css] of Object.entries(planted)) {
  test(`the law of the looks finds ${name}`, () => {
    assert.ok(faultsIn(css).length > 0)
  })
}

test('the law of the looks lets stand what is a token, a hairline, or relative to the text', () => {
  assert.deepEqual(faultsIn('.a { border: 1px solid var(--line); margin: calc(-1 * var(--s2)) auto 0; inline-size: 50%; max-block-size: 40dvh; padding: 0.5em }'), [])
  assert.deepEqual(faultsIn('.prose code { font: .84em var(--font-code); color: color-mix(in oklab, var(--ink), transparent 20%); --own: 1; opacity: var(--own) }'), [])
  assert.deepEqual(faultsIn('@container conversation (width < 50rem) { .a { border-radius: 50%; transition: color var(--quick) } }'), [])
})

test('the law of the looks finds a style in a template', () => {
  assert.equal(faultsOfCode('a.ts', 'html`<p style="color: red">`').length, 1)
  assert.equal(faultsOfCode('a.ts', "const accent = '#0e5a6a'").length, 1)
  assert.deepEqual(faultsOfCode('a.ts', "menu.style.setProperty('top', `${top}px`)"), [])
})

/** Both sides of `light-dark(#…, #…)`. */
function inThemes(name: string): readonly [light: string, dark: string] {
  const value = tokens.find(({ property }) => property === `--${name}`)?.value ?? ''
  const [light, dark] = [...value.matchAll(/#[0-9a-f]{6}/g)].map(([colour]) => colour)
  if (light === undefined || dark === undefined) throw new Error(`--${name} is not a pair of colours: ${value}`)
  return [light, dark]
}

const surfaces = ['page', 'side', 'raised', 'tint'] as const
/** What may be read on which surfaces, and how clearly: 4.5 for text, 3 for the edge of a control (WCAG 2.2, 1.4.3 and 1.4.11). */
const readable: Readonly<Record<string, { readonly on: readonly string[]; readonly least: number }>> = {
  ink: { on: [...surfaces, 'accent-tint'], least: 7 },
  'ink-quiet': { on: surfaces, least: 4.5 },
  'ink-faint': { on: surfaces, least: 4.5 },
  accent: { on: surfaces, least: 4.5 },
  success: { on: surfaces, least: 4.5 },
  warning: { on: surfaces, least: 4.5 },
  danger: { on: surfaces, least: 4.5 },
  'level-1': { on: surfaces, least: 4.5 },
  'level-2': { on: surfaces, least: 4.5 },
  'level-3': { on: surfaces, least: 4.5 },
  'level-4': { on: surfaces, least: 4.5 },
  'on-accent': { on: ['accent'], least: 4.5 },
  edge: { on: ['page', 'side', 'raised'], least: 3 },
}

test('every ink can be read on every surface that it may stand on, in both themes', () => {
  const faint = Object.entries(readable).flatMap(([ink, { on, least }]) =>
    on.flatMap((surface) =>
      ['light', 'dark'].flatMap((theme, at) => {
        const ratio = contrast(inThemes(ink)[at]!, inThemes(surface)[at]!)
        return ratio >= least ? [] : [`--${ink} on --${surface}, ${theme}: ${ratio.toFixed(2)}`]
      }),
    ),
  )

  assert.deepEqual(faint, [])
  assert.ok(Math.abs(contrast('#000000', '#ffffff') - 21) < 0.01)
})
