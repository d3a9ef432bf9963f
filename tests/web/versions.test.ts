/** The branch that the page holds: pieces that join it, versions that take each other's place, and what is asked of the server for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BranchMessage } from '#protocol/message.ts'
import { endingSentence, wordCount } from '../../web/components/ending.ts'
import { emptyLog, applyRow } from '../../web/state/answer-log.ts'
import { initialState, type ChatState } from '../../web/state/chat-state.ts'
import { addAccepted, hasEarlier, hasLater, joinPiece, mostHeld, versionOf, withinReach } from '../../web/state/messages.ts'
import { runningTurnId, shownMessages, waitingQuestions } from '../../web/state/selectors.ts'
import { accepted, connected, conversation, delta, done, entry, failed, frame, message, play, received, row, typesOf } from './made.ts'

/** q1 a1 q2 a2 …: a branch of so many exchanges, all closed. */
function branch(exchanges: number): readonly BranchMessage[] {
  return Array.from({ length: exchanges }, (_, i) => [
    message(`q${i + 1}`, { role: 'user', agent_id: null, parent_id: i === 0 ? null : `a${i}`, turn_id: `t${i + 1}`, content: `question ${i + 1}`, client_message_id: `k${i + 1}` }),
    message(`a${i + 1}`, { parent_id: `q${i + 1}`, turn_id: `t${i + 1}`, content: `answer ${i + 1}`, outcome: 'completed' }),
  ]).flat()
}

const idsOf = (messages: readonly BranchMessage[]) => messages.map(({ id }) => id).join(' ')
const whole = branch(5)
const joined = (held: readonly BranchMessage[], piece: readonly BranchMessage[], otherwise: 'replace' | 'drop' = 'replace') => idsOf(joinPiece(held, piece, otherwise))
const moment = '2026-11-20T09:32:17.000Z'

/** Conversation c_1 with its whole branch, online. */
function reading(exchanges = 2, leaf = `a${exchanges}`): ChatState {
  return play(initialState('c_1', 'c_1'), connected, { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: leaf }), messages: branch(exchanges) }).state
}

test('pieces that touch join without gap or repetition, whichever comes first', () => {
  assert.equal(joined(whole.slice(4), whole.slice(0, 4), 'drop'), idsOf(whole))
  assert.equal(joined(whole.slice(0, 4), whole.slice(4), 'drop'), idsOf(whole))
  assert.equal(joined(whole.slice(2, 6), whole), idsOf(whole))
  assert.equal(joined(whole, whole.slice(2, 6)), idsOf(whole))
  assert.equal(joined(whole.slice(0, 6), whole.slice(4)), idsOf(whole))
})

test('a piece that touches nothing takes the place of what is held, or is dropped where it was to go on from it', () => {
  assert.equal(joined(whole.slice(0, 2), whole.slice(6)), idsOf(whole.slice(6)))
  assert.equal(joined(whole.slice(0, 2), whole.slice(6), 'drop'), idsOf(whole.slice(0, 2)))
  assert.equal(joined([], whole.slice(6), 'drop'), idsOf(whole.slice(6)))
})

test('another branch takes the place of what it parts from, and what is above stays', () => {
  const other = [message('q3-2', { role: 'user', parent_id: 'a2' }), message('a3-2', { parent_id: 'q3-2' })]

  assert.equal(joined(whole, other), 'q1 a1 q2 a2 q3-2 a3-2')
  assert.equal(joined(whole, [...whole.slice(2, 4), ...other]), 'q1 a1 q2 a2 q3-2 a3-2')
})

test('an answer that is closed here is not opened again by a piece that was read before', () => {
  const [question, answer] = whole
  const [, kept] = joinPiece([question!, answer!], [question!, { ...answer!, outcome: null, content: '' }], 'replace')

  assert.deepEqual([kept?.outcome, kept?.content], ['completed', 'answer 1'])
})

test('who reads on lets go of what is far away, but never of an answer that runs', () => {
  const long = branch(mostHeld / 2 + 5)

  assert.equal(idsOf(withinReach(long, 'before')), idsOf(long.slice(0, -10)))
  assert.equal(idsOf(withinReach(long, 'after')), idsOf(long.slice(10)))
  const running = [...long.slice(0, -1), { ...long.at(-1)!, outcome: null }]
  assert.equal(idsOf(withinReach(running, 'before')), idsOf(running))
})

