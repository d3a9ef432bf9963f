import assert from 'node:assert/strict'
import type { OpenTurn, RunningTurn, Store } from '../../../server/store/store.ts'
import { ada, answer, bob, freshId, morning, open, question, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const rated = { rating: 'down', reason: 'It rained.' } as const

/** What the conversation shows, read from its end: each message's text. */
async function shown(store: Store, conversationId: string): Promise<readonly string[]> {
  return (await store.readBranch(ada, conversationId, { side: 'end', limit: 100 }))!.messages.map(({ content }) => content)
}

const say = (store: Store, first: RunningTurn, content: string, given: Partial<OpenTurn> = {}) =>
  answer(store, ada, { conversationId: first.conversationId, content, ...given }, textRows(`${content}!`))

/** A conversation with a second question, and another one beside it. */
async function branched(store: Store) {
  const first = await answer(store, ada, { content: 'one' }, textRows('one!'))
  const second = await say(store, first, 'two')
  const third = await say(store, first, 'three')
  const other = await say(store, first, 'two, or else', { parentId: first.responseId })
  return { first, second, third, other }
}

export function versionClauses(clause: Clause): void {
  clause('[ST35] a question can hang on any answer of its conversation, as another version of what hangs there, and history follows it', async (store) => {
    const { first, second, other } = await branched(store)

    const next = await open(store, ada, { conversationId: first.conversationId, content: 'and then?' })

    const versions = await Promise.all([second, other].map(async ({ messageId }) => (await store.findMessage(ada, messageId))!))
    assert.deepEqual(versions.map(({ parent_id, version }) => [parent_id, version]), [[first.responseId, 1], [first.responseId, 2]])
    assert.deepEqual((await store.readHistory(ada, next.conversationId, next.messageId, 1000)).messages.map(({ content }) => content), ['one', 'one!', 'two, or else', 'two, or else!'])
    assert.deepEqual(await shown(store, first.conversationId), ['one', 'one!', 'two, or else', 'two, or else!', 'and then?', ''])
  })

  clause('[ST35] a question that hangs on nothing begins the conversation again', async (store) => {
    const { first } = await branched(store)

    const again = await say(store, first, 'once more', { parentId: null })

    assert.equal((await store.findMessage(ada, again.messageId))?.version, 2)
    assert.deepEqual((await store.readHistory(ada, again.conversationId, again.messageId, 1000)), { messages: [], leftOut: 0 })
    assert.deepEqual(await shown(store, first.conversationId), ['once more', 'once more!'])
  })

  clause('[ST35] a question hangs on nothing but an answer of its own conversation, and nothing is written otherwise', async (store) => {
    const [first, elsewhere, foreign] = [await answer(store, ada), await answer(store, ada), await answer(store, bob)]
    const before = await store.findConversation(ada, first.conversationId)

    for (const parentId of ['m_nowhere', first.messageId, elsewhere.responseId, foreign.responseId]) {
      assert.deepEqual(await store.openTurn(question(ada, { conversationId: first.conversationId, parentId })), { kind: 'message_not_found' })
    }
    const withoutConversation = question(ada, { parentId: first.responseId })
    assert.deepEqual(await store.openTurn(withoutConversation), { kind: 'message_not_found' })
    assert.equal(await store.findConversation(ada, withoutConversation.newConversationId), null)
    assert.deepEqual(await store.findConversation(ada, first.conversationId), before)
  })

  clause('[ST35] the same client id at the same place is the same turn, and at another place is told apart', async (store) => {
    const { first, second, other } = await branched(store)
    const sent = question(ada, { conversationId: first.conversationId, parentId: first.responseId })
    const edited = await answer(store, ada, sent)
    const again = (given: Partial<OpenTurn>) => store.openTurn({ ...sent, turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m'), ...given })

    const repeated = await again({})
    const places = [{ parentId: second.responseId }, { parentId: null }, { answersMessageId: second.messageId }, { answersMessageId: edited.messageId }]

    assert.equal(repeated.kind === 'repeated' && repeated.turn.id, edited.turnId)
    for (const place of places) assert.deepEqual(await again(place), { kind: 'reused_id', turnId: edited.turnId })
    const regenerated = question(ada, { conversationId: first.conversationId, answersMessageId: other.messageId })
    const version = await answer(store, ada, regenerated)
    const fresh = { turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m') }
    assert.equal((await store.openTurn({ ...regenerated, ...fresh })).kind, 'repeated')
    assert.deepEqual(await store.openTurn({ ...regenerated, ...fresh, answersMessageId: null }), { kind: 'reused_id', turnId: version.turnId })
    assert.deepEqual(await store.openTurn({ ...regenerated, ...fresh, answersMessageId: second.messageId }), { kind: 'reused_id', turnId: version.turnId })
  })

  clause('[ST36] the branch through any message can be chosen: it is shown to its newest end, and the next question hangs there', async (store) => {
    const { first, second, third, other } = await branched(store)
    const { conversationId } = first
    const before = (await store.findConversation(ada, conversationId))!
    assert.equal(before.leaf_id, other.responseId)

    const chosen = await store.changeConversation({ actor: ada, id: conversationId, leafId: second.messageId })

    assert.deepEqual([chosen?.leaf_id, chosen?.rev, chosen?.updated_at], [third.responseId, before.rev + 1, before.updated_at])
    assert.deepEqual(await shown(store, conversationId), ['one', 'one!', 'two', 'two!', 'three', 'three!'])
    await say(store, first, 'four')
    assert.deepEqual((await shown(store, conversationId)).slice(-4), ['three', 'three!', 'four', 'four!'])
  })

  clause('[ST36] no branch is chosen through a message of another conversation or another person', async (store) => {
    const [own, elsewhere, foreign] = [await answer(store, ada), await answer(store, ada), await answer(store, bob)]
    const before = await store.findConversation(ada, own.conversationId)
    const choose = (actor: typeof ada, leafId: string) => store.changeConversation({ actor, id: own.conversationId, leafId, title: 'Another name' })

    for (const [actor, leafId] of [[ada, elsewhere.responseId], [ada, foreign.responseId], [ada, 'm_nowhere'], [bob, own.messageId]] as const) assert.equal(await choose(actor, leafId), null)

    assert.deepEqual(await store.findConversation(ada, own.conversationId), before)
  })

  clause('[ST37] a branch is read in pieces from any message of it, without gap or repetition, and knows all versions', async (store) => {
    const first = await answer(store, ada, { content: 'q0' }, textRows('a0'))
    for (let i = 1; i < 20; i++) await answer(store, ada, { conversationId: first.conversationId, content: `q${i}` }, textRows(`a${i}`))
    const second = await answer(store, ada, { conversationId: first.conversationId, answersMessageId: first.messageId }, textRows('another a0'))
    await store.changeConversation({ actor: ada, id: first.conversationId, leafId: first.responseId })
    const read = async (place: Parameters<Store['readBranch']>[2]) => (await store.readBranch(ada, first.conversationId, place))!.messages
    const texts = async (place: Parameters<Store['readBranch']>[2]) => (await read(place)).map(({ content }) => content)
    const whole = await read({ side: 'end', limit: 100 })

    assert.deepEqual(whole.map(({ content }) => content), Array.from({ length: 20 }, (_, i) => [`q${i}`, `a${i}`]).flat())
    assert.deepEqual(whole.map(({ parent_id }) => parent_id), [null, ...whole.slice(0, -1).map(({ id }) => id)])
    assert.deepEqual(whole.slice(0, 3).map(({ sibling_ids }) => sibling_ids), [[first.messageId], [first.responseId, second.responseId], [whole[2]!.id]])
    assert.deepEqual(await texts({ side: 'end', limit: 3 }), ['a18', 'q19', 'a19'])
    assert.deepEqual(await texts({ side: 'before', id: whole[4]!.id, limit: 3 }), ['a0', 'q1', 'a1'])
    assert.deepEqual(await texts({ side: 'before', id: whole[0]!.id, limit: 3 }), [])
    assert.deepEqual(await texts({ side: 'after', id: whole[4]!.id, limit: 3 }), ['a2', 'q3', 'a3'])
    assert.deepEqual(await texts({ side: 'after', id: whole[39]!.id, limit: 3 }), [])
    assert.deepEqual(await texts({ side: 'around', id: whole[10]!.id, limit: 4 }), ['q4', 'a4', 'q5', 'a5'])
    assert.deepEqual(await texts({ side: 'around', id: whole[0]!.id, limit: 4 }), ['q0', 'a0', 'q1', 'a1'])
    assert.deepEqual(await texts({ side: 'around', id: whole[39]!.id, limit: 4 }), ['q18', 'a18', 'q19', 'a19'])
    assert.deepEqual(await texts({ side: 'around', id: second.responseId, limit: 4 }), ['q18', 'a18', 'q19', 'a19'])
  })

  clause('[ST37] a conversation in which nothing was said has an empty branch, and nobody reads another\'s, by whatever message', async (store) => {
    await store.createConversation({ actor: ada, id: 'c_1', title: null, agentId: 'Neo', memoryMode: 'session', now: morning })
    const [own, elsewhere, foreign] = [await answer(store, ada), await answer(store, ada), await answer(store, bob)]

    assert.deepEqual((await store.readBranch(ada, 'c_1', { side: 'end', limit: 10 }))?.messages, [])
    for (const side of ['before', 'after', 'around'] as const) {
      for (const id of [elsewhere.messageId, foreign.messageId, 'm_nowhere']) assert.equal(await store.readBranch(ada, own.conversationId, { side, id, limit: 10 }), null)
      assert.equal(await store.readBranch(bob, own.conversationId, { side, id: own.messageId, limit: 10 }), null)
    }
    assert.equal(await store.readBranch(bob, own.conversationId, { side: 'end', limit: 10 }), null)
  })

  clause('[ST38] what its user thinks of an answer stands on the message, replaced or taken back by the next, and the receipt stays', async (store) => {
    const turn = await answer(store, ada)
    const receipt = await store.findReceipt(ada, turn.turnId)
    const { rev } = (await store.findConversation(ada, turn.conversationId))!
    const rate = (rating: typeof rated | { rating: 'up'; reason: null } | null) => store.rateTurn({ actor: ada, turnId: turn.turnId, rating, now: morning + 2000 })

    const changes = [await rate({ rating: 'up', reason: null }), await rate(rated), await rate(rated)]

    assert.deepEqual(changes.map((change) => change.kind === 'rated' && [change.changed, change.message.rating]), [[true, { rating: 'up', reason: null }], [true, rated], [false, rated]])
    assert.deepEqual((await store.listMessages(ada, turn.conversationId, { page: 1, perPage: 10 }))?.items.map(({ rating }) => rating), [null, rated])
    assert.equal((await store.findConversation(ada, turn.conversationId))?.rev, rev + 2)
    await rate(null)
    assert.equal((await store.findMessage(ada, turn.responseId))?.rating, null)
    assert.deepEqual(await store.findReceipt(ada, turn.turnId), receipt)
  })

  clause('[ST38] an answer is rated by its user only, and not while it runs', async (store) => {
    const [running, closed] = [await open(store, ada), await answer(store, ada)]
    const rate = (actor: typeof ada, turnId: string) => store.rateTurn({ actor, turnId, rating: rated, now: morning })

    assert.deepEqual(await rate(ada, running.turnId), { kind: 'turn_running' })
    for (const actor of [bob, { ...ada, tenantId: 'umbra' }]) assert.deepEqual(await rate(actor, closed.turnId), { kind: 'not_found' })
    await store.deleteConversation({ actor: ada, id: closed.conversationId, now: morning })
    assert.deepEqual(await rate(ada, closed.turnId), { kind: 'not_found' })
  })
}
