import { Model, type ModelReason } from '#protocol/model.ts'
import { pageOf, PageQuery } from '#protocol/page-list.ts'
import type { AgentDefinition } from '../../agents/agent.ts'
import { librarian, modelId, type ModelCandidate } from '../../agents/model-route.ts'
import { isoTime } from '../../lib/clock.ts'
import type { ModelShelf, Rest } from '../../models/language-model.ts'
import { pageList } from '../page-list.ts'
import type { Route } from './route.ts'

const summary = 'Which models can be asked now, and why the others cannot'
const schema = { summary, querystring: PageQuery, response: { 200: pageOf(Model) } }

export const getModels: Route = (router, { turns, agents }) => {
  router.get('/api/v1/models', { schema }, async ({ query }) => {
    const known = knownModels(agents, turns.models)
    const first = (query.page - 1) * query.per_page
    const now = turns.clock.now()
    const items = known.slice(first, first + query.per_page).map((candidate) => showModel(candidate, agents, turns.models, now))
    return pageList({ items, total: known.length }, query, turns.clock)
  })
}

/** What agents' routes name, what endpoints here offer, and the librarian; each once. */
function knownModels(agents: readonly AgentDefinition[], { offered = [] }: ModelShelf): readonly ModelCandidate[] {
  const ids = new Set([...agents.flatMap(({ route }) => route), ...offered, modelId(librarian)])
  return [...ids].map((id) => ({ provider: id.slice(0, id.indexOf('/')), model: id.slice(id.indexOf('/') + 1) }))
}

function showModel(candidate: ModelCandidate, agents: readonly AgentDefinition[], shelf: ModelShelf, now: number): Model {
  const id = modelId(candidate)
  const model = shelf.find(candidate.provider, candidate.model)
  const rest = model?.rest?.() ?? null
  const waitMs = rest?.failure.retryAfterMs ?? null
  return {
    id, ...candidate, available: model !== null && rest === null, reason: model === null ? 'no_key' : rest && reasons[rest.why],
    available_at: waitMs === null ? null : isoTime(now + waitMs),
    agents: agents.filter(({ route }) => route.includes(id)).map((agent) => agent.id),
  }
}

const reasons: Readonly<Record<Rest['why'], ModelReason>> = { 'rate-limited': 'rate_limited', failing: 'failing', busy: 'busy' }
