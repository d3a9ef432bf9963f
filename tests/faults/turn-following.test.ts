import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { manyDevices, reconnectExactlyOnce, resumeAfterFinish } from '../support/cluster/following-checks.ts'

faultChecks({}, [reconnectExactlyOnce, resumeAfterFinish, manyDevices])

test('[R17] a turn can be taken up on another node', { skip: 'not run: there is one node so far' }, () => {})