test('read from its end to its beginning, a long branch says that there is more below', () => {
  const long = branch(mostHeld)
  const opened = play(initialState('c_1', 'c_1'), connected, { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: `a${mostHeld}` }), messages: long.slice(mostHeld) })
  const { state } = play(opened.state, { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: `a${mostHeld}` }), messages: long.slice(0, mostHeld), side: 'before' })

  assert.equal(idsOf(state.open.messages), idsOf(long.slice(0, mostHeld)))
  assert.equal(hasLater(state.open.messages, state.open.leaf_id), true)
})

test('what is held says whether there is more on either side', () => {
  assert.deepEqual([hasEarlier(whole), hasEarlier(whole.slice(2)), hasEarlier([])], [false, true, false])
  assert.deepEqual([hasLater(whole, 'a5'), hasLater(whole.slice(0, 4), 'a5'), hasLater([], 'a5'), hasLater(whole, null)], [false, true, false, false])
})

test('a message knows where it stands among its versions', () => {
  const ids = ['x', 'y', 'z']
  assert.deepEqual(versionOf(message('y', { sibling_ids: ids })), { at: 2, count: 3, before: 'x', after: 'z' })
  assert.deepEqual(versionOf(message('z', { sibling_ids: ids })), { at: 3, count: 3, before: 'y', after: null })
  assert.equal(versionOf(message('x')), null)
})

test('to answer again asks for another version of the same question, which takes the place of the last at once', () => {
  const again = entry('k9', 'c_1', { content: '', agent_id: 'Neo', asks: { kind: 'again', turn_id: 't2' } })
  const asked = play(reading(), { type: 'question_asked', entry: again })
  const { state } = play(asked.state, received(accepted('k9', { message_id: 'q2', response_id: 'a2-2', turn_id: 't9' })))

  assert.equal(asked.effects[0]?.type === 'send' && asked.effects[0].entry.asks?.kind, 'again')
  assert.equal(idsOf(shownMessages(state)), 'q1 a1 q2 a2-2')
  const answer = shownMessages(state).at(-1)!
  assert.deepEqual([answer.version, answer.sibling_ids, answer.agent_id, answer.outcome], [2, ['a2', 'a2-2'], 'Neo', null])
  assert.deepEqual([state.open.leaf_id, runningTurnId(state)], ['a2-2', 't9'])
})

test('an edited question becomes a version beside the one that was said, and what followed it leaves the screen', () => {
  const edited = entry('k9', 'c_1', { content: 'question 1, or else', asks: { kind: 'edit', parent_id: null } })
  const { state } = play(reading(), { type: 'question_asked', entry: edited }, received(accepted('k9', { message_id: 'q1-2', response_id: 'a1-2', turn_id: 't9' })))

  assert.deepEqual(shownMessages(state).map(({ id, content, version, sibling_ids }) => [id, content, version, sibling_ids]), [
    ['q1-2', 'question 1, or else', 2, ['q1', 'q1-2']], ['a1-2', '', 1, ['a1-2']],
  ])
})

test('a question whose place is not held is read at the end instead of guessed', () => {
  const far = play(initialState('c_1', 'c_1'), connected, { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: 'a5' }), messages: whole.slice(0, 4), side: 'around' })
  const { state, effects } = play(far.state, { type: 'question_asked', entry: entry('k9', 'c_1') }, received(accepted('k9', { message_id: 'q6', response_id: 'a6', turn_id: 't6' })))

  assert.equal(idsOf(shownMessages(state)), idsOf(whole.slice(0, 4)))
  assert.deepEqual(effects.at(-1), { type: 'fetch_messages', conversation_id: 'c_1', at: 'end' })
  assert.equal(addAccepted(whole.slice(4), 'a5', { conversation_id: 'c_1', turn_id: 't9', message_id: 'q9', response_id: 'a9', epoch: 'e1', client_message_id: 'k9' }, entry('k9', 'c_1', { asks: { kind: 'edit', parent_id: 'a1' } })), null)
})

test('while another branch is on its way no question leaves, and then it leaves into that branch', () => {
  const choosing = play(reading(), { type: 'branch_chosen', message_id: 'a2-1' }, { type: 'question_asked', entry: entry('k9', 'c_1') })
  const other = [...branch(1), message('q2-2', { role: 'user', parent_id: 'a1' }), message('a2-2', { parent_id: 'q2-2', outcome: 'completed' })]
  const arrived = play(choosing.state, { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: 'a2-2' }), messages: other, side: 'around' })
  const refused = play(choosing.state, { type: 'messages_not_fetched', conversation_id: 'c_1', missing: false })

  assert.deepEqual(typesOf(choosing.effects), ['choose_branch'])
  assert.equal(waitingQuestions(choosing.state).length, 1)
  assert.deepEqual(typesOf(arrived.effects), ['send'])
  assert.equal(idsOf(shownMessages(arrived.state)), 'q1 a1 q2-2 a2-2')
  assert.deepEqual([typesOf(refused.effects), refused.state.open.status], [['send'], 'ready'])
})

