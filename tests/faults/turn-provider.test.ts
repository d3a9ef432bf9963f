import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { badProvider, cutCost, halfCharacters, providerCut, providerStall, silenceSeconds } from '../support/cluster/provider-checks.ts'

/** The provider's models are made up, so they have made-up prices. */
const priced = { PARLEY_PRICES: JSON.stringify({ 'openai/*': { input: 10, output: 40 } }) }

faultChecks({ environment: priced }, [cutCost])
faultChecks({}, [providerCut, halfCharacters, badProvider])
faultChecks(
  { environment: { PARLEY_FIRST_DELTA_SECONDS: `${silenceSeconds}`, PARLEY_IDLE_SECONDS: `${silenceSeconds}`, PARLEY_USER_TURNS: '2' } },
  [providerStall],
)

test('[R15] a tool call with broken arguments costs one turn', { skip: 'not run: there are no tools yet' }, () => {})
