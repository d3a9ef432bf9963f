import { Turn } from '#protocol/turn.ts'
import { ProblemError } from '../problem.ts'
import { showTurn } from '../show-turn.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'One turn and its state', params: IdParams, response: { 200: Turn } }

export const getTurn: Route = (router, { turns }) => {
  router.get('/turns/:id', { schema }, async ({ user, params }) => {
    const turn = await turns.store.findTurn(user, params.id)
    if (!turn) throw new ProblemError('not_found')
    return showTurn(turns, user, turn)
  })
}
