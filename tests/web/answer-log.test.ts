import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { applyResumed, applyRow, emptyLog, type AnswerLog } from '../../web/state/answer-log.ts'
import { delta, done, failed, ids, message } from './made.ts'

const fresh = () => emptyLog('t_1', 'm_2', 'e1')
const after = (log: AnswerLog, ...events: Parameters<typeof applyRow>[1][]) => events.reduce((held, event) => applyRow(held, event).log, log)

test('rows in order become the text, and the terminal row closes it', () => {
  const log = after(fresh(), delta(1, 'Hel'), delta(2, 'lo.'), done(3, 'Hello.'))

  assert.equal(log.text, 'Hello.')
  assert.equal(log.state, 'closed')
  assert.equal(log.generation, 0, 'text that only grew is not drawn anew')
})

test('a row that was seen changes nothing', () => {
  const log = after(fresh(), delta(1, 'Hel'), delta(2, 'lo'))

  const { log: same, verdict } = applyRow(log, delta(1, 'Hel'))

  assert.equal(verdict, 'seen')
  assert.equal(same, log)
})

test('a row behind a gap is not shown, and is asked for once', () => {
  const first = applyRow(after(fresh(), delta(1, 'Hel')), delta(3, '!'))
  const second = applyRow(first.log, delta(4, '!'))

  assert.deepEqual([first.verdict, second.verdict], ['gap', 'seen'])
  assert.equal(second.log.text, 'Hel')
  assert.equal(second.log.last, 1)
})

test('a row of another epoch is not shown, whatever its number', () => {
  const { log, verdict } = applyRow(after(fresh(), delta(1, 'Hel')), delta(2, 'lo', { epoch: 'e2' }))

  assert.equal(verdict, 'other_epoch')
  assert.equal(log.text, 'Hel')
})

test('a resume that recovered goes on from the last row', () => {
  const lost = applyRow(after(fresh(), delta(1, 'Hel')), delta(3, '!')).log

  const resumed = applyResumed(lost, { turn_id: 't_1', epoch: 'e1', recovered: true, after: 1, last: 3 })

  assert.equal(after(resumed, delta(2, 'lo'), delta(3, '!')).text, 'Hello!')
})

test('a resume that did not recover brings the whole answer in place of what was shown', () => {
  const whole = message('m_2', { content: 'Other text', parts: [{ type: 'reasoning', text: 'why' }, { type: 'text', text: 'Other text' }] })

  const log = applyResumed(after(fresh(), delta(1, 'Hel')), { turn_id: 't_1', epoch: 'e2', recovered: false, after: 0, last: 7, message: whole })

  assert.deepEqual([log.text, log.reasoning, log.epoch, log.last, log.generation], ['Other text', 'why', 'e2', 7, 1])
  assert.equal(after(log, delta(8, '!', { epoch: 'e2' })).text, 'Other text!')
})

test('a failed turn keeps the text it has', () => {
  const log = after(fresh(), delta(1, 'Hel'), failed(2))

  assert.deepEqual([log.text, log.state], ['Hel', 'closed'])
})

test('reasoning and text grow apart', () => {
  const log = after(fresh(), delta(1, 'hm', { kind: 'reasoning' }), delta(2, 'Hello'))

  assert.deepEqual([log.reasoning, log.text], ['hm', 'Hello'])
})

test('however rows are lost, repeated and mixed up, following and resuming shows every row exactly once', () => {
  const deliveries = fc.array(fc.record({ seq: fc.integer({ min: 1, max: 12 }), cut: fc.boolean() }), { maxLength: 60 })
  fc.assert(
    fc.property(deliveries, (chances) => {
      const rows = Array.from({ length: 12 }, (_, index) => delta(index + 1, String.fromCharCode(97 + index)))
      let log = fresh()
      const resume = () => {
        log = applyResumed(log, { turn_id: ids.turn_id, epoch: 'e1', recovered: true, after: log.last, last: 12 })
      }
      for (const { seq, cut } of chances) {
        const { log: next, verdict } = applyRow(log, rows[seq - 1]!)
        log = next
        assert.equal(log.text, 'abcdefghijkl'.slice(0, log.last))
        if (verdict === 'gap' || cut) resume()
      }
      resume()
      for (const row of rows) log = applyRow(log, row).log
      assert.equal(log.text, 'abcdefghijkl')
    }),
  )
})
