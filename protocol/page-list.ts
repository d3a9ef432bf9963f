import { z } from 'zod'
import { limits } from './limits.ts'
import { Timestamp } from './primitives.ts'

export const PageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  per_page: z.coerce.number().int().min(1).max(limits.pageRows).default(20),
})

export const Pagination = z.object({
  page: z.int(),
  page_size: z.int(),
  total_items: z.int(),
  total_pages: z.int(),
  has_next: z.boolean(),
  has_previous: z.boolean(),
})

/** The envelope of every list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ success: z.literal(true), data: z.array(item), pagination: Pagination, timestamp: Timestamp })

export function paginate(page: number, pageSize: number, totalItems: number): z.infer<typeof Pagination> {
  const totalPages = Math.ceil(totalItems / pageSize)
  return { page, page_size: pageSize, total_items: totalItems, total_pages: totalPages, has_next: page < totalPages, has_previous: page > 1 && totalItems > 0 }
}
