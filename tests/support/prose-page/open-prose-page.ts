import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { securityHeaders } from '../../../server/http/security-headers.ts'
import { openPage } from '../browser.ts'
import type { ProsePage } from './main.ts'

declare global {
  interface Window {
    prose: ProsePage
  }
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

/** Builds the page of answers, serves it with the headers of the real one, and opens it. Both end with the test. */
export async function openProsePage(t: Pick<TestContext, 'after'>): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const root = join(import.meta.dirname, '../../..')
  const built = await build({
    configFile: false, root, logLevel: 'silent',
    build: { write: false, target: 'es2023', cssTarget: ['chrome123'], assetsInlineLimit: 0, modulePreload: { polyfill: false }, rollupOptions: { input: join(import.meta.dirname, 'index.html') } },
  })
  const files = new Map((built as Rolldown.RolldownOutput).output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]))
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/tests/support/prose-page/index.html' : request.url!
    response.writeHead(files.has(path) ? 200 : 404, { ...securityHeaders, 'content-type': types[extname(path)] ?? 'text/plain' }).end(files.get(path))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { page, complaints } = await openPage(t)
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => window.prose !== undefined)
  return { page, complaints }
}
