import assert from 'node:assert/strict'
import type { OpenTurn } from '../../../server/store/store.ts'
import { ada, answer, bob, freshId, morning, open, otherAda, question, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const firstPage = { page: 1, perPage: 20, archived: false }

export function openTurnClauses(clause: Clause): void {
  clause('[ST4] an accepted question stands with its conversation, its turn and its empty answer', async (store) => {
    const asked = question(ada, { content: 'Où est\u0000 la gare ? 🚉', title: 'Où est la gare ?' })

    const opened = await store.openTurn(asked)

    assert.equal(opened.kind, 'opened')
    assert.equal(opened.newConversation, true)
    assert.deepEqual(opened.turn, {
      actor: ada, turnId: asked.turnId, conversationId: asked.newConversationId, messageId: asked.messageId, responseId: asked.responseId,
      clientMessageId: asked.clientMessageId, agentId: 'AnimA', requestedModel: null, temperature: 0.4, language: 'en', fence: 1, openedAt: morning,
    })
    const conversation = await store.findConversation(ada, asked.newConversationId)
    assert.equal(conversation?.title, 'Où est la gare ?')
    assert.equal(conversation.running_turn_id, asked.turnId)
    const messages = await store.listMessages(ada, asked.newConversationId, { page: 1, perPage: 10 })
    assert.deepEqual(messages?.items.map(({ id, role, content, parent_id }) => ({ id, role, content, parent_id })), [
      { id: asked.messageId, role: 'user', content: 'Où est\u0000 la gare ? 🚉', parent_id: null },
      { id: asked.responseId, role: 'assistant', content: '', parent_id: asked.messageId },
    ])
    assert.equal((await store.findTurn(ada, asked.turnId))?.state, 'running')
  })

  clause('[ST4] a duplicate send makes one turn', async (store) => {
    const asked = question(ada)
    const sends = Array.from({ length: 20 }, () => ({ ...asked, turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m'), newConversationId: freshId('c') }))

    const opened = await Promise.all(sends.map((send) => store.openTurn(send)))

    assert.deepEqual(opened.map(({ kind }) => kind).toSorted(), ['opened', ...Array.from({ length: 19 }, () => 'repeated')])
    const turnIds = opened.map((each) => (each.kind === 'opened' ? each.turn.turnId : each.kind === 'repeated' ? each.turn.id : null))
    assert.equal(new Set(turnIds).size, 1)
    assert.equal((await store.listConversations(ada, firstPage)).total, 1)
  })

  clause('[ST4] a question sent again after its answer returns the closed turn with its receipt', async (store) => {
    const asked = question(ada)
    const turn = await answer(store, ada, asked)

    const again = await store.openTurn({ ...asked, conversationId: turn.conversationId, turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m') })

    assert.equal(again.kind, 'repeated')
    assert.equal(again.turn.id, turn.turnId)
    assert.equal(again.turn.state, 'completed')
    assert.equal(again.turn.receipt?.receipt_id, turn.turnId.replace('t_', 'r_'))
    assert.equal((await store.listMessages(ada, turn.conversationId, { page: 1, perPage: 10 }))?.total, 2)
  })

  clause('[ST4] the same client id with other content, or in another conversation, is told apart', async (store) => {
    const asked = question(ada)
    await answer(store, ada, asked)
    const other = await answer(store, ada)
    const fresh = () => ({ turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m'), newConversationId: freshId('c') })

    const otherContent = await store.openTurn({ ...asked, ...fresh(), requestHash: 'another hash' })
    const otherConversation = await store.openTurn({ ...asked, ...fresh(), conversationId: other.conversationId })

    assert.deepEqual(otherContent, { kind: 'reused_id', turnId: asked.turnId })
    assert.deepEqual(otherConversation, { kind: 'reused_id', turnId: asked.turnId })
    assert.equal((await store.listConversations(ada, firstPage)).total, 2)
  })

  clause('[ST4] two people may use the same client id', async (store) => {
    const clientMessageId = 'mine'

    const opened = await Promise.all([ada, bob, otherAda].map((actor) => store.openTurn(question(actor, { clientMessageId }))))

    assert.deepEqual(opened.map(({ kind }) => kind), ['opened', 'opened', 'opened'])
  })

  clause('[ST5] a conversation whose turn runs takes no second one, and names the first', async (store) => {
    const turn = await open(store, ada)
    const second = question(ada, { conversationId: turn.conversationId })

    const refused = await store.openTurn(second)

    assert.deepEqual(refused, { kind: 'turn_running', turnId: turn.turnId })
    assert.equal(await store.findMessage(ada, second.messageId), null)
    await store.settleTurn(settlement(turn, textRows('Sunny.')))
    assert.equal((await store.openTurn(second)).kind, 'opened')
  })

  clause('[ST5] of questions that race for one conversation one opens', async (store) => {
    const { conversationId } = await answer(store, ada)

    const opened = await Promise.all(Array.from({ length: 8 }, () => store.openTurn(question(ada, { conversationId }))))

    assert.deepEqual(opened.map(({ kind }) => kind).toSorted(), ['opened', ...Array.from({ length: 7 }, () => 'turn_running')])
    assert.equal((await store.listMessages(ada, conversationId, { page: 1, perPage: 10 }))?.total, 4)
  })

  clause('[ST5] the limit on running turns counts this user\'s alone, and nothing is written when it holds', async (store) => {
    await open(store, bob)
    await open(store, otherAda)
    const first = await open(store, ada, { runningLimit: 2 })
    await open(store, ada, { runningLimit: 2 })
    const third = question(ada, { runningLimit: 2 })

    assert.deepEqual(await store.openTurn(third), { kind: 'too_many_turns' })
    assert.equal(await store.findConversation(ada, third.newConversationId), null)
    await store.settleTurn(settlement(first, textRows('Sunny.')))
    assert.equal((await store.openTurn(third)).kind, 'opened')
  })

  clause('[ST5] a question into a conversation that is not there is refused', async (store) => {
    const asked = question(ada, { conversationId: 'c_nowhere' })

    assert.deepEqual(await store.openTurn(asked), { kind: 'conversation_not_found' })
    assert.equal(await store.findTurn(ada, asked.turnId), null)
  })

  clause('[ST6] an agent that was named once stays the conversation\'s, and the first title stays', async (store) => {
    const first = await answer(store, ada, { title: 'Weather' })
    const second = await answer(store, ada, { conversationId: first.conversationId, agentId: 'Nexus', title: 'Something else' })
    const third = await answer(store, ada, { conversationId: first.conversationId })

    assert.deepEqual([first, second, third].map(({ agentId }) => agentId), ['AnimA', 'Nexus', 'Nexus'])
    const conversation = await store.findConversation(ada, first.conversationId)
    assert.equal(conversation?.agent_id, 'Nexus')
    assert.equal(conversation.title, 'Weather')
    assert.equal((await store.findMessage(ada, first.responseId))?.agent_id, 'AnimA')
  })

  clause('[ST28] a question that was asked once may have several answers, each a turn and a version of its own', async (store) => {
    const first = await answer(store, ada, { content: 'Who are you?' })
    const ask = (given: Partial<OpenTurn> = {}) => question(ada, { conversationId: first.conversationId, answersMessageId: first.messageId, ...given })
    const second = await answer(store, ada, ask({ agentId: 'Neo' }), textRows('Neo.'))
    const third = await answer(store, ada, ask({ agentId: 'Nexus' }), textRows('Nexus.'))

    assert.deepEqual([first, second, third].map(({ messageId }) => messageId), [first.messageId, first.messageId, first.messageId])
    assert.deepEqual(await Promise.all([first, second, third].map(async ({ turnId }) => (await store.findTurn(ada, turnId))?.version)), [1, 2, 3])
    const listed = await store.listMessages(ada, first.conversationId, { page: 1, perPage: 10 })
    assert.equal(listed?.total, 4)
    assert.deepEqual(listed.items.map(({ id, parent_id, version, agent_id }) => [id, parent_id, version, agent_id]), [
      [first.messageId, null, 1, null], [first.responseId, first.messageId, 1, 'AnimA'], [second.responseId, first.messageId, 2, 'Neo'], [third.responseId, first.messageId, 3, 'Nexus'],
    ])
    const next = await open(store, ada, { conversationId: first.conversationId, content: 'And then?' })
    const history = await store.readHistory(ada, next.conversationId, next.messageId, 1000)
    assert.deepEqual(history.messages.map(({ content }) => content), ['Who are you?', 'Nexus.'])
  })

  clause('[ST28] only a question of this conversation can be answered again, and nothing is written otherwise', async (store) => {
    const first = await answer(store, ada)
    const elsewhere = await answer(store, ada)
    const foreign = await answer(store, bob)
    const before = await store.findConversation(ada, first.conversationId)

    for (const answersMessageId of ['m_nowhere', first.responseId, elsewhere.messageId, foreign.messageId]) {
      const asked = question(ada, { conversationId: first.conversationId, answersMessageId })
      assert.deepEqual(await store.openTurn(asked), { kind: 'message_not_found' })
      assert.equal(await store.findTurn(ada, asked.turnId), null)
    }
    const withoutConversation = question(ada, { answersMessageId: first.messageId })
    assert.deepEqual(await store.openTurn(withoutConversation), { kind: 'message_not_found' })
    assert.equal(await store.findConversation(ada, withoutConversation.newConversationId), null)
    assert.deepEqual(await store.findConversation(ada, first.conversationId), before)
  })

  clause('[ST1] what a resolved command wrote is in every read from then on', async (store) => {
    for (let i = 0; i < 50; i++) {
      const turn = await open(store, ada)
      assert.equal((await store.findTurn(ada, turn.turnId))?.state, 'running')
      assert.equal((await store.listMessages(ada, turn.conversationId, { page: 1, perPage: 10 }))?.total, 2)
    }
  })

  clause('[ST1] a command that rejects leaves nothing of itself', async (store) => {
    const taken = await open(store, ada)
    const asked = question(ada, { responseId: taken.responseId })

    await assert.rejects(store.openTurn(asked), { name: 'StoreError', code: 'store_unavailable' })

    assert.equal(await store.findConversation(ada, asked.newConversationId), null)
    assert.equal(await store.findMessage(ada, asked.messageId), null)
    assert.equal((await store.openTurn({ ...asked, responseId: freshId('m') })).kind, 'opened')
  })
}
