import { paginate, type Pagination } from '#protocol/page-list.ts'
import type { z } from 'zod'
import { isoTime, type Clock } from '../lib/clock.ts'
import type { Page } from '../store/store.ts'

interface PageList<T> {
  readonly success: true
  readonly data: T[]
  readonly pagination: z.infer<typeof Pagination>
  readonly timestamp: string
}

/** One page in the envelope of every list. */
export function pageList<T>(found: Page<T>, asked: { readonly page: number; readonly per_page: number }, clock: Clock): PageList<T> {
  return { success: true, data: [...found.items], pagination: paginate(asked.page, asked.per_page, found.total), timestamp: isoTime(clock.now()) }
}
