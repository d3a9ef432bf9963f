import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf, placeIn } from '../../web/app/router.ts'
import { initialState, type ChatAction, type ChatState } from '../../web/state/chat-state.ts'
import { isAnswered, partsOf, type FoundConversation } from '../../web/state/search.ts'
import { asked, conversation, frame, play, received, typesOf } from './made.ts'

const found = (id: string): FoundConversation => ({ ...conversation(id), hit: { message_id: `m_${id}`, snippet: 'a loaf', ranges: [[2, 6]] } })
const typed = (text: string): ChatAction => ({ type: 'search_typed', text })
const answered = (question: string, ...hits: readonly string[]): ChatAction => ({ type: 'search_answered', question, answer: { found: hits.map(found), total: hits.length } })
const unanswered = (question: string): ChatAction => ({ type: 'search_answered', question, answer: null })
const closed = initialState('new:1', null)
const shown = ({ search }: ChatState) => search?.found.map(({ id }) => id)

test('what is typed is asked, and the same words with another space are not asked again', () => {
  const { effects } = play(closed, typed(''), typed('loaf'), typed('loaf '), typed('loaf tin'))

  assert.deepEqual(effects, [{ type: 'search', question: 'loaf' }, { type: 'search', question: 'loaf tin' }])
})

test('an answer to an earlier question is dropped, in whatever order answers come', () => {
  const { state } = play(closed, typed('loaf'), typed('loaf tin'), answered('loaf tin', 'c_2'), answered('loaf', 'c_1'))

  assert.deepEqual(shown(state), ['c_2'])
})

test('the last hits stand until the next ones come, and it can be told that they are not the answer', () => {
  const { state } = play(closed, typed('loaf'), answered('loaf', 'c_1'), typed('loaf t'))

  assert.deepEqual(shown(state), ['c_1'])
  assert.equal(isAnswered(state.search!), false)
})

test('a cleared field forgets its hits, a closed one everything, and an answer that comes then opens nothing', () => {
  const cleared = play(closed, typed('loaf'), answered('loaf', 'c_1'), typed(''))
  const left = play(cleared.state, typed('loaf'), { type: 'search_closed' }, answered('loaf', 'c_1'))

  assert.deepEqual(shown(cleared.state), [])
  assert.equal(left.state.search, null)
})

test('a search that got no answer says so, and the same words ask again', () => {
  const failed = play(closed, typed('loaf'), unanswered('loaf'))
  const again = play(failed.state, typed('loaf '))

  assert.equal(failed.state.search?.failed, true)
  assert.deepEqual(again.effects, [{ type: 'search', question: 'loaf' }])
})

test('a conversation that is deleted, here or elsewhere, leaves the hits', () => {
  const open = play(closed, typed('loaf'), answered('loaf', 'c_1', 'c_2', 'c_3')).state
  const { state } = play(
    open,
    { type: 'conversation_deleted', conversation_id: 'c_1', title: null },
    received(frame('conversation', { conversation_id: 'c_2', change: 'deleted', conversation: null })),
  )

  assert.deepEqual(shown(state), ['c_3'])
  assert.equal(state.search?.total, 1)
})

test('ranges cut a snippet into what is marked and what is not, and lose none of it', () => {
  assert.deepEqual(partsOf('a loaf of <b>rye</b>', [[2, 6], [13, 16]]), [
    { text: 'a ', marked: false },
    { text: 'loaf', marked: true },
    { text: ' of <b>', marked: false },
    { text: 'rye', marked: true },
    { text: '</b>', marked: false },
  ])
  const odd = partsOf('a loaf', [[2, 4], [3, 5], [5, 5], [5, 99]])
  assert.equal(odd.map(({ text }) => text).join(''), 'a loaf')
})

test('a message is sought when its conversation opens, and again when it is asked for again', () => {
  const opened = play(closed, { type: 'conversation_opened', key: 'c_1', message_id: 'm_9' })
  const again = play(opened.state, { type: 'conversation_opened', key: 'c_1', message_id: 'm_9' })

  assert.deepEqual(opened.state.open.sought, { message_id: 'm_9' })
  assert.notEqual(again.state.open.sought, opened.state.open.sought)
  assert.deepEqual(typesOf(again.effects), ['fetch_messages'], 'it is not held yet')
})

test('who asks on from a found message leaves it: the address is the conversation’s own again', () => {
  const { state, effects } = play(initialState('c_1', 'c_1', 'm_9'), asked('q_1', 'c_1'), asked('q_2', 'c_1'))

  assert.equal(state.open.sought, null)
  assert.deepEqual(effects, [{ type: 'message_left', conversation_id: 'c_1' }])
})

test('a deleted conversation is offered back until the time is over', () => {
  const deleted = play(closed, { type: 'conversation_deleted', conversation_id: 'c_1', title: 'Rye' }).state
  const other = play(deleted, { type: 'change_settled', conversation_id: 'c_0' }).state

  assert.deepEqual(other.undoable, { change: 'deleted', id: 'c_1', title: 'Rye', was_open: false })
  assert.equal(play(other, { type: 'change_settled', conversation_id: 'c_1' }).state.undoable, null)
})

test('brought back, a conversation stands in the list, and on the screen again if it stood there', () => {
  const deletion: ChatAction = { type: 'conversation_deleted', conversation_id: 'c_1', title: 'Rye' }
  const away: ChatAction = { type: 'conversation_opened', key: 'new:2' }
  const back: ChatAction = { type: 'conversation_restored', conversation: conversation('c_1', { rev: 3 }) }
  const stayed = play(initialState('c_1', 'c_1'), deletion, away, back)
  const asking = play(initialState('c_1', 'c_1'), deletion, away, asked('q_1', 'new:2'), back)

  assert.deepEqual(stayed.state.list.items.map(({ id }) => id), ['c_1'])
  assert.equal(stayed.state.undoable, null)
  assert.deepEqual(stayed.effects.at(-1), { type: 'conversation_returned', conversation_id: 'c_1' })
  assert.equal(typesOf(asking.effects).includes('conversation_returned'), false)
})

test('a conversation that another tab brings back is read again where it was missing', () => {
  const gone = received(frame('conversation', { conversation_id: 'c_1', change: 'deleted', conversation: null }))
  const back = received(frame('conversation', { conversation_id: 'c_1', change: 'changed', conversation: conversation('c_1', { rev: 3 }) }))
  const { effects } = play(initialState('c_1', 'c_1'), gone, back)

  assert.deepEqual(effects, [{ type: 'fetch_messages', conversation_id: 'c_1' }])
})

test('an address names a conversation and the message to begin at, under any base path', () => {
  const address = new URL(pathOf('c_1', '/parley', 'm_9'), 'http://host')

  assert.deepEqual(placeIn(address.pathname, address.hash, '/parley'), { conversationId: 'c_1', messageId: 'm_9' })
  assert.deepEqual(placeIn('/chat/c_1', '#elsewhere', ''), { conversationId: 'c_1', messageId: null })
  assert.deepEqual(placeIn('/chat', '#m_9', ''), { conversationId: null, messageId: null })
  assert.deepEqual(placeIn('/chat/%E0%A4%A', '', ''), { conversationId: null, messageId: null })
})
