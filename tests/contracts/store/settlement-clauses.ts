import assert from 'node:assert/strict'
import type { Outcome } from '#protocol/turn.ts'
import { ada, attempt, morning, open, receiptOf, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const rows = textRows('Sunny', ' and warm.')

export function settlementClauses(clause: Clause): void {
  clause('[ST11] answer, receipt, attempt and state close in one commit', async (store) => {
    const turn = await open(store, ada)
    const { turnId, fence } = turn
    await store.startAttempt({ turnId, fence, n: 1, provider: 'openai', model: 'gpt-4o-mini', now: morning + 10 })
    await store.appendDeltas([{ turnId, fence, rows }])
    const usage = { input: 12, cached_input: null, output: 5, reasoning: null, estimated: false }

    const written = await store.settleTurn(settlement(turn, rows, 'completed', {
      attempt: { turnId, fence, n: 1, state: 'completed', error: null, providerStatus: 200, firstDeltaAt: morning + 400, usage, now: morning + 900 },
    }))

    assert.equal(written, true)
    const closed = await store.findTurn(ada, turnId)
    assert.equal(closed?.state, 'completed')
    assert.equal(closed.last, 3)
    assert.equal(closed.closed_at, '2026-11-20T09:00:01.000Z')
    assert.deepEqual(await store.findReceipt(ada, turnId), receiptOf(turn, 'completed'))
    const message = await store.findMessage(ada, turn.responseId)
    assert.equal(message?.content, 'Sunny and warm.')
    assert.equal(message.outcome, 'completed')
    assert.deepEqual(message.receipt, closed.receipt)
    assert.equal((await store.findConversation(ada, turn.conversationId))?.running_turn_id, null)
    const timeline = await store.readTimeline(turnId)
    assert.deepEqual(timeline?.attempts, [attempt({ usage })])
  })

  clause('[ST10] of two settlements one closes the turn, and the other changes nothing', async (store) => {
    const turn = await open(store, ada)

    const written = await Promise.all([
      store.settleTurn(settlement(turn, rows)),
      store.settleTurn(settlement(turn, [], 'stopped', { receipt: receiptOf(turn, 'stopped', { id: 'r_second' }) })),
    ])

    assert.deepEqual(written.toSorted(), [false, true])
    const log = await store.readLog(ada, turn.turnId)
    assert.equal(log?.turn.state, log?.receipt?.outcome)
    assert.equal(log?.rows.length, log?.turn.state === 'completed' ? 2 : 0)
  })

  clause('[ST10] a closed turn takes no row, no attempt and no second end', async (store) => {
    const turn = await open(store, ada)
    const { turnId, fence } = turn
    await store.appendDeltas([{ turnId, fence, rows }])
    await store.settleTurn(settlement(turn, rows))
    const before = await store.readLog(ada, turnId)

    assert.deepEqual(await store.appendDeltas([{ turnId, fence, rows: [{ seq: 3, kind: 'text', text: 'More' }] }]), [turnId])
    assert.equal(await store.startAttempt({ turnId, fence, n: 2, provider: 'groq', model: 'llama', now: morning + 2000 }), false)
    assert.equal(await store.endAttempt({ turnId, fence, n: 1, state: 'failed', error: 'internal', providerStatus: null, firstDeltaAt: null, usage: null, now: morning + 2000 }), false)
    assert.equal(await store.settleTurn(settlement(turn, [], 'failed')), false)

    assert.deepEqual(await store.readLog(ada, turnId), before)
    assert.deepEqual((await store.readTimeline(turnId))?.attempts, [])
  })

  for (const outcome of ['completed', 'stopped', 'failed', 'interrupted', 'refused'] satisfies Outcome[]) {
    clause(`[ST11] a turn that ended ${outcome} says so everywhere and has a receipt`, async (store) => {
      const turn = await open(store, ada)
      const failure = { code: 'provider_cut', message: 'The provider stopped in the middle.', retryable: true } as const

      await store.settleTurn(settlement(turn, rows, outcome, { failure }))

      const closed = await store.findTurn(ada, turn.turnId)
      const message = await store.findMessage(ada, turn.responseId)
      assert.deepEqual([closed?.state, message?.outcome, (await store.findReceipt(ada, turn.turnId))?.outcome], [outcome, outcome, outcome])
      assert.deepEqual([closed?.failure, message?.failure], [failure, failure])
    })
  }

  clause('[ST11] an attempt is on record before its end is known', async (store) => {
    const { turnId, fence } = await open(store, ada)

    await store.startAttempt({ turnId, fence, n: 1, provider: 'openai', model: 'gpt-4o-mini', now: morning + 10 })
    const begun = (await store.readTimeline(turnId))?.attempts
    await store.endAttempt({ turnId, fence, n: 1, state: 'failed', error: 'provider_overloaded', providerStatus: 529, firstDeltaAt: null, usage: null, now: morning + 90 })
    await store.startAttempt({ turnId, fence, n: 2, provider: 'groq', model: 'llama', now: morning + 100 })

    assert.deepEqual(begun, [attempt({ state: 'running', provider_status: null, first_delta_at: null, ended_at: null })])
    const known = (await store.readTimeline(turnId))?.attempts.map(({ n, state, error, provider_status }) => ({ n, state, error, provider_status }))
    assert.deepEqual(known, [
      { n: 1, state: 'failed', error: 'provider_overloaded', provider_status: 529 },
      { n: 2, state: 'running', error: null, provider_status: null },
    ])
  })

  clause('[ST18] a turn\'s timeline tells everything but what was said', async (store) => {
    const turn = await open(store, ada, { content: 'Where is the buried treasure?', title: 'Treasure hunt' })
    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows }])
    const running = await store.readTimeline(turn.turnId)
    await store.settleTurn(settlement(turn, rows))

    const timeline = await store.readTimeline(turn.turnId)

    assert.equal(running?.loggedRows, 2)
    assert.equal(running.receipt, null)
    assert.equal(timeline?.loggedRows, 3)
    assert.deepEqual([timeline.tenantId, timeline.userId], [ada.tenantId, ada.userId])
    assert.deepEqual(timeline.receipt, receiptOf(turn, 'completed'))
    assert.doesNotMatch(JSON.stringify([running, timeline]), /treasure|Sunny|warm/i)
    assert.equal(await store.readTimeline('t_nowhere'), null)
  })
}
