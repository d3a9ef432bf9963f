import { test } from 'node:test'
import { acknowledgedIsStored, crashPointChecks, killAnyTime } from '../support/cluster/crash-checks.ts'
import { disconnectIsNotStop, stopRaces } from '../support/cluster/ending-checks.ts'
import { faultChecks, isFullRun, type FaultCheck } from '../support/cluster/fault-check.ts'
import { manyDevices, reconnectExactlyOnce, resumeAfterFinish } from '../support/cluster/following-checks.ts'
import { closedStaysClosed, nobodyElseReads } from '../support/cluster/invariant-checks.ts'
import { leaseMs } from '../support/cluster/node-checks.ts'
import { duplicateSend, lostAcknowledgement } from '../support/cluster/sending-checks.ts'
import { postgresMissing } from '../support/postgres.ts'

// Each life on Postgres costs a second: a sample has few.
const sampled: readonly FaultCheck[] = [
  { ...killAnyTime, rounds: { sample: 1, full: 20 } }, { ...acknowledgedIsStored, rounds: { sample: 3, full: 30 } }, ...crashPointChecks,
  resumeAfterFinish, lostAcknowledgement, disconnectIsNotStop, closedStaysClosed, nobodyElseReads,
]
/** What two-nodes.test.ts samples on Postgres in a harder form: across nodes. */
const inFull: readonly FaultCheck[] = [reconnectExactlyOnce, manyDevices, duplicateSend, stopRaces]
const checks = isFullRun ? [...sampled, ...inFull] : sampled

if (postgresMissing) test('a turn on Postgres', { skip: postgresMissing }, () => {})
else {
  // In a sample the bugs are planted over SQLite only, where the same checks find them.
  faultChecks({ nodes: 1, leaseMs }, checks.map((check) => ({ ...check, name: `${check.name}; on Postgres`, caught: isFullRun ? check.caught : {} })))
}
