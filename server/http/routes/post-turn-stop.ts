import { Turn } from '#protocol/turn.ts'
import { stopTurn } from '../../turn/stop-turn.ts'
import { ProblemError } from '../problem.ts'
import { showTurn } from '../show-turn.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Stop a turn: 202 while it closes, 200 with its state where it is closed already',
  params: IdParams, response: { 200: Turn, 202: Turn },
}

export const postTurnStop: Route = (router, { turns }) => {
  router.post('/turns/:id/stop', { schema }, async ({ user, params }, reply) => {
    const turn = await stopTurn(turns, user, params.id)
    if (!turn) throw new ProblemError('not_found')
    return reply.code(turn.state === 'running' ? 202 : 200).send(await showTurn(turns, user, turn))
  })
}
