import assert from 'node:assert/strict'
import { ada, answer, attempt, bob, interruption, morning, open, otherAda, question, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const rows = textRows('Sunny', ' and warm.')

export function recoveryClauses(clause: Clause): void {
  clause('[ST19] every turn that was left running is handed over with what its log holds', async (store) => {
    await answer(store, ada)
    const left = [await open(store, ada), await open(store, bob), await open(store, otherAda)]
    await store.startAttempt({ turnId: left[1]!.turnId, fence: 1, n: 1, provider: 'openai', model: 'gpt-4o-mini', now: morning + 10 })
    await store.appendDeltas([{ turnId: left[1]!.turnId, fence: 1, rows: [rows[0]!] }, { turnId: left[2]!.turnId, fence: 1, rows }])
    await store.appendDeltas([{ turnId: left[1]!.turnId, fence: 1, rows: [rows[1]!] }])

    const claimed = await store.claimAbandonedTurns()

    const running = attempt({ state: 'running', provider_status: null, first_delta_at: null, ended_at: null })
    assert.deepEqual(claimed.toSorted((a, b) => a.turnId.localeCompare(b.turnId)), [
      { ...left[0], fence: 2, rows: [], attempts: [] },
      { ...left[1], fence: 2, rows, attempts: [running] },
      { ...left[2], fence: 2, rows, attempts: [] },
    ])
  })

  clause('[ST8] whoever lost a turn writes nothing into it', async (store) => {
    const turn = await open(store, ada)
    const { turnId } = turn
    await store.appendDeltas([{ turnId, fence: 1, rows }])
    await store.claimAbandonedTurns()

    assert.deepEqual(await store.appendDeltas([{ turnId, fence: 1, rows: [{ seq: 3, kind: 'text', text: 'Late' }] }]), [turnId])
    assert.equal(await store.startAttempt({ turnId, fence: 1, n: 1, provider: 'openai', model: 'm', now: morning }), false)
    assert.equal(await store.endAttempt({ turnId, fence: 1, n: 1, state: 'failed', error: null, providerStatus: null, firstDeltaAt: null, usage: null, now: morning }), false)
    assert.equal(await store.settleTurn(settlement(turn, rows)), false)

    const log = await store.readLog(ada, turnId)
    assert.equal(log?.turn.state, 'running')
    assert.deepEqual(log.rows, rows)
    assert.deepEqual((await store.readTimeline(turnId))?.attempts, [])
  })

  clause('[ST8] in one batch only the turn that was lost is left out', async (store) => {
    const lost = await open(store, ada)
    await store.claimAbandonedTurns()
    const kept = await open(store, bob)

    const named = await store.appendDeltas([lost, kept].map(({ turnId }) => ({ turnId, fence: 1, rows })))

    assert.deepEqual(named, [lost.turnId])
    assert.deepEqual((await store.readLog(ada, lost.turnId))?.rows, [])
    assert.deepEqual((await store.readLog(bob, kept.turnId))?.rows, rows)
  })

  clause('[ST31] whoever has a turn can say so, and is told which turns it has no more', async (store) => {
    const [kept, closed, taken] = [await open(store, ada), await open(store, bob), await open(store, otherAda)]
    await store.settleTurn(settlement(closed, rows))
    const held = [kept, closed, { ...taken, fence: 0 }].map(({ turnId, fence }) => ({ turnId, fence }))

    assert.deepEqual(await store.renewLeases(held), [closed.turnId, taken.turnId])
    assert.deepEqual(await store.renewLeases([]), [])
  })

  clause('[ST32] a wish for the end of a turn is kept for whoever runs it, and only its user can leave it', async (store) => {
    const [turn, other] = [await open(store, ada), await open(store, ada)]
    const closed = await answer(store, ada)

    assert.equal(await store.requestStop(bob, turn.turnId), false)
    assert.equal(await store.requestStop(otherAda, turn.turnId), false)
    assert.equal(await store.requestStop(ada, closed.turnId), false)
    assert.deepEqual(await store.findStopRequests([turn.turnId, other.turnId, closed.turnId]), [])
    assert.equal(await store.requestStop(ada, turn.turnId), true)
    assert.equal(await store.requestStop(ada, turn.turnId), true)
    assert.deepEqual(await store.findStopRequests([turn.turnId, other.turnId, closed.turnId]), [turn.turnId])
    assert.deepEqual(await store.findStopRequests([]), [])
  })

  clause('[ST19] a recovery that is begun again five times ends as one that is begun once', async (store) => {
    const turn = await open(store, ada)
    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows }])
    for (let i = 0; i < 4; i++) await store.claimAbandonedTurns()

    const [claimed] = await store.claimAbandonedTurns()

    assert.deepEqual(claimed, { ...turn, fence: 6, rows, attempts: [] })
    assert.equal(await store.settleTurn(interruption(claimed)), true)
    assert.equal(await store.settleTurn(interruption(claimed)), false)
    assert.deepEqual(await store.claimAbandonedTurns(), [])
    const log = await store.readLog(ada, turn.turnId)
    assert.equal(log?.turn.state, 'interrupted')
    assert.deepEqual(log.rows, rows)
    assert.equal((await store.openTurn(question(ada, { conversationId: turn.conversationId, runningLimit: 1 }))).kind, 'opened')
  })
}
