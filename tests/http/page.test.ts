import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startApp } from '../support/start-app.ts'

const html = `<!doctype html><meta name="parley-base" content=""><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/assets/a-1.css">
<script type="module" src="/assets/a-1.js"></script><a href="//elsewhere.example/x">x</a>`

function builtPage(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-page-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(folder, 'assets/a-1.js'), 'export {}')
  writeFileSync(join(folder, 'assets/a-1.css'), 'p {}')
  return folder
}

test('the page is at /chat and at every conversation below it, and / leads there', async (t) => {
  const app = await startApp(t, { overrides: { pageDirectory: builtPage(t) } })
  const root = await fetch(app.url, { redirect: 'manual' })
  assert.deepEqual([root.status, root.headers.get('location')], [302, '/chat'])
  for (const path of ['/chat', '/chat/', '/chat/c_1', '/chat/c_1/x?y=1']) {
    const response = await fetch(app.url + path)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    assert.equal(await response.text(), html)
  }
})

test('the page comes in the language and the theme that were chosen for the browser, and nothing else that stands in a cookie enters it', async (t) => {
  const folder = builtPage(t)
  writeFileSync(join(folder, 'index.html'), `<!doctype html>\n<html lang="en"><body></body></html>`)
  const app = await startApp(t, { overrides: { pageDirectory: folder } })
  const rootFor = async (headers: Record<string, string>) => /<html[^>]*>/.exec(await (await fetch(`${app.url}/chat`, { headers })).text())?.[0]

  assert.equal(await rootFor({}), '<html lang="en">')
  assert.equal(await rootFor({ 'accept-language': 'fr-CH' }), '<html lang="fr">')
  assert.equal(await rootFor({ 'accept-language': 'fr', cookie: 'a=b; parley_language=en; parley_theme=dark' }), '<html lang="en" data-theme="dark">')
  assert.equal(await rootFor({ cookie: 'parley_theme="><script>; parley_language=de' }), '<html lang="en">')
  assert.match((await fetch(`${app.url}/chat`)).headers.get('vary') ?? '', /cookie/i)
})

test('files with a hash in their name are kept for ever, others are asked for again', async (t) => {
  const app = await startApp(t, { overrides: { pageDirectory: builtPage(t) } })
  const script = await fetch(`${app.url}/assets/a-1.js`)
  const icon = await fetch(`${app.url}/icon.svg`)
  assert.deepEqual([script.status, script.headers.get('content-type'), script.headers.get('cache-control')], [200, 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'])
  assert.deepEqual([icon.status, icon.headers.get('content-type'), icon.headers.get('cache-control')], [200, 'image/svg+xml', 'no-cache'])
})

test('[S24] no address names a file outside the page', async (t) => {
  const app = await startApp(t, { overrides: { pageDirectory: builtPage(t) } })
  for (const path of ['/assets/../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd', '/assets//etc/passwd', '/assets/', '/assets/nothing.js', '/index.html', '/package.json', '/.env']) {
    assert.equal((await fetch(app.url + path)).status, 404, path)
  }
})

test('under a base path the page knows where it is, and so do its files', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_BASE_PATH: '/parley' }, overrides: { pageDirectory: builtPage(t) } })
  const text = await (await fetch(`${app.url}/chat/c_1`)).text()

  assert.match(text, /<meta name="parley-base" content="\/parley">/)
  assert.match(text, /href="\/parley\/icon\.svg"/)
  assert.match(text, /src="\/parley\/assets\/a-1\.js"/)
  assert.match(text, /href="\/\/elsewhere\.example\/x"/)
  assert.equal((await fetch(`${app.url}/assets/a-1.js`)).status, 200)
  assert.equal((await fetch(app.url, { redirect: 'manual' })).headers.get('location'), '/parley/chat')
})

test('under a base path every route answers with it, and also where a load balancer took it off', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_BASE_PATH: '/parley' } })
  const origin = new URL(app.url).origin
  assert.equal((await fetch(`${origin}/parley/api/health`)).status, 200)
  assert.equal((await fetch(`${origin}/api/health`)).status, 200)
  assert.equal((await fetch(`${origin}/parleyx/api/health`)).status, 404)
  const ada = app.signIn('ada@acme')
  const { body } = await ada.call('POST', '/api/v1/chat/conversations', {})
  const sent = await ada.call('POST', `/api/v1/chat/conversations/${body.id}/messages`, { content: 'Hello', model: 'openai/sim-t2', stream: true })
  assert.match(sent.body.events, /^\/parley\/api\/v1\/chat\/turns\//)
  assert.equal((await fetch(origin + sent.body.events, { headers: { authorization: `Bearer ${ada.token}` } })).status, 200)
})

test('a page that is not built says how to build it, in the language of whoever looks', async (t) => {
  const app = await startApp(t)
  const english = await fetch(`${app.url}/chat`)
  const french = await fetch(`${app.url}/chat`, { headers: { 'accept-language': 'fr' } })
  assert.equal(english.status, 503)
  assert.match(await english.text(), /npm run build/)
  assert.match(await french.text(), /pas encore construite/)
})
