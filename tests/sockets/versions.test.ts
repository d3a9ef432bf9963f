import assert from 'node:assert/strict'
import { test } from 'node:test'
import { terminalOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

const model = 'openai/sim-t3'

test('[T33] [T2] a socket has a question answered again, once for one client id, and the other tab follows it', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const [client, tab] = [await ada.connect(), await ada.connect()]
  const asked = await client.ask('Hello', { model })
  await client.answer(asked.turn_id)
  tab.send('subscribe', { conversation_id: asked.conversation_id })
  await tab.next('subscribed')

  client.send('chat.regenerate', { turn_id: asked.turn_id, client_message_id: 'again', model: 'openai/sim-t5' })
  const again = (await client.next('chat.accepted')).payload
  await client.answer(again.turn_id)
  client.send('chat.regenerate', { turn_id: asked.turn_id, client_message_id: 'again', model: 'openai/sim-t5' })
  const repeated = (await client.next('chat.accepted')).payload
  client.send('chat.regenerate', { turn_id: asked.turn_id, client_message_id: 'again', model: 'openai/sim-t7' })
  const refused = (await client.next('error')).payload

  assert.deepEqual([again.message_id, again.client_message_id], [asked.message_id, 'again'])
  assert.notEqual(again.response_id, asked.response_id)
  assert.equal(repeated.turn_id, again.turn_id)
  assert.deepEqual([refused.code, refused.client_message_id], ['client_message_id_reused', 'again'])
  assert.equal(app.provider.calls.length, 2)
  assert.equal(terminalOf(await tab.answer(again.turn_id)).payload.outcome, 'completed')
})

test('[T34] a socket asks beside a question, and the model is sent the branch that it names', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const first = await client.ask('Hello', { model })
  await client.answer(first.turn_id)
  await client.say('And then?', { conversation_id: first.conversation_id, model })

  const edited = await client.ask('And before?', { conversation_id: first.conversation_id, parent_id: first.response_id, model })
  await client.answer(edited.turn_id)

  assert.deepEqual(app.provider.calls.at(-1)!.messages.slice(1).map(({ content }) => content), ['Hello', app.provider.expectedText('sim-t3'), 'And before?'])
  client.send('chat.send', { content: 'Where?', parent_id: first.response_id, model })
  assert.equal((await client.next('error')).payload.code, 'not_found')
})
