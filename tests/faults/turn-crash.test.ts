import { crashPointChecks } from '../support/cluster/crash-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

faultChecks({}, crashPointChecks)
