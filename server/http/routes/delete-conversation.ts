import { z } from 'zod'
import type { Actor } from '../../lib/actor.ts'
import { findFollowed, turnEnd } from '../../turn/follow-turn.ts'
import { stopTurn } from '../../turn/stop-turn.ts'
import type { TurnDeps } from '../../turn/turn-deps.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'Delete a conversation; what runs in it is stopped first', params: IdParams, response: { 204: z.null() } }

/** How long the stopped turn may take to close. It closes in any case; only the deletion does not wait longer. */
const stopMs = 5000

export const deleteConversation: Route = (router, { turns }) => {
  router.delete('/conversations/:id', { schema }, async ({ user, params: { id } }, reply) => {
    const conversation = await turns.store.findConversation(user, id)
    if (conversation?.running_turn_id) await stopAndWait(turns, user, conversation.running_turn_id)
    const deleted = await turns.store.deleteConversation({ actor: user, id, now: turns.clock.now() })
    if (!deleted) throw new ProblemError('not_found')
    turns.bus.publish({ kind: 'conversation', actor: user, conversationId: id, change: 'deleted' })
    return reply.code(204).send(null)
  })
}

async function stopAndWait(turns: TurnDeps, actor: Actor, turnId: string): Promise<void> {
  const followed = await findFollowed(turns, actor, turnId)
  await stopTurn(turns, actor, turnId)
  if (!followed) return
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = turns.clock.after(stopMs, resolve)
  await Promise.race([turnEnd(followed), late]).finally(cancel)
}
