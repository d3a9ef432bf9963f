import { join, sep } from 'node:path'
import { fastifyStatic } from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { addressPage, readPage } from '../page.ts'
import { preferencesIn } from '../preferences.ts'
import { languageOf } from '../sign-in.ts'
import type { Route } from './route.ts'

const notBuilt = {
  en: 'The page is not built yet. Run `npm run build`, then start Parley again.\n',
  fr: 'La page n’est pas encore construite. Lancez `npm run build`, puis redémarrez Parley.\n',
}

/** The page at /chat and below, whatever conversation the address names, and the files it is made of. */
export const getPage: Route = (parent, { settings }) => {
  void parent.register(async (router) => {
    router.addHook('onRoute', (route) => void (route.config = { produces: 'text/html', ...route.config, open: true }))
    const page = await readPage(settings.pageDirectory, settings.basePath)

    router.get('/', { schema: { summary: 'To the page' } }, async (_request, reply) => reply.redirect(`${settings.basePath}/chat`))
    for (const path of ['/chat', '/chat/*']) {
      router.get(path, { schema: { summary: 'The page' } }, async (request, reply) => {
        if (page === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt[languageOf(request.raw)])
        const own = addressPage(page, { language: languageOf(request.raw), theme: preferencesIn(request.headers.cookie).theme })
        return reply.headers({ 'cache-control': 'no-cache', vary: 'cookie, accept-language' }).type('text/html; charset=utf-8').send(own)
      })
    }
    if (page !== null) await router.register(fastifyStatic, staticFiles(settings.pageDirectory!))
  })
}

/** What the frame of diagrams is made of. Its origin is nobody's, so by our own rule it would not get them. */
const forFrames = /\/(?:diagram|mermaid)[^/]*\.js$/

/** Routes are made for the files that are there, so no address can name any other. Files under /assets have their hash in their name. */
function staticFiles(root: string) {
  const assets = join(root, 'assets') + sep
  return {
    root, wildcard: false, index: false as const, globIgnore: ['index.html', 'frames/**'], decorateReply: false, cacheControl: false, schemaHide: true,
    setHeaders: (reply: FastifyReply, path: string) => {
      void reply.header('cache-control', path.startsWith(assets) ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (path.startsWith(assets) && forFrames.test(path)) void reply.header('cross-origin-resource-policy', 'cross-origin')
    },
  }
}
