import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

/** A command that goes on for some 20 seconds unless it is told to end. */
const lasting = (name: string) =>
  `trap 'echo ${name} was told to end; exit 0' TERM\necho ${name} is up\ni=0\nwhile [ $i -lt 1000 ]; do sleep 0.02; i=$((i + 1)); done\n`

/** Starts the script over a small tree, with these in place of Node and Vite. */
function develop(t: TestContext, commands: { readonly node: string; readonly vite: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-dev-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const part of ['server', 'protocol']) mkdirSync(join(folder, part))
  for (const [name, body] of Object.entries(commands)) writeFileSync(join(folder, name), `#!/bin/sh\n${body}`, { mode: 0o755 })
  const script = join(import.meta.dirname, '../../bin/dev.mjs')
  const child = spawn(process.execPath, [script], { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` } })
  t.after(() => child.kill('SIGTERM'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text))
  const said = async (pattern: RegExp) => {
    while (!pattern.test(output)) await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
  }
  return { child, said, output: () => output, change: () => writeFileSync(join(folder, 'server', 'a.ts'), '') }
}

test('when the page ends, the server is told to end, and the page says how it went', async (t) => {
  const { child, output } = develop(t, { node: lasting('node'), vite: 'sleep 0.3\nexit 3\n' })
  assert.deepEqual(await once(child, 'close'), [3, null])
  assert.match(output(), /node was told to end/)
})

test('when the server ends, so does the page', async (t) => {
  const { child, output } = develop(t, { node: 'sleep 0.3\n', vite: lasting('vite') })
  assert.deepEqual(await once(child, 'close'), [0, null])
  assert.match(output(), /vite was told to end/)
})

test('on Ctrl-C both end', async (t) => {
  const { child, said, output } = develop(t, { node: lasting('node'), vite: lasting('vite') })
  await said(/node is up[^]*vite is up|vite is up[^]*node is up/)
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'close'), [0, null])
  assert.match(output(), /node was told to end/)
  assert.match(output(), /vite was told to end/)
})

test('when the code changes, the server starts again and the page stays', async (t) => {
  const { child, said, change, output } = develop(t, { node: lasting('node'), vite: lasting('vite') })
  await said(/node is up/)
  change()
  await said(/node was told to end[^]*node is up/)
  assert.doesNotMatch(output(), /vite was told to end/)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'close'), [0, null])
})

test('a server that failed waits for the change that mends it', async (t) => {
  const node = `[ -e mended ] && exec sleep 0.2\ntouch mended\necho node failed\nexit 1\n`
  const { child, said, change, output } = develop(t, { node, vite: lasting('vite') })
  await said(/starts again with the next change/)
  assert.doesNotMatch(output(), /told to end/)
  change()
  assert.deepEqual(await once(child, 'close'), [0, null])
})
