import { test } from 'node:test'
import { disconnectIsNotStop, stopRaces } from '../support/cluster/ending-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

faultChecks({}, [stopRaces, disconnectIsNotStop])

test('[R22] a stateless call ends with its client', { skip: 'not run: there are no stateless calls yet' }, () => {})
