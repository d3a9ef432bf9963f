/** Calls of tools, whole, whatever pieces they came in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adapters, hear, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: a tool call comes whole`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const { toolCalls: [call], last, text } = await hear(model('sim-t7-tool-x3'))

    assert.deepEqual(JSON.parse(call!.arguments), { query: 't000001 t000002 t000003 t000004 t000005 t000006 t000007' })
    assert.deepEqual([call!.id, call!.name, call!.runBy, text], ['call_sim', 'search', 'us', ''])
    assert.ok(last?.type === 'finish' && last.reason === 'tool-calls')
  })

  test(`[R15] ${adapter.name}: a call whose arguments are broken comes as the model wrote it`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const { toolCalls: [call], last } = await hear(model('sim-t7-badtool'))

    assert.throws(() => JSON.parse(call!.arguments))
    assert.ok(call!.arguments.startsWith('{"query":"t000001'))
    assert.ok(last?.type === 'finish' && last.reason === 'tool-calls')
  })
}
