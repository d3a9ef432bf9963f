import { faultChecks } from '../support/cluster/fault-check.ts'
import { manyDevices, reconnectExactlyOnce, resumeAfterFinish } from '../support/cluster/following-checks.ts'

faultChecks({}, [reconnectExactlyOnce, resumeAfterFinish, manyDevices])