test('a branch chosen in another tab, and an answer rated there, are read here; what the list shows is not', () => {
  const changed = (more: Parameters<typeof conversation>[1]) => typesOf(play(reading(), received(frame('conversation', { conversation_id: 'c_1', change: 'changed', conversation: conversation('c_1', { leaf_id: 'a2', rev: 2, ...more }) }))).effects)

  assert.deepEqual(changed({ leaf_id: 'a2-2' }), ['fetch_messages'])
  assert.deepEqual(changed({}), ['fetch_messages'])
  assert.deepEqual(changed({ title: 'Another name' }), [])
  assert.deepEqual(changed({ rev: 1 }), [])
})

test('a turn that runs on another branch is not over here: Stop knows it, and the next question waits', () => {
  const { state } = play(reading(), received(frame('conversation', { conversation_id: 'c_1', change: 'running', conversation: conversation('c_1', { leaf_id: 'a2', rev: 2, running_turn_id: 't9' }) })))
  const asked = play(state, { type: 'question_asked', entry: entry('k9', 'c_1') })

  assert.equal(runningTurnId(state), 't9')
  assert.deepEqual(asked.effects, [])
})

test('what was read before a turn ended here, and comes after, is read once more', () => {
  const running = [...branch(1), message('q2', { role: 'user', parent_id: 'a1', turn_id: 't_1' }), message('m_2', { parent_id: 'q2' })]
  const { effects } = play(reading(1), row(delta(1, 'Hi.')), row(done(2, 'Hi.')), { type: 'messages_fetched', conversation: conversation('c_1', { leaf_id: 'm_2' }), messages: running })

  assert.deepEqual(typesOf(effects), ['fetch_messages', 'fetch_messages'])
})

test('a message that is sought and not held is read with what stands around it', () => {
  const { state, effects } = play(reading(), { type: 'conversation_opened', key: 'c_1', message_id: 'm_old' })
  const held = play(reading(), { type: 'conversation_opened', key: 'c_1', message_id: 'q1' })

  assert.deepEqual(effects, [{ type: 'fetch_messages', conversation_id: 'c_1', at: { message_id: 'm_old' } }])
  assert.equal(state.open.sought?.message_id, 'm_old')
  assert.deepEqual(held.effects, [])
})

test('reasoning is timed from its first word to the first of the answer', () => {
  const at = Date.parse(moment)
  const rows = [delta(1, 'Hm', { kind: 'reasoning' }), delta(2, 'm.', { kind: 'reasoning' }), delta(3, 'Yes'), delta(4, '!')]
  const log = rows.reduce((held, event, i) => applyRow(held, event, at + i * 1000).log, emptyLog('t_1', 'm_2', 'e1'))

  assert.deepEqual(log.reasoned, { from: at, to: at + 2000 })
})

test('an answer that was cut off says by whom, after how much, and that the text is kept; in both languages', () => {
  const { state } = play(reading(1), { type: 'question_asked', entry: entry('k9', 'c_1') }, received(accepted('k9')), row(delta(1, 'Half of a sentence')), row(failed(2)))
  const answer = shownMessages(state).at(-1)!

  assert.equal(endingSentence(answer, 'en'), 'Anthropic cut off after 4 words; the text received is kept.')
  assert.equal(endingSentence(answer, 'fr'), 'Anthropic a coupé après 4 mots\u202f; le texte reçu est conservé.')
  assert.equal(endingSentence({ ...answer, content: '' }, 'en'), 'The provider cut off before the end.')
  assert.equal(endingSentence({ ...answer, failure: { code: 'server_crashed', message: 'It stopped.', retryable: true } }, 'en'), 'It stopped. The 4 words received are kept.')
  assert.equal(endingSentence({ ...answer, outcome: 'stopped', failure: null }, 'en'), 'The 4 words received are kept.')
  assert.deepEqual(['', 'one', 'L’été, c’est loin: 3 jours', '— …'].map(wordCount), [0, 1, 5, 0])
})
