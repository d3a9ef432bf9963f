/** A check that never failed checks nothing: each of these bugs is planted in its turn, and must be found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Overrides } from '../../server/app.ts'
import type { Actor } from '../../server/lib/actor.ts'
import type { Store } from '../../server/store/store.ts'
import type { Credentials, Identity } from '../../server/tenants/identity.ts'
import { testIdentity } from '../support/test-identity.ts'
import { runFrameMatrix } from './frame-matrix.ts'
import { runMeetings } from './meetings.ts'
import { runRouteMatrix, type MatrixResult } from './route-matrix.ts'
import { runStreamTheft } from './stream-theft.ts'
import { startWorld, type World } from './world.ts'

interface Bug {
  readonly overrides?: Overrides
  /** For parts that the composition root does not let one replace. */
  readonly plant?: (world: World) => void
  readonly found: (world: World) => Promise<MatrixResult>
  /** What must be among the findings: it was found for what it is. */
  readonly as: RegExp
}

const ada: Actor = { tenantId: 'acme', userId: 'ada' }
/** The rows that such a bug would show in; the others would pass. */
const routes = (rows: RegExp) => (world: World) => runRouteMatrix(world, { prefixes: ['/api/v1/chat'], rows })

/** A query without its "where": whoever asks is answered as ada would be. */
function forgetting(method: keyof Store): Overrides {
  const store = (real: Store): Store => new Proxy(real, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      const call = (...values: readonly unknown[]): unknown => Reflect.apply(value, target, values)
      return name === method ? async (first: unknown, ...rest: readonly unknown[]) => orAsAda(await call(first, ...rest), () => call(asAda(first), ...rest)) : call
    },
  })
  return { store }
}

function asAda(first: unknown): unknown {
  return typeof first === 'object' && first !== null && 'actor' in first ? { ...first, actor: ada } : ada
}

function orAsAda(found: unknown, again: () => unknown): unknown {
  const { kind, items } = (found ?? {}) as { readonly kind?: string; readonly items?: readonly unknown[] }
  const nothing = found === null || found === false || kind === 'conversation_not_found' || kind === 'not_found' || items !== undefined || Array.isArray(found)
  return nothing ? again() : found
}

/** Sign-in that takes something else for what it is told. */
function mistaken(change: (identify: Identity['identify'], credentials: Credentials) => ReturnType<Identity['identify']>): Overrides {
  const { limitsUsers, identify } = testIdentity()
  return { identity: { limitsUsers, identify: (credentials) => change(identify, credentials) } }
}

const bugs: Readonly<Record<string, Bug>> = {
  'conversations are found by id alone': { overrides: forgetting('findConversation'), found: routes(/conversations\/:id$/), as: /GET .*conversations\/:id .*was told heliotrope/ },
  'turns are found by id alone': { overrides: forgetting('findTurn'), found: routes(/stop$/), as: /POST .*stop .*got 200, not 404/ },
  'logs are read by id alone': { overrides: forgetting('readLog'), found: routes(/events$/), as: /events.*was told heliotrope/ },
  'receipts are found by id alone': { overrides: forgetting('findReceipt'), found: routes(/receipt$/), as: /receipt.*got 200, not 404/ },
  'messages are listed by conversation alone': { overrides: forgetting('listMessages'), found: routes(/GET .*messages$/), as: /messages.*was told heliotrope/ },
  'branches are read by conversation alone': { overrides: forgetting('readBranch'), found: routes(/GET .*branch$/), as: /branch.*was told heliotrope/ },
  'answers are rated by turn alone': { overrides: forgetting('rateTurn'), found: routes(/rating$/), as: /POST .*rating.*got 200, not 404/ },
  'conversations of all users are listed': { overrides: forgetting('listConversations'), found: routes(/GET .*conversations$/), as: /GET \/api\/v1\/chat\/conversations was told heliotrope/ },
  'conversations are renamed by id alone': { overrides: forgetting('changeConversation'), found: routes(/PATCH/), as: /what is ada’s changed/ },
  'conversations are deleted by id alone': { overrides: forgetting('deleteConversation'), found: routes(/DELETE/), as: /DELETE .*got 204, not 404/ },
  'questions are asked in any conversation': { overrides: forgetting('openTurn'), found: routes(/POST .*messages$/), as: /POST .*messages.*not 404/ },
  'sessions are found by their id alone': { overrides: forgetting('findSessionConversation'), found: runFrameMatrix, as: /opening \/ws\/\{session_id\} was told c_/ },
  'a socket finds turns by id alone': { overrides: forgetting('readLog'), found: runFrameMatrix, as: /chat\.resume was told heliotrope/ },
  'what all users said is searched': { overrides: forgetting('searchConversations'), found: routes(/GET .*conversations$/), as: /GET \/api\/v1\/chat\/conversations.* was told heliotrope/ },
  'the librarian reads what all users said': { overrides: forgetting('searchMessages'), found: runMeetings, as: /the librarian.* told heliotrope/ },
  'running turns are found by id alone': {
    plant: ({ app: { app } }) => {
      const find = app.turns.liveTurns.find.bind(app.turns.liveTurns)
      app.turns.liveTurns.find = (actor, turnId) => find(actor, turnId) ?? find(ada, turnId)
    },
    found: runStreamTheft, as: /ada’s turn ended as/,
  },
  'everybody hears what happens to ada': {
    plant: ({ app: { app } }) => {
      const { subscribe } = app.turns.bus
      app.turns.bus.subscribe = (_actor, listener) => subscribe(ada, listener)
    },
    found: runStreamTheft, as: /heard .*conversation/,
  },
  'suspended users are let in': { overrides: mistaken((identify, credentials) => identify(credentials)), found: routes(/GET .*conversations$/), as: /a suspended user: GET .* got 200, not 403/ },
  'the tenant is not looked at': {
    overrides: mistaken(async (identify, credentials) => {
      const identified = await identify(credentials)
      return 'user' in identified ? { user: { ...identified.user, tenantId: 'acme' } } : identified
    }),
    found: routes(/GET .*messages$/), as: /another tenant with the same name: .*was told heliotrope/,
  },
  'a cookie is taken at its word': {
    overrides: mistaken((identify, credentials) => identify({ ...credentials, bearer: credentials.cookie?.includes('ada') ? 'ada@acme' : credentials.bearer })),
    found: routes(/GET .*messages$/), as: /nobody who claims to be the owner: .*not 401/,
  },
}

for (const [name, { overrides = {}, plant, found, as }] of Object.entries(bugs)) {
  test(`it would be found if ${name}`, async (t) => {
    const world = await startWorld(t, { overrides })
    plant?.(world)

    const { findings } = await found(world)

    assert.ok(findings.some((finding) => as.test(finding)), `found: ${findings.slice(0, 5).join('\n')}`)
  })
}
