import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBench } from '../support/cluster/bench.ts'
import { disconnectIsNotStop, drainSeconds, gracefulStop, stopRaces } from '../support/cluster/ending-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

const environment = { PARLEY_DRAIN_SECONDS: `${drainSeconds}` }

faultChecks({ environment }, [stopRaces, disconnectIsNotStop, gracefulStop])

test(`${gracefulStop.name}; the product as it is started`, async (t) => {
  const bench = await openBench(t, { entry: 'product', environment })
  assert.deepEqual(await gracefulStop.run(bench, 1, (figure) => t.diagnostic(figure)), [])
})

test('[R21] a stop on another node ends the turn', { skip: 'not run: there is one node so far' }, () => {})
test('[R22] a stateless call ends with its client', { skip: 'not run: there are no stateless calls yet' }, () => {})
