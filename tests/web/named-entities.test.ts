import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeHTMLStrict } from '../../web/components/markdown/named-entities.ts'

/** The package that markdown-it brings, and that the build leaves out. */
const complete = createRequire(import.meta.resolve('markdown-it'))('entities') as { readonly decodeHTMLStrict: (text: string) => string }
const source = readFileSync(join(import.meta.dirname, '../../web/components/markdown/named-entities.ts'), 'utf8')
const names = [...source.matchAll(/'([A-Za-z0-9 ]+)'/g)].flatMap(([, run]) => run!.trim().split(' ')).filter((name) => name !== '')

test('every name that the page knows stands for what it stands for in HTML', () => {
  assert.ok(names.length > 270, `${names.length} names`)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.equal(decodeHTMLStrict(`&${name};`), complete.decodeHTMLStrict(`&${name};`), name)
})

test('a name that nobody knows stays as it was written', () => {
  for (const entity of ['&nothing;', '&AMP;', '&constructor;', '&__proto__;']) assert.equal(decodeHTMLStrict(entity), entity)
})
