import { readPage } from '../page.ts'
import { ProblemError } from '../problem.ts'
import { diagramFramePolicy } from '../security-headers.ts'
import type { Route } from './route.ts'

/** The page in which our page shows diagrams: it is of no origin, and its policy lets nothing out. */
export const getDiagramFrame: Route = (parent, { settings }) => {
  void parent.register(async (router) => {
    const frame = await readPage(settings.pageDirectory, settings.basePath, 'frames/diagram.html')
    router.get('/frames/diagram', { config: { open: true, produces: 'text/html' }, schema: { summary: 'The frame that a diagram is drawn in' } }, async (_request, reply) => {
      if (frame === null) throw new ProblemError('not_found')
      return reply.headers({ 'content-security-policy': diagramFramePolicy, 'cache-control': 'no-cache' }).type('text/html; charset=utf-8').send(frame)
    })
  })
}
