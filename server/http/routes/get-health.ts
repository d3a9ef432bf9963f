import { z } from 'zod'
import type { Route } from './route.ts'

const alive = { status: 'ok', message: 'Parley is running.' } as const
const schema = { summary: 'The process answers', response: { 200: z.object({ status: z.literal('ok'), message: z.string() }) } }

export const getHealth: Route = (router) => {
  router.get('/api/health', { schema, config: { open: true }, logLevel: 'warn' }, async () => alive)
}
