import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialState } from '../../web/state/chat-state.ts'
import { runningAnswer, shownMessages, waitingQuestions } from '../../web/state/selectors.ts'
import { accepted, answering, asked, connected, conversation, delta, done, entry, failed, frame, ids, message, play, received, row, typesOf } from './made.ts'

const online = () => play(initialState('new:1', null), connected).state

test('a question leaves at once, and its acknowledgement makes the conversation and the empty answer', () => {
  const { state, effects } = play(online(), asked('k1', 'new:1'), received(accepted('k1')))

  assert.deepEqual(typesOf(effects), ['send', 'conversation_made', 'subscribe'])
  assert.deepEqual(shownMessages(state).map(({ id, role, content }) => [id, role, content]), [['m_1', 'user', 'question k1'], ['m_2', 'assistant', '']])
  assert.equal(state.outbox.length, 0)
  assert.equal(state.open.id, 'c_1')
})

test('without a connection a question waits, and leaves when there is one', () => {
  const waiting = play(initialState('new:1', null), asked('k1', 'new:1'))
  const { effects } = play(waiting.state, connected)

  assert.deepEqual(typesOf(waiting.effects), [])
  assert.deepEqual(typesOf(effects), ['subscribe', 'send'])
})

test('a question that was not acknowledged leaves again under the same client message id', () => {
  const { effects } = play(online(), asked('k1', 'new:1'), { type: 'connection_changed', connection: 'waiting' }, connected)

  const sent = effects.filter((effect) => effect.type === 'send').map((effect) => [effect.entry.client_message_id, effect.entry.sent])
  assert.deepEqual(sent, [['k1', 1], ['k1', 2]])
})

test('the rows of a question that left twice are asked for from the first', () => {
  const { effects } = play(online(), asked('k1', 'new:1'), { type: 'connection_changed', connection: 'waiting' }, connected, received(accepted('k1')))

  assert.deepEqual(effects.at(-1), { type: 'resume', turn_id: 't_1', epoch: 'e1', after: 0 })
})

test('a second acknowledgement of the same question adds nothing', () => {
  const { state, effects } = play(online(), asked('k1', 'new:1'), received(accepted('k1')), received(accepted('k1')))

  assert.equal(state.open.messages.length, 2)
  assert.equal(typesOf(effects).includes('fetch_messages'), false)
})

test('an acknowledgement of another tab fetches the messages', () => {
  const { effects } = play(answering(), received(accepted('elsewhere', { turn_id: 't_9' })))

  assert.deepEqual(effects, [{ type: 'fetch_messages', conversation_id: 'c_1' }])
})

test('while an answer runs the next question waits, and leaves once the turn is closed', () => {
  const queued = play(answering(), asked('k2', 'c_1'))
  const { state, effects } = play(queued.state, row(delta(1, 'Hi.')), row(done(2, 'Hi.')))

  assert.deepEqual(typesOf(queued.effects), [])
  assert.equal(waitingQuestions(queued.state)[0]?.state, 'queued')
  assert.deepEqual(typesOf(effects), ['send'])
  assert.equal(runningAnswer(state), null)
})

test('of several waiting questions only the first leaves', () => {
  const { effects } = play(answering(), asked('k2', 'c_1'), asked('k3', 'c_1'), row(done(1, 'Hi.')))

  assert.deepEqual(effects.map((effect) => effect.type === 'send' && effect.entry.client_message_id), ['k2'])
})

test('two questions of a new conversation do not make two conversations', () => {
  const { state, effects } = play(online(), asked('k1', 'new:1'), asked('k2', 'new:1'), received(accepted('k1')))

  assert.equal(effects.filter((effect) => effect.type === 'send').length, 1)
  assert.equal(state.outbox[0]?.conversation_key, 'c_1')
})

test('told that a turn runs, the question is kept until that turn closed', () => {
  const idle = play(answering(), row(done(1, 'Hi.'))).state
  const refusal = frame('error', { code: 'turn_running', message: 'A turn runs.', client_message_id: 'k2', turn_id: 't_9' })
  const held = play(idle, asked('k2', 'c_1'), received(refusal))
  const settled = frame('conversation', { conversation_id: 'c_1', change: 'settled', conversation: conversation('c_1', { rev: 3 }) })
  const { effects } = play(held.state, received(settled))

  assert.equal(held.state.outbox[0]?.state, 'held')
  assert.deepEqual(typesOf(held.effects), ['send', 'fetch_messages'])
  assert.deepEqual(typesOf(effects), ['send'])
})

test('told to come later, the question waits as long as the server said and leaves by itself', () => {
  const refusal = frame('error', { code: 'too_many_requests', message: 'Too many.', client_message_id: 'k1', retry_after: 7 })
  const { state, effects } = play(online(), asked('k1', 'new:1'), received(refusal))
  const later = play(state, { type: 'wait_over', conversation_key: 'new:1' })

  assert.deepEqual(effects.at(-1), { type: 'wait', conversation_key: 'new:1', seconds: 7 })
  assert.deepEqual(typesOf(later.effects), ['send'])
})

test('a refused question keeps its words and the reason, and does not hold up the next', () => {
  const refusal = frame('error', { code: 'invalid', message: 'It contains half a character.', client_message_id: 'k1' })
  const { state, effects } = play(online(), asked('k1', 'new:1'), asked('k2', 'new:1'), received(refusal))

  assert.deepEqual([state.outbox[0]?.state, state.outbox[0]?.problem, state.outbox[0]?.content], ['refused', 'It contains half a character.', 'question k1'])
  assert.equal(effects.filter((effect) => effect.type === 'send').length, 2)
})

