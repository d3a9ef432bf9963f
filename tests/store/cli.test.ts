import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ada, answer, morning, open, textRows } from '../support/store-samples.ts'
import { closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'

const script = join(import.meta.dirname, '../../server/cli.ts')

function parley(data: string, ...words: readonly string[]) {
  const environment = { PATH: process.env['PATH'], PARLEY_DATA: data, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8', cwd: join(data, '..'), env: environment })
  return { status, stdout, stderr }
}

test('[ST26] [ST27] what was backed up while the server ran comes back after a restore', async (t) => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  const store = openStore(t, data)
  const turn = await answer(store, ada)

  const backedUp = parley(data, 'backup', 'monday.parley')
  const again = parley(data, 'backup', 'monday.parley')
  const inUse = parley(data, 'restore', 'monday.parley')
  const later = await answer(store, ada)
  await closeStore(store)
  const restored = parley(data, 'restore', 'monday.parley')

  const file = join(folder, 'monday.parley')
  assert.equal(backedUp.status, 0, backedUp.stderr)
  assert.match(backedUp.stdout, new RegExp(`^Backed up ${data} to ${file}: ${Math.ceil(statSync(file).size / 1024)} KiB in \\d+\\.\\d s\\.\n$`))
  assert.deepEqual([again.status, again.stderr], [1, `${file} is there already and is not overwritten. Name another file, or move that one away.\n`])
  assert.equal(inUse.status, 1)
  assert.match(inUse.stderr, new RegExp(`in use by Parley with process id ${process.pid}\\.`))
  assert.equal(restored.status, 0, restored.stderr)
  assert.match(restored.stdout, /^Restored .*\nWhat was there before is now .*parley\.db\.before-\d{8}T\d{9}Z\.\n$/)
  const copy = openStore(t, data)
  assert.notEqual(copy.epoch, 'epoch-1')
  assert.equal((await copy.findTurn(ada, turn.turnId))?.state, 'completed')
  assert.equal(await copy.findTurn(ada, later.turnId), null)
})

test('[ST18] the story of a turn is told beside a running server, without a word of its text', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const store = openStore(t, data)
  const running = await open(store, ada, { content: 'Where is the treasure?', title: 'Treasure', requestedModel: 'gpt-4o' })
  const { turnId } = running
  await store.startAttempt({ turnId, fence: 1, n: 1, provider: 'openai', model: 'gpt-4o', now: morning + 10 })
  await store.endAttempt({ turnId, fence: 1, n: 1, state: 'failed', error: 'provider_overloaded', providerStatus: 529, firstDeltaAt: null, usage: null, now: morning + 90 })
  await store.startAttempt({ turnId, fence: 1, n: 2, provider: 'groq', model: 'llama-3.3-70b', now: morning + 100 })
  await store.appendDeltas([{ turnId, fence: 1, rows: textRows('Under', ' the tree.') }])
  const closed = await answer(store, ada)

  const [whileRunning, afterwards, unknown] = [parley(data, 'turn', turnId), parley(data, 'turn', closed.turnId), parley(data, 'turn', 't_nowhere')]

  assert.deepEqual(whileRunning.stdout.trimEnd().split('\n'), [
    `turn          ${turnId}`,
    'state         running',
    'of            user ada, tenant acme',
    `conversation  ${running.conversationId}`,
    'agent         AnimA, asked for gpt-4o',
    'created       2026-11-20T09:00:00.000Z',
    'attempt 1     2026-11-20T09:00:00.010Z, openai/gpt-4o, failed, provider_overloaded, status 529, first delta not yet, ended 80 ms',
    'attempt 2     2026-11-20T09:00:00.100Z, groq/llama-3.3-70b, running, first delta not yet, ended not yet',
    'closed        not yet',
    'events        2 logged, epoch epoch-1',
    'receipt       not yet',
  ])
  assert.match(afterwards.stdout, /^closed +2026-11-20T09:00:01\.000Z, after 1000 ms$/m)
  assert.match(afterwards.stdout, new RegExp(`^receipt +${closed.turnId.replace('t_', 'r_')}$`, 'm'))
  assert.doesNotMatch(whileRunning.stdout + afterwards.stdout, /treasure|tree|Sunny/i)
  assert.deepEqual([unknown.status, unknown.stdout, unknown.stderr], [1, '', `There is no turn t_nowhere in ${data}.\n`])
})

test('what is not understood ends with 2 and the help, and help with 0', (t) => {
  const data = join(temporaryFolder(t), 'data')
  const help = parley(data, 'help')

  assert.equal(help.status, 0)
  assert.match(help.stdout, /^parley backup FILE +.*\nparley restore FILE +.*\nparley turn ID +/m)
  for (const [words, complaint] of [
    [['bakcup', 'x'], 'parley does not know "bakcup".'], [['toString', 'x'], 'parley does not know "toString".'], [[], 'What should be done?'],
    [['backup'], 'parley backup takes one FILE.'], [['turn', 'a', 'b'], 'parley turn takes one ID.'],
  ] as const) {
    const refused = parley(data, ...words)
    assert.deepEqual([refused.status, refused.stdout, refused.stderr], [2, '', `${complaint}\n${help.stdout}`])
  }
  assert.deepEqual(readdirSync(join(data, '..')), [])
})

test('a wrong variable stops a command before it touches anything', (t) => {
  const data = join(temporaryFolder(t), 'data')
  const { status, stderr } = spawnSync(process.execPath, [script, 'restore', 'x'], { encoding: 'utf8', env: { PATH: process.env['PATH'], PARLEY_DATA: data, PARLEY_DATTA: 'y' } })

  assert.equal(status, 1)
  assert.match(stderr, /^PARLEY_DATTA is not a variable of Parley: did you mean PARLEY_DATA\?/)
  assert.deepEqual(readdirSync(join(data, '..')), [])
})
