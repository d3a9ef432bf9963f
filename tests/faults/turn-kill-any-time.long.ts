import { killAnyTime } from '../support/cluster/crash-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

faultChecks({}, [{ ...killAnyTime, rounds: { sample: 200, full: 200 }, caught: {} }])