test('a gap asks for the rows after the last one seen', () => {
  const { effects } = play(answering(), row(delta(1, 'a')), row(delta(3, 'c')))

  assert.deepEqual(effects, [{ type: 'resume', turn_id: 't_1', epoch: 'e1', after: 1 }])
})

test('another epoch asks with the cursor of the old one', () => {
  const { state, effects } = play(answering(), row(delta(1, 'a')), row(delta(2, 'b', { epoch: 'e2' })))

  assert.deepEqual(effects, [{ type: 'resume', turn_id: 't_1', epoch: 'e1', after: 1 }])
  assert.equal(state.open.logs['t_1']?.text, 'a')
})

test('a reload finds the running answer and asks for its rows from the first', () => {
  const messages = [message('m_1', { role: 'user' }), message('m_2', { parent_id: 'm_1' })]
  const { effects } = play(initialState('c_1', 'c_1'), connected, { type: 'messages_fetched', conversation: conversation('c_1'), messages })

  assert.deepEqual(effects.at(-1), { type: 'resume', turn_id: 't_1', epoch: null, after: 0 })
})

test('a new connection asks for what runs from where it stopped', () => {
  const lost = play(answering(), row(delta(1, 'a')), row(delta(2, 'b')), { type: 'connection_changed', connection: 'waiting' })
  const { effects } = play(lost.state, connected)

  assert.deepEqual(effects.filter((effect) => effect.type === 'resume'), [{ type: 'resume', turn_id: 't_1', epoch: 'e1', after: 2 }])
  assert.deepEqual(typesOf(effects), ['subscribe', 'subscribe', 'fetch_list', 'resume'])
})

test('an interrupted answer keeps its text, and says why beside it', () => {
  const { state } = play(answering(), row(delta(1, 'Half a sen')), row(failed(2)))

  const answer = shownMessages(state).at(-1)
  assert.deepEqual([answer?.content, answer?.outcome, answer?.failure?.code], ['Half a sen', 'interrupted', 'provider_cut'])
  assert.equal(answer?.receipt?.cost, null)
})

test('a turn that was started elsewhere is shown from its first row, and its question is fetched', () => {
  const { state, effects } = play(answering(), row(delta(1, 'Hi', { turn_id: 't_9', response_id: 'm_9' })))

  assert.deepEqual(effects, [{ type: 'fetch_messages', conversation_id: 'c_1' }])
  assert.equal(state.open.logs['t_9']?.text, 'Hi')
})

test('a fetch that is older than the last row does not open a closed answer again', () => {
  const stale = [message('m_1', { role: 'user' }), message('m_2', { parent_id: 'm_1' })]
  const { state, effects } = play(answering(), row(done(1, 'Hi.')), { type: 'messages_fetched', conversation: conversation('c_1'), messages: stale })

  assert.equal(runningAnswer(state), null)
  assert.deepEqual(typesOf(effects), [])
})

test('a fetched question counts as acknowledged, even when the acknowledgement was lost', () => {
  const stored = [message('m_1', { role: 'user', client_message_id: 'k1' })]
  const restored = play(initialState('c_1', 'c_1'), { type: 'outbox_restored', entries: [entry('k1', 'c_1', { state: 'sending', sent: 1 })] })
  const { state } = play(restored.state, { type: 'messages_fetched', conversation: conversation('c_1'), messages: stored })

  assert.deepEqual(state.outbox, [])
})

test('[T33] the list is fetched again when its subscription is said once more, and not when it begins', () => {
  const subscribed = received(frame('subscribed', { conversation_id: null, rev: null, running_turn_id: null }))

  assert.deepEqual(typesOf(play(answering(), subscribed).effects), [])
  assert.deepEqual(typesOf(play(answering(), subscribed, subscribed).effects), ['fetch_list'])
})

test('a newer rev at subscribing means that something was missed', () => {
  const subscribed = (rev: number) => received(frame('subscribed', { conversation_id: 'c_1', rev, running_turn_id: null }))

  assert.deepEqual(typesOf(play(answering(), subscribed(1)).effects), [])
  assert.deepEqual(typesOf(play(answering(), subscribed(2)).effects), ['fetch_messages'])
})

test('a deleted conversation that is open says that it is gone', () => {
  const deleted = frame('conversation', { conversation_id: 'c_1', change: 'deleted', conversation: null })
  const { state } = play(answering(), received(deleted))

  assert.equal(state.open.status, 'missing')
  assert.deepEqual(state.list.items, [])
})

test('rows of a conversation that is not open change only the list', () => {
  const other = conversation('c_2', { running_turn_id: 't_2' })
  const listed = play(answering(), { type: 'list_fetched', shelf: 'current', page: 2, items: [other], next_page: null }).state
  const { state } = play(listed, row(done(1, 'x', { ...ids, conversation_id: 'c_2', turn_id: 't_2' })))

  assert.equal(state.list.items.find((item) => item.id === 'c_2')?.running_turn_id, null)
  assert.deepEqual(Object.keys(state.open.logs), ['t_1'])
})

test('stop is asked once and stands until the turn closes', () => {
  const { state, effects } = play(answering(), { type: 'stop_asked', turn_id: 't_1' })
  const closed = play(state, row(done(1, '', { outcome: 'stopped' }))).state

  assert.deepEqual(effects, [{ type: 'stop', turn_id: 't_1' }])
  assert.equal(state.open.stopping_turn_id, 't_1')
  assert.equal(closed.open.stopping_turn_id, null)
})
