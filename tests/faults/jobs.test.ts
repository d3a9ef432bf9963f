import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { outbox } from '../support/cluster/job-checks.ts'

faultChecks({}, [outbox])

test('[R24] the same for webhooks, titles and usage', { skip: 'not run: there are no such jobs yet' }, () => {})
