import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { badProvider, halfCharacters, providerCut, providerStall, silenceSeconds } from '../support/cluster/provider-checks.ts'

faultChecks({}, [providerCut, halfCharacters, badProvider])
faultChecks(
  { environment: { PARLEY_FIRST_DELTA_SECONDS: `${silenceSeconds}`, PARLEY_IDLE_SECONDS: `${silenceSeconds}`, PARLEY_USER_TURNS: '2' } },
  [providerStall],
)

test('[R09] an answer that was cut off has its cost', { skip: 'not run: there are no prices yet' }, () => {})
test('[R15] a tool call with broken arguments costs one turn', { skip: 'not run: there are no tools yet' }, () => {})
