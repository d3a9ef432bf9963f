import { test } from 'node:test'
import { faultChecks, isFullRun } from '../support/cluster/fault-check.ts'
import { outbox } from '../support/cluster/job-checks.ts'
import { leaseMs } from '../support/cluster/node-checks.ts'
import { postgresMissing } from '../support/postgres.ts'

faultChecks({}, [outbox])

if (postgresMissing) test(`${outbox.name}; on Postgres`, { skip: postgresMissing }, () => {})
else faultChecks({ nodes: 1, leaseMs }, [{ ...outbox, name: `${outbox.name}; on Postgres`, caught: isFullRun ? outbox.caught : {} }])

test('[R24] the same for webhooks, titles and usage', { skip: 'not run: there are no such jobs yet' }, () => {})
