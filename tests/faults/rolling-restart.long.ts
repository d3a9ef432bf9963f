import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { rollingRestart } from '../support/cluster/rolling-checks.ts'
import { postgresMissing } from '../support/postgres.ts'

if (postgresMissing) test(rollingRestart.name, { skip: postgresMissing }, () => {})
// With the product's own leases: nobody dies here.
else faultChecks({ nodes: 2, environment: { PARLEY_DRAIN_SECONDS: '5' } }, [rollingRestart])
