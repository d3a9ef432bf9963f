import type { z } from 'zod'
import { InvalidFields } from './field-problems.ts'

/** The value of a frame as its schema has it. Throws InvalidFields. */
export function validated<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidFields(parsed.error.issues, 'frame')
}
