import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { expectedText } from '../support/provider-simulator-script.ts'
import { hear, question, startProvider } from './ask.ts'

test('an answer on hold goes on when it is released, and a release that comes first is remembered', async (t) => {
  const { simulator, model } = await startProvider(t)
  const hearing = hear(model('sim-t5-hold2'))
  const call = await simulator.nextCall()
  while (call.tokensSent < 2) await new Promise(setImmediate)
  assert.equal(call.finished, false)

  simulator.release('sim-t5-hold2')
  const held = await hearing
  simulator.release('sim-t6-hold0')
  const early = await hear(model('sim-t6-hold0'))

  assert.equal(held.text, simulator.expectedText('sim-t5'))
  assert.equal(early.text, simulator.expectedText('sim-t6'))
  await call.closed
  assert.deepEqual([call.finished, call.aborted, call.tokensSent], [true, false, 5])
})

test('only the first calls fail where the name says so', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answers = []
  for (let n = 0; n < 3; n++) answers.push(await hear(model('sim-t4-e503n2')))

  assert.deepEqual(answers.map((answer) => answer.failure?.status ?? answer.text), [503, 503, simulator.expectedText('sim-t4-e503n2')])
})

test('tokens are paced, delayed and stalled as the name says', async (t) => {
  const { simulator, model } = await startProvider(t)
  const stop = new AbortController()

  const started = performance.now()
  await hear(model('sim-t10-g10-f50'))
  const took = performance.now() - started
  const stalled = hear(model('sim-t9-stall4'), question(), stop.signal)
  await simulator.nextCall()
  const call = await simulator.nextCall()
  while (call.tokensSent < 4) await new Promise(setImmediate)
  await new Promise((resolve) => setTimeout(resolve, 50))
  stop.abort()
  await stalled
  await call.closed

  assert.ok(took >= 130, `${took} ms`)
  assert.deepEqual([call.tokensSent, call.aborted], [4, true])
})

test('what a scripted model answers is known, and so is what arrives before a fault', async (t) => {
  const { simulator } = await startProvider(t)
  simulator.script('mine', ['a', 'b'])

  assert.equal(simulator.expectedText('mine'), 'ab')
  assert.equal(expectedText('sim-t3'), 't000001 t000002 t000003')
  assert.equal(expectedText('sim-t3-cut2'), 't000001 t000002')
  assert.equal(expectedText('sim-t3-bad2'), 't000001')
  assert.equal(expectedText('sim-e500'), '')
  assert.equal(expectedText('gpt-4o-mini').split(' ').length, 20)
})

test('a name with an option that does not exist is refused, so that a slip in a test is seen', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t3-ctu2'))

  assert.equal(answer.failure?.status, 400)
  assert.throws(() => simulator.expectedText('sim-t3-ctu2'), /ctu2/)
})

test('waiting for a call that does not come ends', async (t) => {
  const { simulator } = await startProvider(t)

  await assert.rejects(simulator.nextCall(30), /no call within 30 ms/)
})

test('it runs as a process of its own and ends on SIGTERM', async () => {
  const entry = fileURLToPath(new URL('../support/run-provider-simulator.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, '--port', '0'])
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = /http:\S+/.exec(line.toString())?.[0]

  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'sim-t2', messages: [] }) })
  const answer = (await response.json()) as { choices: { message: { content: string } }[] }
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')

  assert.equal(answer.choices[0]?.message.content, 't000001 t000002')
  assert.equal(code, 0)
})
