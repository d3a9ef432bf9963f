import { z } from 'zod'
import { Timestamp } from './primitives.ts'

/** Why a model cannot be asked now. `no_key`: its provider is not configured here. The others pass by themselves. */
export const ModelReason = z.enum(['no_key', 'rate_limited', 'failing', 'busy'])
export type ModelReason = z.infer<typeof ModelReason>

/** A model that somebody here could ask, or could if its provider were configured. */
export const Model = z.object({
  /** `<provider>/<model>`: what a question may name. */
  id: z.string(),
  provider: z.string(),
  model: z.string(),
  available: z.boolean(),
  /** Null where it is available. */
  reason: ModelReason.nullable(),
  /** When it may be asked again, where that is known. */
  available_at: Timestamp.nullable(),
  /** Agents whose route names it. */
  agents: z.array(z.string()),
})
export type Model = z.infer<typeof Model>
