import assert from 'node:assert/strict'
import { ada, answer, bob, interruption, morning, open, question, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const firstPage = { page: 1, perPage: 20, archived: false }

export function conversationClauses(clause: Clause): void {
  clause('[ST14] a conversation that was made by itself stands as it was asked for', async (store) => {
    const made = await store.createConversation({ actor: ada, id: 'c_1', title: null, agentId: 'Neo', memoryMode: 'session', now: morning })

    assert.deepEqual(made, {
      id: 'c_1', title: null, agent_id: 'Neo', memory_mode: 'session', archived: false, pinned: false, unread: false, running_turn_id: null, leaf_id: null, rev: 1,
      created_at: '2026-11-20T09:00:00.000Z', updated_at: '2026-11-20T09:00:00.000Z',
    })
    assert.deepEqual(await store.findConversation(ada, 'c_1'), made)
    const turn = await open(store, ada, { conversationId: 'c_1', title: 'First words' })
    assert.deepEqual([turn.agentId, (await store.findConversation(ada, 'c_1'))?.title], ['Neo', 'First words'])
  })

  clause('[ST14] every change raises the revision, and only what was said moves a conversation up', async (store) => {
    const older = await answer(store, ada, { now: morning })
    const newer = await answer(store, ada, { now: morning + 5000 })
    const before = (await store.findConversation(ada, older.conversationId))!

    const renamed = await store.changeConversation({ actor: ada, id: older.conversationId, title: 'Another name' })

    assert.equal(renamed?.title, 'Another name')
    assert.equal(renamed.rev, before.rev + 1)
    assert.equal(renamed.updated_at, before.updated_at)
    const opened = await open(store, ada, { conversationId: older.conversationId, now: morning + 9000 })
    assert.equal((await store.findConversation(ada, older.conversationId))?.rev, renamed.rev + 1)
    await store.settleTurn(settlement(opened, textRows('Yes.'), 'completed', { now: morning + 9500 }))
    assert.equal((await store.findConversation(ada, older.conversationId))?.rev, renamed.rev + 2)
    assert.deepEqual((await store.listConversations(ada, firstPage)).items.map(({ id }) => id), [older.conversationId, newer.conversationId])
  })

  clause('[ST14] conversations are listed newest first, each on one page, with the total', async (store) => {
    const ids: string[] = []
    for (let i = 0; i < 45; i++) ids.unshift((await answer(store, ada, { now: morning + i }, textRows('Yes.'))).conversationId)
    const pages = await Promise.all([1, 2, 3, 4].map((page) => store.listConversations(ada, { page, perPage: 20, archived: false })))

    assert.deepEqual(pages.map(({ total }) => total), [45, 45, 45, 45])
    assert.deepEqual(pages.map(({ items }) => items.length), [20, 20, 5, 0])
    assert.deepEqual(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))), new Set(ids))
  })

  clause('[ST14] an archived conversation is in its own list, whole, and comes back', async (store) => {
    const { conversationId } = await answer(store, ada)
    const list = async (archived: boolean) => (await store.listConversations(ada, { ...firstPage, archived })).items.map(({ id }) => id)

    assert.equal((await store.changeConversation({ actor: ada, id: conversationId, archived: true }))?.archived, true)
    assert.deepEqual([await list(false), await list(true)], [[], [conversationId]])
    assert.equal((await store.openTurn(question(ada, { conversationId }))).kind, 'opened')
    await store.changeConversation({ actor: ada, id: conversationId, archived: false })
    assert.deepEqual([await list(false), await list(true)], [[conversationId], []])
  })

  clause('[ST14] what is pinned stands before the rest, newest first in itself, also across pages, until it is unpinned', async (store) => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await answer(store, ada, { now: morning + i * 5000 })).conversationId)
    const [oldest, second, third, fourth, newest] = ids as [string, string, string, string, string]
    const list = async () => (await Promise.all([1, 2].map((number) => store.listConversations(ada, { page: number, perPage: 3, archived: false })))).flatMap(({ items }) => items.map(({ id }) => id))

    assert.equal((await store.changeConversation({ actor: ada, id: oldest, pinned: true }))?.pinned, true)
    await store.changeConversation({ actor: ada, id: third, pinned: true })
    assert.deepEqual(await list(), [third, oldest, newest, fourth, second])
    await store.changeConversation({ actor: ada, id: third, pinned: false })
    assert.deepEqual(await list(), [oldest, newest, fourth, third, second])
  })

  clause('[ST34] an answer makes its conversation unread until somebody looks, or asks on; a stopped one does not', async (store) => {
    const unread = async (id: string) => (await store.findConversation(ada, id))?.unread
    const turn = await open(store, ada)
    assert.equal(await unread(turn.conversationId), false)
    await store.settleTurn(settlement(turn, textRows('Yes.')))
    assert.equal(await unread(turn.conversationId), true)

    assert.equal((await store.changeConversation({ actor: ada, id: turn.conversationId, unread: false }))?.unread, false)
    const stopped = await open(store, ada, { conversationId: turn.conversationId })
    await store.settleTurn(settlement(stopped, textRows('Y'), 'stopped'))
    assert.equal(await unread(turn.conversationId), false)
    await answer(store, ada, { conversationId: turn.conversationId })
    assert.equal(await unread(turn.conversationId), true)
    await open(store, ada, { conversationId: turn.conversationId })
    assert.equal(await unread(turn.conversationId), false)
  })

  clause('[ST14] messages are listed oldest first, each on one page, with the total', async (store) => {
    const { conversationId } = await answer(store, ada, { content: 'question 0' })
    for (let i = 1; i < 12; i++) await answer(store, ada, { conversationId, content: `question ${i}` }, textRows(`answer ${i}`))

    const pages = await Promise.all([1, 2, 3, 4].map((page) => store.listMessages(ada, conversationId, { page, perPage: 10 })))

    assert.deepEqual(pages.map((page) => [page?.items.length, page?.total]), [[10, 24], [10, 24], [4, 24], [0, 24]])
    const listed = pages.flatMap((page) => page!.items)
    assert.deepEqual(listed.map(({ parent_id }) => parent_id), [null, ...listed.slice(0, -1).map(({ id }) => id)])
    assert.equal(listed.at(-1)?.content, 'answer 11')
    assert.deepEqual(await store.findMessage(ada, listed[7]!.id), listed[7])
    assert.equal(await store.listMessages(ada, 'c_nowhere', { page: 1, perPage: 10 }), null)
  })

  clause('[ST15] what is deleted is hidden from every read, and takes no question', async (store) => {
    const turn = await answer(store, ada)
    const { conversationId, turnId, messageId } = turn
    await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId })

    assert.equal(await store.deleteConversation({ actor: ada, id: conversationId, now: morning + 2000 }), true)

    assert.equal(await store.findConversation(ada, conversationId), null)
    assert.equal(await store.findTurn(ada, turnId), null)
    assert.equal(await store.findMessage(ada, messageId), null)
    assert.equal(await store.findReceipt(ada, turnId), null)
    assert.equal(await store.findSessionConversation(ada, 'laptop'), null)
    assert.equal(await store.readLog(ada, turnId), null)
    assert.equal(await store.listMessages(ada, conversationId, { page: 1, perPage: 10 }), null)
    assert.deepEqual(await store.listConversations(ada, firstPage), { items: [], total: 0 })
    assert.equal(await store.changeConversation({ actor: ada, id: conversationId, title: 'Back' }), null)
    assert.equal(await store.deleteConversation({ actor: ada, id: conversationId, now: morning + 3000 }), false)
    assert.deepEqual(await store.openTurn(question(ada, { conversationId })), { kind: 'conversation_not_found' })
  })

  clause('[ST15] a turn that runs in a deleted conversation goes on to its end', async (store) => {
    const turn = await open(store, ada)
    await store.deleteConversation({ actor: ada, id: turn.conversationId, now: morning + 500 })

    assert.deepEqual(await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: textRows('Sunny.') }]), [])
    const [claimed] = await store.claimAbandonedTurns()
    assert.equal(await store.settleTurn(interruption(claimed!)), true)

    assert.equal((await store.readTimeline(turn.turnId))?.receipt?.outcome, 'interrupted')
  })

  clause('[ST16] a session keeps the first conversation it was bound to, until that is deleted', async (store) => {
    const [first, second] = [await answer(store, ada), await answer(store, ada)]
    const bind = (conversationId: string) => store.bindSession({ actor: ada, sessionId: 'laptop', conversationId })

    assert.equal(await store.findSessionConversation(ada, 'laptop'), null)
    assert.equal(await bind(first.conversationId), first.conversationId)
    assert.equal(await bind(second.conversationId), first.conversationId)
    assert.equal(await store.findSessionConversation(ada, 'laptop'), first.conversationId)
    await store.deleteConversation({ actor: ada, id: first.conversationId, now: morning })
    assert.equal(await bind(second.conversationId), second.conversationId)
    assert.equal(await store.findSessionConversation(ada, 'laptop'), second.conversationId)
  })

  clause('[ST16] the same session id is another session for another person', async (store) => {
    const [own, others] = [await answer(store, ada), await answer(store, bob)]
    await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId: own.conversationId })

    assert.equal(await store.findSessionConversation(bob, 'laptop'), null)
    assert.equal(await store.bindSession({ actor: bob, sessionId: 'laptop', conversationId: others.conversationId }), others.conversationId)
    assert.equal(await store.findSessionConversation(ada, 'laptop'), own.conversationId)
  })
}
