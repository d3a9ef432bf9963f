import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import type { Overrides } from '../../server/app.ts'
import { startApp, type Person, type TestApp } from '../support/start-app.ts'
import { testIdentity } from '../support/test-identity.ts'
import { untilFound } from '../support/until-found.ts'
import { listingRoutes, type MountedRoute } from './mounted-routes.ts'

/** Stands in every text of ada's, in what she asks, what she is answered and what she calls things. Nobody else may ever be sent it. */
export const marker = 'heliotrope-7391'

/** Answers with the marker; a name that the simulator knows how to read. */
const markedModel = 'sim-s7391'

/** Every id of one conversation with one closed turn, that a client could come by. */
export interface ThingIds {
  readonly conversation: string
  readonly turn: string
  readonly question: string
  readonly answer: string
  readonly receipt: string
  readonly clientMessage: string
  readonly session: string
  readonly epoch: string
}

export interface World {
  readonly app: TestApp
  /** What Fastify says is mounted. */
  readonly routes: readonly MountedRoute[]
  readonly ada: Person
  /** Hers, and full of her marker. */
  readonly ids: ThingIds
  /** Of the user who is suspended: made while she was not. */
  readonly suspendedIds: ThingIds
  suspend(name: string): void
  /** All that ada can see of hers, as one text: equal before and after what others try. */
  adasState(): Promise<string>
}

const limitless = { PARLEY_USER_REQUESTS: '1000000', PARLEY_USER_SENDS: '1000000', PARLEY_USER_SOCKETS: '10000', PARLEY_USER_TURNS: '1000' }

export interface WorldOptions {
  readonly overrides?: Overrides
  readonly basePath?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** A server with several people in two tenants. Ada has a conversation, an answer with her marker in it, and an ÉMERGENCE session. */
export async function startWorld(t: Pick<TestContext, 'after'>, options: WorldOptions = {}): Promise<World> {
  const suspended = new Set<string>()
  const pageDirectory = builtPage(t)
  const { started: app, routes } = await listingRoutes(() => startApp(t, {
    environment: { ...limitless, ...options.environment, ...(options.basePath !== undefined && { PARLEY_BASE_PATH: options.basePath }) },
    overrides: { identity: testIdentity({ suspended }), pageDirectory, ...options.overrides },
  }))
  app.provider.script(markedModel, [`It is ${marker}`, `, and ${marker}`, ' again.'])
  const ada = app.signIn('ada@acme')
  const ids = await makeThing(ada, marker, `openai/${markedModel}`)
  assert.match(await stateOf(ada, ids), new RegExp(`It is ${marker}`))
  assert.match(JSON.stringify(await untilFound(ada, `It is ${marker}`, 'It is')), /It is/, 'what ada was answered can be searched for')
  const suspendedIds = await makeThing(app.signIn('sue@acme'), 'of sue', 'openai/sim-t3')
  suspended.add('sue@acme')
  await app.app.turns.store.bindSession({ actor: { tenantId: 'acme', userId: 'ada' }, sessionId: ids.session, conversationId: ids.conversation })
  return { app, routes, ada, ids, suspendedIds, suspend: (name) => void suspended.add(name), adasState: () => stateOf(ada, ids) }
}

/** One world for all tests of a file, where none of them changes it for the next. */
export function sharedWorld(): () => World {
  const endings: (() => unknown)[] = []
  let world: World | null = null
  before(async () => {
    world = await startWorld({ after: (end: () => unknown) => void endings.push(end) } as Pick<TestContext, 'after'>)
  })
  after(async () => {
    for (const end of endings.toReversed()) await end()
  })
  return () => world!
}

/** A conversation with one question and its whole answer. */
export async function makeThing(person: Person, text: string, model = 'openai/sim-t1'): Promise<ThingIds> {
  const path = '/api/v1/chat/conversations'
  const begun = await person.call('POST', path, { title: `About ${text}` })
  assert.equal(begun.status, 201)
  const clientMessage = `client-${randomUUID()}`
  const answered = await person.call('POST', `${path}/${begun.body.id}/messages`, { content: `What is ${text}?`, model, client_message_id: clientMessage })
  assert.equal(answered.status, 200)
  const { turn, message } = answered.body
  return {
    conversation: begun.body.id, turn: turn.id, question: turn.message_id, answer: turn.response_id, receipt: message.receipt.receipt_id,
    clientMessage, session: `session-${randomUUID()}`, epoch: turn.epoch,
  }
}

/** What of ada's stands in a text that somebody else was sent: her marker, or an id of hers. */
export function toldIn(text: string, ids: ThingIds): readonly string[] {
  // The epoch is the log's, not hers.
  return [marker, ...Object.values({ ...ids, epoch: marker })].filter((secret) => text.includes(secret))
}

/** Ids of the same shape that name nothing. */
export function idsOfNothing(ids: ThingIds): ThingIds {
  const entries = Object.entries(ids).map(([kind, id]: [string, string]) => [kind, kind === 'epoch' ? id : `${id.slice(0, -6)}000000`])
  return Object.fromEntries(entries) as unknown as ThingIds
}

async function stateOf(person: Person, ids: ThingIds): Promise<string> {
  const chat = '/api/v1/chat'
  const paths = [
    `${chat}/conversations?per_page=100`, `${chat}/conversations?per_page=100&archived=true`, `${chat}/conversations/${ids.conversation}`,
    `${chat}/conversations/${ids.conversation}/messages?per_page=100`, `${chat}/turns/${ids.turn}`, `${chat}/turns/${ids.turn}/receipt`,
  ]
  const answers = await Promise.all(paths.map((path) => person.call('GET', path)))
  return JSON.stringify(answers.map(({ status, body }) => [status, { ...body, timestamp: null }]), null, 1)
}

/** The least that a built page consists of. */
function builtPage(t: Pick<TestContext, 'after'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'parley-page-'))
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Parley</title>')
  writeFileSync(join(directory, 'assets', 'page.js'), 'export {}\n')
  mkdirSync(join(directory, 'frames'))
  writeFileSync(join(directory, 'frames', 'diagram.html'), '<!doctype html><title>Diagram</title>')
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
