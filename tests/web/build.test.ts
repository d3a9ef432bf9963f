import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'

const kibibyte = 1024
let files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[] = []

before(async () => {
  const built = await build({ configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'silent', build: { write: false } })
  files = (built as Rolldown.RolldownOutput).output
})

const script = () => files.filter((file) => file.type === 'chunk').map((file) => file.code).join('\n')
const page = () => files.filter((file) => file.type === 'asset' && file.fileName === 'index.html').map((file) => String((file as Rolldown.OutputAsset).source)).join('')

test('the first load is at most 100 KiB of compressed script', () => {
  const size = gzipSync(script()).length

  assert.ok(size > 0 && size <= 100 * kibibyte, `${(size / kibibyte).toFixed(1)} KiB`)
})

test('no schema library travels to the browser: the page knows the wire by its types', () => {
  assert.doesNotMatch(script(), /ZodError|jitless/)
})

test('the page carries nothing inline that its policy would refuse', () => {
  assert.match(page(), /<meta name="parley-base" content="">/)
  assert.doesNotMatch(page(), /<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/)
  assert.doesNotMatch(script(), /\beval\(|new Function\(/)
})

test('every address in the page is under /assets, where the server writes its prefix', () => {
  const addresses = [...page().matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)

  assert.ok(addresses.length >= 3)
  for (const address of addresses) assert.match(address, /^\/assets\//)
})

test('the specimen, which is for those who work on the looks, is not in the build', () => {
  assert.ok(existsSync(join(import.meta.dirname, '../../web/specimen.html')))
  for (const file of files) {
    assert.doesNotMatch(file.fileName, /specimen/)
    assert.doesNotMatch(String(file.type === 'chunk' ? file.code : file.source), /specimen|is-hover/)
  }
})
