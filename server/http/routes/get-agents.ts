import { Agent } from '#protocol/agent.ts'
import type { Language } from '#protocol/primitives.ts'
import { pageOf, PageQuery } from '#protocol/page-list.ts'
import type { AgentDefinition } from '../../agents/agent.ts'
import { librarian, modelId, planRoute } from '../../agents/model-route.ts'
import type { ModelShelf } from '../../models/language-model.ts'
import { pageList } from '../page-list.ts'
import type { Route } from './route.ts'

const schema = { summary: 'Whom one can ask, and which model would answer now', querystring: PageQuery, response: { 200: pageOf(Agent) } }

export const getAgents: Route = (router, { turns, agents }) => {
  router.get('/api/v1/agents', { schema }, async ({ user, query }) => {
    const first = (query.page - 1) * query.per_page
    const items = agents.slice(first, first + query.per_page).map((agent) => showAgent(agent, user.language, turns.models))
    return pageList({ items, total: agents.length }, query, turns.clock)
  })
}

function showAgent(agent: AgentDefinition, language: Language, { configured, offered = [] }: ModelShelf): Agent {
  const [first = librarian] = planRoute({ requestedModel: null, route: agent.route, configured, offered }).candidates
  const model = first.provider === librarian.provider ? null : modelId(first)
  return { id: agent.id, name: agent.name, description: agent.description[language], model, built_in: true }
}
