/** A page of another origin in a real browser, on the machine of whoever runs Parley for themselves. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test, type TestContext } from 'node:test'
import { localApp } from '../security/local-app.ts'
import { closeBrowser, openPage, withoutBrowser } from '../support/browser.ts'

const local = localApp()
/** The planted bug: sign-in that does not look where a request comes from. */
const careless = localApp({ identity: { limitsUsers: false, identify: async () => ({ user: { tenantId: 'local', userId: 'local', language: 'en' } }) } })
after(closeBrowser)

const marker = 'heliotrope-7391'
const chat = '/api/v1/chat'

/** A page that is not ours, at another port of this machine. */
async function otherSite(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title><body>'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Something of the user's to steal. Resolves with the path of a turn's events. */
async function makeTurn(url: string): Promise<string> {
  const post = async (path: string, body: object) => {
    const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return response.json() as Promise<{ id: string; turn: { id: string } }>
  }
  const { id } = await post(`${chat}/conversations`, { title: marker })
  const { turn } = await post(`${chat}/conversations/${id}/messages`, { content: `What is ${marker}?` })
  return `${chat}/turns/${turn.id}/events`
}

interface Loot {
  /** What opened, loaded or was answered so that the page could tell. */
  readonly got: readonly string[]
  readonly tried: number
}

/** Runs in the page. Everything a page can do to another origin without asking anybody. */
async function attack({ target, events }: { target: string; events: string }): Promise<Loot> {
  const got: string[] = []
  const path = '/api/v1/chat/conversations'
  const within = (what: string, begin: (done: (outcome: string | null) => void) => void) =>
    new Promise<void>((resolve) => {
      const done = (outcome: string | null) => {
        if (outcome !== null) got.push(`${what}: ${outcome}`)
        resolve()
      }
      setTimeout(() => done(null), 1500)
      begin(done)
    })
  const socket = (where: string, protocols: string[]) => within(`a socket at ${where}`, (done) => {
    const opened = new WebSocket(target.replace('http', 'ws') + where, protocols)
    opened.onopen = () => {
      opened.send('{"type":"chat.send","data":{"content":"Mine"}}')
      opened.send('{"type":"chat","data":{"message":"Mine"}}')
      setTimeout(() => done('opened'), 300)
    }
    opened.onmessage = ({ data }) => got.push(`a socket at ${where} was sent ${data}`)
    opened.onerror = () => done(null)
  })
  const stream = (withCredentials: boolean) => within('an event stream', (done) => {
    const source = new EventSource(target + events, { withCredentials })
    source.onopen = () => done('opened')
    source.onmessage = ({ data }) => done(String(data))
    source.onerror = () => done(null)
  })
  const call = (what: string, where: string, init: RequestInit) => within(what, (done) => {
    fetch(target + where, { credentials: 'include', ...init }).then(async (response) => done(response.type === 'opaque' ? null : `${response.status} ${await response.text()}`), () => done(null))
  })
  const element = (name: 'script' | 'img' | 'link' | 'iframe', where: string) => within(`${name} ${where}`, (done) => {
    const made = document.createElement(name)
    if (made instanceof HTMLLinkElement) made.rel = 'stylesheet'
    made.addEventListener('load', () => done(made instanceof HTMLIFrameElement ? (made.contentDocument ? 'can be read' : null) : 'loaded'))
    made.addEventListener('error', () => done(null))
    made.setAttribute(name === 'link' ? 'href' : 'src', target + where)
    document.body.append(made)
  })
  const form = (enctype: string) => within(`a form of ${enctype}`, (done) => {
    document.body.insertAdjacentHTML('beforeend', `<iframe name="${enctype}"></iframe><form method="post" enctype="${enctype}" target="${enctype}" action="${target}${path}"><input name='{"title":"Mine","x":"' value='"}'></form>`)
    document.querySelector<HTMLFormElement>('form:last-of-type')!.submit()
    setTimeout(() => done(null), 500)
  })
  const tries = [
    socket('/ws/v2/chat', []), socket('/ws/v2/chat', ['parley.v2', 'bearer.x']), socket('/ws/mine', []), stream(true), stream(false),
    call('a read', path, {}), call('a read of events', events, {}), call('a blind read', path, { mode: 'no-cors' }),
    call('a JSON post', path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"title":"Mine"}' }),
    call('a text post', path, { method: 'POST', body: '{"title":"Mine"}' }),
    call('a blind text post', path, { method: 'POST', mode: 'no-cors', body: '{"title":"Mine"}' }),
    call('a blind post without a body', events.replace('/events', '/stop'), { method: 'POST', mode: 'no-cors' }),
    call('a delete', path, { method: 'DELETE' }), call('the metrics', '/metrics', {}), call('the readiness', '/readyz', {}), call('the description', '/openapi.json', {}),
    element('script', path), element('img', path), element('link', path), element('iframe', '/chat'), element('iframe', path), element('script', '/assets/page.js'),
    form('text/plain'), form('application/x-www-form-urlencoded'), form('multipart/form-data'),
  ]
  navigator.sendBeacon(target + path, '{"title":"Mine"}')
  navigator.sendBeacon(target + path, new Blob(['{"title":"Mine"}'], { type: 'text/plain' }))
  await Promise.all(tries)
  return { got, tried: tries.length + 2 }
}

const stateOf = async (app: ReturnType<typeof local>['app']) => {
  const owner = { tenantId: 'local', userId: 'local' }
  const { items } = await app.turns.store.listConversations(owner, { page: 1, perPage: 100, archived: false })
  return JSON.stringify(items)
}

// The same name at another port is the same site, and still another origin.
for (const name of ['127.0.0.1', 'localhost']) {
  test(`[S07] [S08] a page at another port gets nothing from http://${name}, and changes nothing`, { skip: withoutBrowser }, async (t) => {
    const { app, port } = local()
    const events = await makeTurn(app.url)
    const before = await stateOf(app)
    const { page } = await openPage(t)
    await page.goto(`http://127.0.0.1:${await otherSite(t)}/`)

    const { got, tried } = await page.evaluate(attack, { target: `http://${name}:${port}`, events })

    assert.deepEqual(got, [])
    assert.ok(tried >= 25)
    assert.equal(await stateOf(app), before)
  })
}

test('[S07] that page would be seen to get in where nobody looks at the Origin', { skip: withoutBrowser }, async (t) => {
  const { app, port } = careless()
  const events = await makeTurn(app.url)
  const before = await stateOf(app)
  const { page } = await openPage(t)
  await page.goto(`http://127.0.0.1:${await otherSite(t)}/`)

  const { got } = await page.evaluate(attack, { target: `http://127.0.0.1:${port}`, events })

  assert.ok(got.includes('a socket at /ws/v2/chat: opened') && got.includes('a socket at /ws/mine: opened'), got.join('\n'))
  assert.notEqual(await stateOf(app), before)
})

test('[S07] our own page may do all of it', { skip: withoutBrowser }, async (t) => {
  const { app, port } = local()
  const events = await makeTurn(app.url)
  const { page } = await openPage(t)
  await page.goto(`http://localhost:${port}/chat`)

  const seen = await page.evaluate(async ({ events: path }) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/v2/chat`)
    const first = await new Promise((resolve) => void (socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)).type)))
    const written = await fetch('/api/v1/chat/conversations', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"title":"Ours"}' })
    return { first, written: written.status, stream: await (await fetch(path)).text() }
  }, { events })

  assert.deepEqual([seen.first, seen.written], ['connected', 201])
  assert.match(seen.stream, /event: chat\.done/)
})
