import { test } from 'node:test'
import { crashPointChecks } from '../support/cluster/crash-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

faultChecks({}, crashPointChecks)

test('[R02] the same over a second engine of the store', { skip: 'not run: there is one engine so far' }, () => {})
