import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Model } from '#protocol/model.ts'
import { startApp } from '../support/start-app.ts'

test('the list of models says which can be asked now, and why the others cannot', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  app.provider.answerAs('gpt-4o-mini', 'sim-e429-ra30')
  const list = async (): Promise<readonly Model[]> => (await ada.call('GET', '/api/v1/models?per_page=100')).body.data
  const modelOf = (models: readonly Model[], id: string) => models.find((model) => model.id === id)!

  const before = await list()
  await client.say('Hello')
  const after = await list()

  assert.deepEqual([modelOf(before, 'openai/gpt-4o-mini').available, modelOf(before, 'openai/gpt-4o-mini').reason], [true, null])
  assert.deepEqual(modelOf(before, 'openai/gpt-4o-mini').agents, ['AnimA', 'Neo', 'Nexus'])
  assert.deepEqual([modelOf(before, 'anthropic/claude-haiku-4-5').available, modelOf(before, 'anthropic/claude-haiku-4-5').reason], [false, 'no_key'])
  assert.equal(modelOf(before, 'librarian/librarian').available, true)
  const resting = modelOf(after, 'openai/gpt-4o-mini')
  assert.deepEqual([resting.available, resting.reason], [false, 'rate_limited'])
  const left = Date.parse(resting.available_at!) - Date.now()
  assert.ok(left > 10_000 && left <= 31_000, `${left} ms`)
  assert.equal(new Set(after.map(({ id }) => id)).size, after.length)
})
