/** Others at a turn of ada's while it streams, by every way there is to follow, stop or hold it up. */
import type { Person } from '../support/start-app.ts'
import { clientFrame } from './frame-matrix.ts'
import type { MatrixResult } from './route-matrix.ts'
import { WireClient } from './wire-client.ts'
import { marker, toldIn, type ThingIds, type World } from './world.ts'

const chat = '/api/v1/chat'
const model = 'openai/sim-hold4-g3'
const deltas = Array.from({ length: 12 }, (_, n) => `${n} ${marker} `)

/** `url`: where the others come to; the turn runs where ada asked. */
export async function runStreamTheft(world: World, url = world.app.url): Promise<MatrixResult> {
  const { app, ada, ids } = world
  app.provider.script('sim-hold4-g3', deltas)
  const watcher = await new WireClient(app.url, '/ws/v2/chat', { token: ada.token }).opened()
  watcher.send(clientFrame('/ws/v2/chat', 'chat.send', { conversation_id: ids.conversation, content: `Say ${marker}`, model }))
  await watcher.until((frames) => frames.some(({ type }) => type === 'chat.delta'))
  const turn = String(watcher.frames.find(({ type }) => type === 'chat.accepted')?.payload['turn_id'])
  const streaming = { ...ids, turn }

  const thieves = await Promise.all(['bob@acme', 'ada@globex'].map((name) => Thief.come(app.signIn(name), url, streaming)))
  for (const thief of thieves) await thief.tryEverything()
  app.provider.release('sim-hold4-g3')
  await watcher.until((frames) => frames.some(({ type }) => type === 'chat.done' || type === 'chat.failed'))
  await ada.call('PATCH', `${chat}/conversations/${ids.conversation}`, { title: `Still about ${marker}` })
  for (const thief of thieves) await thief.leave()

  const findings = thieves.flatMap((thief) => thief.findings)
  const end = watcher.frames.find(({ type }) => type === 'chat.done')
  if (end?.payload['outcome'] !== 'completed' || end.payload['content'] !== deltas.join('')) findings.push(`ada’s turn ended as ${JSON.stringify(end?.payload)}`)
  watcher.end()
  return { cells: thieves.reduce((sum, thief) => sum + thief.cells, 0), findings }
}

class Thief {
  cells = 0
  readonly findings: string[] = []
  readonly #person: Person
  readonly #url: string
  readonly #ids: ThingIds
  readonly #sockets: readonly WireClient[]

  constructor(person: Person, url: string, ids: ThingIds, sockets: readonly WireClient[]) {
    this.#person = person
    this.#url = url
    this.#ids = ids
    this.#sockets = sockets
  }

  static async come(person: Person, url: string, ids: ThingIds): Promise<Thief> {
    const open = (path: string) => new WireClient(url, path, { token: person.token }).opened()
    return new Thief(person, url, ids, await Promise.all([open('/ws/v2/chat'), open(`/ws/${ids.session}`)]))
  }

  async tryEverything(): Promise<void> {
    const { conversation, turn, epoch } = this.#ids
    const requests: readonly (readonly [method: string, path: string, body?: object | undefined, headers?: Record<string, string>])[] = [
      ['GET', `/turns/${turn}/events`], ['GET', `/turns/${turn}/events?epoch=${epoch}&after=1`], ['GET', `/turns/${turn}/events?epoch=x&after=1`],
      ['GET', `/turns/${turn}/events`, undefined, { 'last-event-id': `${epoch}:1` }],
      ['GET', `/turns/${turn}`], ['GET', `/turns/${turn}/receipt`], ['POST', `/turns/${turn}/stop`],
      ['GET', `/conversations/${conversation}/messages`], ['PATCH', `/conversations/${conversation}`, { archived: true }],
      // Not 409: that a turn runs there is nobody else's to know.
      ['POST', `/conversations/${conversation}/messages`, { content: 'Hello' }], ['DELETE', `/conversations/${conversation}`],
    ]
    for (const [method, path, body, headers] of requests) {
      const answer = await this.#ask(method, chat + path, body, headers)
      this.#inspect(`${method} ${path}`, answer.text)
      if (answer.status !== 404) this.findings.push(`${this.#person.token}: ${method} ${path} got ${answer.status}`)
    }
    const frames: readonly (readonly [type: string, data: object])[] = [
      ['subscribe', {}], ['subscribe', { conversation_id: conversation }], ['chat.resume', { turn_id: turn, after: 0 }],
      ['chat.resume', { turn_id: turn, epoch, after: 1 }], ['chat.resume', { turn_id: turn, epoch: 'x', after: 1 }], ['chat.stop', { turn_id: turn }],
      ['chat.send', { conversation_id: conversation, content: 'Hello' }],
    ]
    for (const [type, data] of frames) this.#sockets[0]!.send(clientFrame('/ws/v2/chat', type, data))
  }

  /** Of a stream the beginning: it would not end before ada’s turn does. */
  async #ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(this.#url + path, {
      method, headers: { authorization: `Bearer ${this.#person.token}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return { status: response.status, text: await response.text() }
    const reader = response.body!.getReader()
    const { value } = await reader.read()
    await reader.cancel()
    return { status: response.status, text: new TextDecoder().decode(value) }
  }

  /** Whatever came meanwhile, on both sockets. What the thief asked for by its id may be named in the refusal. */
  async leave(): Promise<void> {
    for (const socket of this.#sockets) {
      const answers = await socket.answers()
      this.#inspect('a socket', answers.map(({ type, payload }) => (type === 'error' ? { ...payload, turn_id: '' } : payload)), [this.#ids.session])
      const strange = answers.filter(({ type, payload }) => !['connected', 'subscribed', 'ws:session_established'].includes(type) && payload['code'] !== 'not_found')
      if (strange.length > 0) this.findings.push(`${this.#person.token} heard ${JSON.stringify(strange).slice(0, 500)}`)
      socket.end()
    }
  }

  #inspect(what: string, answer: unknown, said: readonly string[] = []): void {
    this.cells += 1
    const told = toldIn(JSON.stringify(answer), this.#ids).filter((secret) => !said.includes(secret))
    if (told.length > 0) this.findings.push(`${this.#person.token}: ${what} told ${told.join(', ')}`)
  }
}
