import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BranchPiece, Message, type BranchMessage } from '#protocol/message.ts'
import type { Person } from '../support/start-app.ts'
import { sharedApp, somebody } from './shared-app.ts'

const shared = sharedApp()
const chat = '/api/v1/chat'
const model = 'openai/sim-t3'

/** A person with a conversation of two exchanges. */
async function talked() {
  const person = somebody(shared())
  const { body: conversation } = await person.call('POST', `${chat}/conversations`, {})
  const path = `${chat}/conversations/${conversation.id}`
  const ask = async (content: string) => (await person.call('POST', `${path}/messages`, { content, model })).body
  const first = await ask('The first question')
  const second = await ask('The second question')
  return { person, path, first, second }
}

async function branchOf(person: Person, path: string, query = ''): Promise<readonly BranchMessage[]> {
  const { status, body } = await person.call('GET', `${path}/branch${query}`)
  assert.equal(status, 200)
  return BranchPiece.parse(body).data
}

/** What the provider was sent last, without the instructions. */
const lastSent = () => shared().provider.calls.at(-1)!.messages.slice(1).map(({ content }) => content)

test('[T33] a question is answered again as another version, which the conversation then shows and the next question follows', async () => {
  const { person, path, first, second } = await talked()

  const again = await person.call('POST', `${chat}/turns/${second.turn.id}/regenerate`, { model: 'openai/sim-t5' })

  assert.equal(again.status, 200)
  assert.deepEqual([again.body.turn.message_id, again.body.turn.version, again.body.message.content], [second.turn.message_id, 2, shared().provider.expectedText('sim-t5')])
  assert.deepEqual(lastSent(), ['The first question', first.message.content, 'The second question'])
  const shown = await branchOf(person, path)
  assert.deepEqual(shown.map(({ id }) => id), [first.turn.message_id, first.turn.response_id, second.turn.message_id, again.body.turn.response_id])
  assert.deepEqual(shown.at(-1)?.sibling_ids, [second.turn.response_id, again.body.turn.response_id])
  await person.call('POST', `${path}/messages`, { content: 'The third', model })
  assert.deepEqual(lastSent(), ['The first question', first.message.content, 'The second question', again.body.message.content, 'The third'])
})

test('[T33] nobody named, it is asked as it was; another agent answers with its own model', async () => {
  const { person, second } = await talked()

  const same = await person.call('POST', `${chat}/turns/${second.turn.id}/regenerate`, {})
  const other = await person.call('POST', `${chat}/turns/${second.turn.id}/regenerate`, { agent_id: 'nexus', stream: true })

  assert.deepEqual([same.body.turn.agent_id, same.body.turn.requested_model], [second.turn.agent_id, model])
  assert.deepEqual([other.status, other.body.turn.agent_id, other.body.turn.requested_model, other.body.turn.version], [202, 'Nexus', null, 3])
})

test('[T34] an edited question begins a branch beside the one that is there, and what the provider is sent follows the branch that is chosen', async () => {
  const { person, path, first, second } = await talked()

  const edited = await person.call('POST', `${chat}/turns/${first.turn.id}/edit`, { content: 'Another beginning' })

  assert.equal(edited.status, 200)
  assert.deepEqual(lastSent(), ['Another beginning'])
  assert.deepEqual((await branchOf(person, path)).map(({ content, sibling_ids }) => [content, sibling_ids.length]), [['Another beginning', 2], [edited.body.message.content, 1]])
  const chosen = await person.call('PATCH', path, { leaf_id: first.turn.message_id })
  assert.equal(chosen.body.leaf_id, second.turn.response_id)
  assert.equal((await branchOf(person, path)).length, 4)
  await person.call('POST', `${path}/messages`, { content: 'Back here', model })
  assert.deepEqual(lastSent(), ['The first question', first.message.content, 'The second question', second.message.content, 'Back here'])
  await person.call('POST', `${path}/messages`, { content: 'Over there', model, parent_id: edited.body.turn.response_id })
  assert.deepEqual(lastSent(), ['Another beginning', edited.body.message.content, 'Over there'])
})

