import { z } from 'zod'
import { Id } from '#protocol/primitives.ts'

/** The thing that a route is about. Any id is looked up among the user's own; what is not there or another's is the same 404. */
export const IdParams = z.object({ id: Id })
