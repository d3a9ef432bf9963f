import { Receipt } from '#protocol/turn.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'The receipt of a closed turn; 404 while it runs', params: IdParams, response: { 200: Receipt } }

export const getTurnReceipt: Route = (router, { turns }) => {
  router.get('/turns/:id/receipt', { schema }, async ({ user, params }) => {
    const receipt = await turns.store.findReceipt(user, params.id)
    if (!receipt) throw new ProblemError('not_found')
    return receipt
  })
}
