import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

const launcher = join(import.meta.dirname, '../../bin/parley')

interface House {
  /** What `node_modules/.bin/node` is; absent, there is none. */
  readonly ownNode?: 'this one' | 'too old'
  readonly main?: string
  readonly cli?: string
}

/** A small installation: the real launcher, and a server that says what it was given. */
function install(t: TestContext, house: House): string {
  const root = mkdtempSync(join(tmpdir(), 'parley-bin-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const folder of ['bin', 'server', 'node_modules/.bin']) mkdirSync(join(root, folder), { recursive: true })
  for (const file of ['parley', 'package.json']) copyFileSync(join(launcher, '..', file), join(root, 'bin', file))
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(root, 'server/main.ts'), house.main ?? "console.log('main', process.version, ...process.argv.slice(2))")
  writeFileSync(join(root, 'server/cli.ts'), house.cli ?? "console.log('cli', ...process.argv.slice(2))")
  const own = join(root, 'node_modules/.bin/node')
  if (house.ownNode === 'this one') symlinkSync(process.execPath, own)
  if (house.ownNode === 'too old') writeFileSync(own, '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 })
  return root
}

/** Makes the Node that runs the launcher look like an older one. */
function oldNode(root: string): string {
  const preload = join(root, 'old.cjs')
  writeFileSync(
    preload,
    "Object.defineProperty(process, 'version', { value: 'v20.20.2' })\n" +
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })\n",
  )
  return `--require=${preload}`
}

const run = (root: string, words: readonly string[], flags: readonly string[] = []) =>
  spawnSync(process.execPath, [...flags, join(root, 'bin/parley'), ...words], { encoding: 'utf8' })

test('start runs the server, with what follows passed on', (t) => {
  const { stdout, status } = run(install(t, { ownNode: 'this one' }), ['start', '--development'])
  assert.equal(stdout, `main ${process.version} --development\n`)
  assert.equal(status, 0)
})

test('every other word is for the command line', (t) => {
  assert.equal(run(install(t, { ownNode: 'this one' }), ['turn', 't_1']).stdout, 'cli turn t_1\n')
})

test("an old Node runs Parley with the project's own", (t) => {
  const root = install(t, { ownNode: 'this one' })
  assert.equal(run(root, ['start'], [oldNode(root)]).stdout, `main ${process.version}\n`)
})

test('a new enough Node runs Parley itself when the project has none, or an older one', (t) => {
  assert.equal(run(install(t, {}), ['start']).stdout, `main ${process.version}\n`)
  assert.equal(run(install(t, { ownNode: 'too old' }), ['start']).stdout, `main ${process.version}\n`)
})

test('where no Node is new enough it says what to install', (t) => {
  const root = install(t, { ownNode: 'too old' })
  const { stdout, stderr, status } = run(root, ['start'], [oldNode(root)])
  assert.equal(stdout, '')
  assert.match(stderr, /needs Node\.js 24 or newer, and this is v20\.20\.2\.\nRun "npm install" in /)
  assert.equal(status, 1)
})

test("the server's exit code is the launcher's", (t) => {
  assert.equal(run(install(t, { main: 'process.exit(78)' }), ['start']).status, 78)
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} reaches the server, which ends in its own way`, async (t) => {
    const main =
      `process.on('${signal}', () => { console.log('ending'); process.exit(7) })\n` +
      "setInterval(() => {}, 1000)\nconsole.log('ready')"
    const child = spawn(process.execPath, [join(install(t, { main }), 'bin/parley'), 'start'], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    let rest = ''
    child.stdout.on('data', (text: Buffer) => (rest += text))
    child.kill(signal)
    assert.deepEqual(await once(child, 'close'), [7, null])
    assert.equal(rest, 'ending\n')
  })
}

test('a server that a signal ended ends the launcher with the same signal', async (t) => {
  const child = spawn(process.execPath, [join(install(t, { main: "process.kill(process.pid, 'SIGKILL')" }), 'bin/parley'), 'start'])
  assert.deepEqual(await once(child, 'close'), [null, 'SIGKILL'])
})
