import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import {
  databaseRestarts, followAcross, leaseMs, lostCommitAnswers, ownerDies, searchTakenOver, sendToBoth, skewedClocks, stopAcross, zombieOwner,
} from '../support/cluster/node-checks.ts'
import { postgresMissing } from '../support/postgres.ts'

if (postgresMissing) test('two nodes on one Postgres', { skip: postgresMissing }, () => {})
else {
  faultChecks(
    { nodes: 2, leaseMs },
    [followAcross, stopAcross, sendToBoth, ownerDies, searchTakenOver, zombieOwner, skewedClocks, lostCommitAnswers, databaseRestarts],
  )
}
