import type { z } from 'zod'
import { ProblemError } from './problem.ts'

/** The value as its schema has it. Throws invalid, with what is wrong where; values are never repeated. */
export function validated<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ProblemError('invalid', { errors: parsed.error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.join('.'), message })) })
}
