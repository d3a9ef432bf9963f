import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'

/** What a first visit may cost until its first answer stands there, in bytes; about 89,000 are used, 41,000 before the answer. */
const mostOfFirstLoad = 90_000
let files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[] = []

before(async () => {
  const built = await build({ configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'silent', build: { write: false } })
  files = (built as Rolldown.RolldownOutput).output
})

/** What index.html asks for, what draws an answer, and all that these import; not what is loaded when it is first needed. */
function firstLoad(): string {
  const chunks = new Map(files.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]))
  const wanted = new Set([...page().matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]!))
  for (const chunk of chunks.values()) if (chunk.name === 'prose-writer') wanted.add(chunk.fileName)
  for (const name of wanted) for (const imported of chunks.get(name)!.imports) wanted.add(imported)
  return [...wanted].map((name) => chunks.get(name)!.code).join('\n')
}

const script = () => files.filter((file) => file.type === 'chunk').map((file) => file.code).join('\n')
const page = () => files.filter((file) => file.type === 'asset' && file.fileName === 'index.html').map((file) => String((file as Rolldown.OutputAsset).source)).join('')

test('the first load is at most 90 kB of compressed script', () => {
  const size = gzipSync(firstLoad()).length

  assert.ok(size > 30_000 && size <= mostOfFirstLoad, `${size} bytes`)
})

test('no schema library travels to the browser: the page knows the wire by its types', () => {
  assert.doesNotMatch(script(), /ZodError|jitless/)
})

test('the page carries nothing inline that its policy would refuse', () => {
  assert.match(page(), /<meta name="parley-base" content="">/)
  assert.doesNotMatch(page(), /<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/)
  assert.doesNotMatch(script(), /\beval\(|new Function\(/)
})

test('every address in the page is of a file that is built, under an address where the server writes its prefix', () => {
  const addresses = [...page().matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)

  assert.ok(addresses.length >= 3)
  for (const address of addresses) assert.match(address, /^\/(?:assets\/|icons\/|manifest\.webmanifest$)/)
})

test('the specimen, which is for those who work on the looks, is not in the build', () => {
  assert.ok(existsSync(join(import.meta.dirname, '../../web/specimen.html')))
  for (const file of files) {
    assert.doesNotMatch(file.fileName, /specimen/)
    assert.doesNotMatch(String(file.type === 'chunk' ? file.code : file.source), /specimen|is-hover/)
  }
})

test('what colours code and sets formulas is not part of the first load', () => {
  const first = firstLoad()

  assert.ok(script().length > first.length + 200_000)
  assert.doesNotMatch(first, /BACKSLASH_ESCAPE|mathrm/)
})

test('the frame of diagrams has one script, and that is a classic one: modules are not given to its origin', () => {
  const frame = String((files.find((file) => file.fileName === 'frames/diagram.html') as Rolldown.OutputAsset).source)
  const code = (files.find((file) => file.type === 'chunk' && file.name === 'diagram') as Rolldown.OutputChunk).code

  assert.match(frame, /<script defer src="\/assets\/diagram-[\w-]+\.js">/)
  assert.doesNotMatch(frame, /module|crossorigin/)
  assert.doesNotMatch(code, /^\s*(?:import|export)\b|import\.meta/m)
})
