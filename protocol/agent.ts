import { z } from 'zod'

/** Whom one can ask. `model` is what would answer now; null means the librarian, because no provider is configured. */
export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  model: z.string().nullable(),
  built_in: z.boolean(),
})
export type Agent = z.infer<typeof Agent>
