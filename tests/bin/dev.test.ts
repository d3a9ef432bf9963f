import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

/** A command that goes on for some 20 seconds unless it is told to end. */
const lasting = (name: string) =>
  `trap 'echo ${name} was told to end; exit 0' TERM\necho ${name} is up\ni=0\nwhile [ $i -lt 1000 ]; do sleep 0.02; i=$((i + 1)); done\n`

/** Starts the script with these in place of Node and Vite. */
function develop(t: TestContext, commands: { readonly node: string; readonly vite: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-dev-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, body] of Object.entries(commands)) writeFileSync(join(folder, name), `#!/bin/sh\n${body}`, { mode: 0o755 })
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/dev.mjs')], { env: { PATH: `${folder}:/usr/bin:/bin` } })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (text: Buffer) => (output += text))
  const said = async (...sentences: readonly string[]) => {
    while (!sentences.every((sentence) => output.includes(sentence))) await once(child.stdout, 'data')
  }
  return { child, said, output: () => output }
}

test('when the page ends, the server is told to end, and the page says how it went', async (t) => {
  const { child, output } = develop(t, { node: lasting('node'), vite: 'sleep 0.3\nexit 3\n' })
  assert.deepEqual(await once(child, 'close'), [3, null])
  assert.match(output(), /node was told to end/)
})

test('when the server ends, so does the page', async (t) => {
  const { child, output } = develop(t, { node: 'sleep 0.3\nexit 4\n', vite: lasting('vite') })
  assert.deepEqual(await once(child, 'close'), [4, null])
  assert.match(output(), /vite was told to end/)
})

test('on Ctrl-C both end', async (t) => {
  const { child, said, output } = develop(t, { node: lasting('node'), vite: lasting('vite') })
  await said('node is up', 'vite is up')
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'close'), [0, null])
  assert.match(output(), /node was told to end/)
  assert.match(output(), /vite was told to end/)
})
