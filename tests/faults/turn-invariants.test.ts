import { faultChecks } from '../support/cluster/fault-check.ts'
import { closedStaysClosed, nobodyElseReads } from '../support/cluster/invariant-checks.ts'

faultChecks({}, [closedStaysClosed, nobodyElseReads])
