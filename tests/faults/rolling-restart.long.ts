import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { leaseMs } from '../support/cluster/node-checks.ts'
import { rollingRestart } from '../support/cluster/rolling-checks.ts'
import { postgresMissing } from '../support/postgres.ts'

if (postgresMissing) test(rollingRestart.name, { skip: postgresMissing }, () => {})
else faultChecks({ nodes: 2, leaseMs, environment: { PARLEY_DRAIN_SECONDS: '5' } }, [rollingRestart])
