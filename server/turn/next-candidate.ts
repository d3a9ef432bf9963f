import type { FailureCode } from '#protocol/turn.ts'
import type { ModelCandidate } from '../agents/model-route.ts'
import { routeLimits } from '../lib/route-limits.ts'
import type { LanguageModel, ModelFailure } from '../models/language-model.ts'

/** What another candidate may mend. A question that was rejected would be rejected again. */
const mendable: ReadonlySet<FailureCode> = new Set([
  'provider_unreachable', 'provider_refused_key', 'provider_rate_limited', 'provider_overloaded', 'provider_malformed', 'provider_cut',
  'first_delta_timeout',
])
/** What another key of the same provider may mend. */
const mendableByKey: ReadonlySet<FailureCode> = new Set(['provider_refused_key', 'provider_rate_limited'])

/** Who is still to be asked after this failure of the first of them, as call `n` of the turn; none where nobody may mend it. */
export function candidatesAfter(
  failure: ModelFailure, n: number, candidates: readonly ModelCandidate[], model: LanguageModel,
): readonly ModelCandidate[] {
  // A model that its provider does not know (any more) is no reason to reject the question.
  const mayHelp = mendable.has(failure.code) || failure.status === 404
  if (!mayHelp || n >= routeLimits.callsOfATurn) return []
  return mendableByKey.has(failure.code) && model.hasSoundKey ? candidates : candidates.slice(1)
}
