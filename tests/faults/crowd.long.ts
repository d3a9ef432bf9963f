import { faultChecks } from '../support/cluster/fault-check.ts'
import { slowReaders } from '../support/cluster/crowd-checks.ts'

faultChecks({}, [slowReaders])
