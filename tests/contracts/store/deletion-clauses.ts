import assert from 'node:assert/strict'
import type { Store } from '../../../server/store/store.ts'
import { ada, answer, bob, compactAll, interruption, morning, open, otherAda, question, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const days = (count: number) => count * 86_400_000
const firstPage = { page: 1, perPage: 20, archived: false }

/** Purges to the end, and tells in how many slices. */
async function purge(store: Store, actor: typeof ada, id: string, now: number): Promise<number> {
  let slices = 1
  while ((await store.purgeConversation({ actor, id, now })) === 'more') slices++
  return slices
}

export function deletionClauses(clause: Clause): void {
  clause('[J8] a deleted conversation comes back whole within thirty days', async (store) => {
    const turn = await answer(store, ada)
    const { conversationId: id } = turn
    await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId: id })
    const before = (await store.findConversation(ada, id))!
    const messages = await store.listMessages(ada, id, firstPage)
    await store.deleteConversation({ actor: ada, id, now: morning })

    const restored = await store.restoreConversation({ actor: ada, id, now: morning + days(30) - 1 })

    assert.deepEqual(restored, { ...before, rev: before.rev + 2 })
    assert.deepEqual(await store.findConversation(ada, id), restored)
    assert.deepEqual(await store.listMessages(ada, id, firstPage), messages)
    assert.equal(await store.findSessionConversation(ada, 'laptop'), id)
    assert.equal((await store.openTurn(question(ada, { conversationId: id }))).kind, 'opened')
    assert.deepEqual(await store.takeJobs({ kinds: ['purge'], limit: 1, owner: '', leaseMs: 1000, now: morning + days(99) }), [])
  })

  clause('[J8] bringing back what is not deleted changes nothing', async (store) => {
    const { conversationId: id } = await answer(store, ada)
    const before = await store.findConversation(ada, id)

    assert.deepEqual(await store.restoreConversation({ actor: ada, id, now: morning }), before)
    assert.equal(await store.restoreConversation({ actor: ada, id: 'c_nowhere', now: morning }), null)
  })

  clause('[J8] what is too late, or begun, or another\'s, does not come back', async (store) => {
    const { conversationId: id } = await answer(store, ada)
    await store.deleteConversation({ actor: ada, id, now: morning })

    assert.equal(await store.restoreConversation({ actor: bob, id, now: morning }), null)
    assert.equal(await store.restoreConversation({ actor: otherAda, id, now: morning }), null)
    assert.equal(await store.restoreConversation({ actor: ada, id, now: morning + days(30) }), null)
    await store.takeJobs({ kinds: ['purge'], limit: 1, owner: 'whose clock is ahead', leaseMs: 1000, now: morning + days(30) })

    assert.equal(await store.restoreConversation({ actor: ada, id, now: morning + days(29) }), null)
    assert.equal(await store.findConversation(ada, id), null)
  })

  clause('[J9] a purge leaves nothing of a conversation but its receipts, and nothing of any other is touched', async (store) => {
    const kept = await answer(store, ada, { content: 'Keep this.' })
    const of = await answer(store, ada, { content: 'Forget this.' })
    const { conversationId: id } = of
    for (let i = 0; i < 120; i++) await answer(store, ada, { conversationId: id })
    await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId: id })
    await store.deleteConversation({ actor: ada, id, now: morning })
    const before = [await store.readLog(ada, kept.turnId), await store.listConversations(ada, firstPage)]

    const slices = await purge(store, ada, id, morning + days(30))
    await compactAll(store)

    assert.ok(slices >= 4, `${slices} slices`)
    assert.equal(await store.readTimeline(of.turnId), null)
    assert.equal(await store.restoreConversation({ actor: ada, id, now: morning + 1 }), null)
    assert.deepEqual([await store.readLog(ada, kept.turnId), await store.listConversations(ada, firstPage)], before)
    assert.equal((await store.openTurn(question(ada, { clientMessageId: of.clientMessageId }))).kind, 'opened')
    assert.equal(await purge(store, ada, id, morning + days(30)), 1)
  })

  clause('[J9] nothing is purged before its time, nor once it was brought back, nor as somebody else\'s', async (store) => {
    const turn = await answer(store, ada)
    const { conversationId: id } = turn
    const log = await store.readLog(ada, turn.turnId)

    assert.equal(await store.purgeConversation({ actor: ada, id, now: morning + days(99) }), 'done')
    await store.deleteConversation({ actor: ada, id, now: morning })
    await assert.rejects(store.purgeConversation({ actor: ada, id, now: morning + days(30) - 1 }), /can still be brought back/)
    assert.equal(await store.purgeConversation({ actor: bob, id, now: morning + days(30) }), 'done')
    assert.equal(await store.purgeConversation({ actor: otherAda, id, now: morning + days(30) }), 'done')
    await store.restoreConversation({ actor: ada, id, now: morning + days(1) })

    assert.deepEqual(await store.readLog(ada, turn.turnId), log)
  })

  clause('[J9] a purge waits for a turn that runs', async (store) => {
    const turn = await open(store, ada)
    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: textRows('Sunny.') }])
    await store.deleteConversation({ actor: ada, id: turn.conversationId, now: morning })

    await assert.rejects(store.purgeConversation({ actor: ada, id: turn.conversationId, now: morning + days(30) }), /a turn still runs/)
    const [claimed] = await store.claimAbandonedTurns()
    assert.equal(await store.settleTurn(interruption(claimed!)), true)

    await purge(store, ada, turn.conversationId, morning + days(30))
    assert.equal(await store.readTimeline(turn.turnId), null)
  })
}
