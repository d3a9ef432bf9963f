import { faultChecks } from '../support/cluster/fault-check.ts'
import { reconnectStorm } from '../support/cluster/crowd-checks.ts'

faultChecks({}, [reconnectStorm])
