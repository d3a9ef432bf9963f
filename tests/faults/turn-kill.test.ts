import { acknowledgedIsStored, killAnyTime } from '../support/cluster/crash-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

faultChecks({}, [killAnyTime, acknowledgedIsStored])