for (const [verb, body, other] of [['regenerate', {}, { model: 'openai/sim-t9' }], ['edit', { content: 'Edited' }, { content: 'Edited otherwise' }]] as const) {
  test(`[T2] [R19] to ${verb} twice under one client id makes one turn, and with something else is refused`, async () => {
    const { person, path, first, second } = await talked()
    const send = (turnId: string, more: object = {}) => person.call('POST', `${chat}/turns/${turnId}/${verb}`, { ...body, ...more, client_message_id: 'once' })
    const calls = shared().provider.calls.length

    const [one, ...repeats] = await Promise.all(Array.from({ length: 5 }, () => send(second.turn.id)))

    for (const repeat of repeats) assert.equal(repeat.body.turn.id, one!.body.turn.id)
    assert.equal(shared().provider.calls.length, calls + 1)
    for (const refused of [await send(second.turn.id, other), await send(first.turn.id)]) {
      assert.deepEqual([refused.status, refused.body.code, refused.body.turn_id], [409, 'client_message_id_reused', one!.body.turn.id])
    }
    const asked = await person.call('POST', `${path}/messages`, { content: 'The second question', client_message_id: 'once', model })
    assert.equal(asked.status, 409)
  })

  test(`[T4] while a turn runs nothing can be asked to ${verb}, and the running one is named`, async () => {
    const { person, path, second } = await talked()
    const running = await person.call('POST', `${path}/messages`, { content: 'Slowly', model: 'openai/sim-endless-g20', stream: true })

    const refused = await person.call('POST', `${chat}/turns/${second.turn.id}/${verb}`, body)

    assert.deepEqual([refused.status, refused.body.code, refused.body.turn_id], [409, 'turn_running', running.body.turn.id])
    await person.call('POST', `${chat}/turns/${running.body.turn.id}/stop`)
  })
}

test('[T35] an answer is rated with a reason, shown wherever the message is, and the receipt stays as it was', async () => {
  const { person, path, second } = await talked()
  const receipt = (await person.call('GET', `${chat}/turns/${second.turn.id}/receipt`)).body
  const rate = (body: object) => person.call('POST', `${chat}/turns/${second.turn.id}/rating`, body)

  const up = await rate({ rating: 'up' })
  const down = await rate({ rating: 'down', reason: '  Too short.  ' })

  assert.deepEqual([up, down].map(({ status, body }) => [status, Message.parse(body).rating]), [[200, { rating: 'up', reason: null }], [200, { rating: 'down', reason: 'Too short.' }]])
  const listed = (await person.call('GET', `${path}/messages`)).body.data
  assert.deepEqual(listed.at(-1).rating, { rating: 'down', reason: 'Too short.' })
  assert.deepEqual((await branchOf(person, path)).at(-1)?.rating, { rating: 'down', reason: 'Too short.' })
  assert.equal((await rate({ rating: null })).body.rating, null)
  assert.deepEqual((await person.call('GET', `${chat}/turns/${second.turn.id}/receipt`)).body, receipt)
  for (const wrong of [{}, { rating: 'great' }, { rating: 'up', reason: 'x'.repeat(2001) }]) assert.equal((await rate(wrong)).status, 422)
})

test('[S02] a branch is read, chosen and gone on from by messages of its own conversation only', async () => {
  const [own, elsewhere, foreign] = [await talked(), await talked(), await talked()]
  const { person, path } = own
  const { body: other } = await person.call('POST', `${chat}/conversations`, {})
  const mine = (await person.call('POST', `${chat}/conversations/${other.id}/messages`, { content: 'Mine, elsewhere', model })).body
  const before = await branchOf(person, path)

  for (const id of [elsewhere.first.turn.response_id, foreign.first.turn.response_id, mine.turn.response_id, 'm_nowhere']) {
    for (const side of ['before', 'after', 'around']) assert.equal((await person.call('GET', `${path}/branch?${side}=${id}`)).status, 404)
    assert.equal((await person.call('PATCH', path, { leaf_id: id })).status, 404)
    assert.equal((await person.call('POST', `${path}/messages`, { content: 'Here?', parent_id: id })).status, 404)
  }
  assert.equal((await person.call('GET', `${path}/branch?before=${before[1]!.id}&after=${before[0]!.id}`)).status, 422)

  assert.deepEqual(await branchOf(person, path), before)
})
