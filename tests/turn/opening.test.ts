import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp } from '../support/start-app.ts'
import { textOf } from '../support/chat-client.ts'

test('[T1] an acknowledged question is in the store, with its turn and the place of its answer', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  const accepted = await client.ask('Hello', { model: 'openai/sim-hold' })

  const conversation = await ada.call('GET', `/api/v1/chat/conversations/${accepted.conversation_id}/messages`)
  assert.deepEqual(conversation.body.data.map((message: { id: string }) => message.id), [accepted.message_id, accepted.response_id])
  const [question, answer] = conversation.body.data
  assert.equal(question.content, 'Hello')
  assert.equal(answer.parent_id, question.id)
  assert.equal(answer.outcome, null)
  app.provider.release('sim-hold')
})

test('[T2] the same client message id answers with the same turn, on the socket and over REST', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const question = { content: 'Once', client_message_id: 'k1', model: 'openai/sim-t5' }

  const first = await client.ask(question.content, question)
  await client.answer(first.turn_id)
  const again = await client.ask(question.content, question)
  const overRest = await ada.call('POST', `/api/v1/chat/conversations/${first.conversation_id}/messages`, question)

  assert.equal(again.turn_id, first.turn_id)
  assert.equal(overRest.body.turn.id, first.turn_id)
  assert.equal(app.provider.calls.length, 1)
})

test('[T2] the same client message id with other words is refused, and names the turn that has it', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const first = await client.ask('One thing', { client_message_id: 'k1', model: 'openai/sim-t2' })

  client.send('chat.send', { content: 'Another thing', client_message_id: 'k1', model: 'openai/sim-t2' })

  const { payload } = await client.next('error')
  assert.equal(payload.code, 'client_message_id_reused')
  assert.equal(payload.client_message_id, 'k1')
  assert.equal(payload.turn_id, first.turn_id)
})

test('[T2] two users may use the same client message id', async (t) => {
  const app = await startApp(t)
  const [ada, bob] = await Promise.all(['ada@acme', 'bob@acme'].map((name) => app.signIn(name).connect()))

  const [hers, his] = await Promise.all([ada!, bob!].map((client) => client.ask('Hello', { client_message_id: 'k1', model: 'openai/sim-t2' })))

  assert.notEqual(hers!.turn_id, his!.turn_id)
})

test('[T4] a second question in a conversation waits its turn: it is refused, and names the one that runs', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const first = await client.ask('First', { model: 'openai/sim-hold' })

  client.send('chat.send', { content: 'Second', conversation_id: first.conversation_id, client_message_id: 'k2' })

  const { payload } = await client.next('error')
  assert.deepEqual([payload.code, payload.turn_id, payload.client_message_id], ['turn_running', first.turn_id, 'k2'])
  app.provider.release('sim-hold')
  await client.answer(first.turn_id)
  const second = await client.ask('Second', { conversation_id: first.conversation_id, client_message_id: 'k2', model: 'openai/sim-t2' })
  assert.equal(second.conversation_id, first.conversation_id)
})

test('[T5] a question hangs below the newest answer', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const first = await client.ask('First', { model: 'openai/sim-t2' })
  await client.answer(first.turn_id)
  const second = await client.ask('Second', { conversation_id: first.conversation_id, model: 'openai/sim-t2' })
  await client.answer(second.turn_id)

  const { body } = await ada.call('GET', `/api/v1/chat/conversations/${first.conversation_id}/messages`)

  assert.deepEqual(body.data.map((message: { parent_id: string | null }) => message.parent_id), [null, first.message_id, first.response_id, second.message_id])
})

test('a conversation is called by its first words', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { conversation_id } = await client.ask('  What is the tide\n table for Brest?', { model: 'openai/sim-t2' })

  const { body } = await ada.call('GET', `/api/v1/chat/conversations/${conversation_id}`)

  assert.equal(body.title, 'What is the tide')
})

test('[T7] the provider gets instructions, the exchanges before, and the question, and no more', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const first = await client.ask('First question', { model: 'openai/sim-t3' })
  const answer = textOf(await client.answer(first.turn_id))
  const second = await client.ask('Second question', { conversation_id: first.conversation_id, model: 'openai/sim-t3', temperature: 1.5 })
  await client.answer(second.turn_id)

  const call = app.provider.calls[1]!

  assert.equal(call.messages[0]!.role, 'system')
  assert.deepEqual(call.messages.slice(1), [
    { role: 'user', content: 'First question' },
    { role: 'assistant', content: answer },
    { role: 'user', content: 'Second question' },
  ])
  assert.equal(call.body['temperature'], 1.5)
})

test('[T8] a history that overflows is cut in one step, and then begins the same for many turns', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_CONTEXT_TOKENS: '2000', MAX_TOKENS_DEFAULT: '100' } })
  const client = await app.signIn('ada@acme').connect()
  let conversation: string | undefined
  for (let n = 0; n < 24; n++) {
    const { conversation_id, turn_id } = await client.ask(`Question ${n} ${'word '.repeat(60)}`, { model: 'openai/sim-t2', ...(conversation !== undefined && { conversation_id: conversation }) })
    conversation = conversation_id
    await client.answer(turn_id)
  }

  const beginnings = app.provider.calls.map((call) => call.messages[1]!.content.slice(0, 12))

  const cuts = beginnings.filter((beginning, i) => i > 0 && beginning !== beginnings[i - 1]).length
  assert.ok(cuts >= 2, `the history was cut ${cuts} times`)
  assert.ok(cuts <= 6, `24 turns changed the beginning ${cuts} times`)
})
