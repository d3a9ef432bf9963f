/** Every actor at every route with every id: what each gets, against what its row says. */
import { chatPrefixes } from '../../server/http/routes/routes.ts'
import { routeRows, type RouteRow } from './access-table.ts'
import { idsOfNothing, makeThing, toldIn, type World } from './world.ts'

export interface MatrixResult {
  readonly cells: number
  /** One sentence for each thing that is not as it must be. */
  readonly findings: readonly string[]
}

interface Actor {
  readonly name: string
  readonly token: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: string
  /** What a route that needs sign-in answers, whatever it is asked. Null: this actor is somebody, but not the owner. */
  readonly refused: number | null
}

/** Headers by which other systems let one say who one is. Here they say nothing. */
const claimedNames = {
  'x-user-id': 'ada', 'x-tenant-id': 'acme', 'x-forwarded-user': 'ada', 'x-remote-user': 'ada', 'x-parley-user': 'ada', 'x-parley-tenant': 'acme',
  'x-api-key': 'ada@acme', 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health', cookie: 'session=ada@acme; user=ada; tenant=acme',
}

const actors: readonly Actor[] = [
  { name: 'another user of the tenant', token: 'bob@acme', refused: null },
  { name: 'a user of another tenant with the same name', token: 'ada@globex', refused: null },
  { name: 'another user who claims to be the owner', token: 'bob@acme', headers: claimedNames, refused: null },
  { name: 'nobody', token: null, refused: 401 },
  { name: 'nobody who claims to be the owner', token: null, headers: claimedNames, refused: 401 },
  { name: 'somebody with a wrong token', token: 'ada@acme@globex', refused: 401 },
  { name: 'somebody with the token in the address', token: null, query: 'token=ada@acme&access_token=ada@acme&bearer=ada@acme&api_key=ada@acme', refused: 401 },
  { name: 'a suspended user', token: 'sue@acme', refused: 403 },
]

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** `METHOD url` as the table has it. */
export function rowName(method: string, url: string): string {
  const prefix = chatPrefixes.find((one) => url.startsWith(`${one}/`))
  return `${method} ${prefix === undefined ? url : `{chat}${url.slice(prefix.length)}`}`
}

interface MatrixOptions {
  readonly prefixes?: readonly string[]
  /** Only rows with such a name. */
  readonly rows?: RegExp
}

export async function runRouteMatrix(world: World, { prefixes = chatPrefixes, rows = /./ }: MatrixOptions = {}): Promise<MatrixResult> {
  const matrix = new RouteMatrix(world)
  const tried = Object.entries(routeRows).filter(([name]) => rows.test(name)).flatMap(([name, row]) => asked(name, prefixes).map((request) => ({ ...request, row })))
  const before = await world.adasState()
  for (const { method, url, row } of tried) await Promise.all(actors.map((actor) => matrix.tryAs(actor, method, url, row)))
  if ((await world.adasState()) !== before) matrix.findings.push('what is ada’s changed')
  for (const { method, url, row } of tried) await matrix.tryAsOwner(method, url, row)
  return matrix
}

/** The same row by every name that its route has. */
function asked(name: string, prefixes: readonly string[]): readonly { readonly method: string; readonly url: string }[] {
  const [method = '', path = ''] = name.split(' ')
  const urls = path.startsWith('{chat}') ? prefixes.map((prefix) => path.replace('{chat}', prefix)) : [path]
  // HEAD of a stream is not mounted: nothing would follow.
  const methods = method === 'GET' && !path.endsWith('/events') ? ['GET', 'HEAD'] : [method]
  return urls.flatMap((url) => methods.map((one) => ({ method: one, url })))
}

class RouteMatrix implements MatrixResult {
  cells = 0
  readonly findings: string[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  async tryAs(actor: Actor, method: string, url: string, row: RouteRow): Promise<void> {
    const { ids, suspendedIds } = this.#world
    if (row.access === 'open' || row.access === 'own') {
      const expected = row.access === 'open' ? row.status : (actor.refused ?? row.status)
      for (const variant of [() => ({}), ...(row.variants ?? [])]) {
        const { query = '', headers = {} }: { query?: string; headers?: Readonly<Record<string, string>> } = variant(ids)
        const answer = await this.#ask(actor, method, url.replace('*', ids.conversation) + query, row.body, headers)
        this.#expect(`${actor.name}: ${method} ${url}${query}`, answer, expected)
      }
      return
    }
    const access = row.access
    const own = actor.name === 'a suspended user' ? Object.entries(suspendedIds) : []
    const kinds: [string, string][] = [...Object.entries(ids), ...own]
    const nothing = await this.#ask(actor, method, url.replace(':id', idsOfNothing(ids)[access]), row.body)
    const byId = kinds.map(async ([kind, id]) => {
      const answer = await this.#ask(actor, method, url.replace(':id', encodeURIComponent(id)), row.body)
      this.#same(`${actor.name}: ${method} ${url} with the ${kind} id`, answer, nothing, actor.refused ?? 404)
    })
    const byVariant = (row.variants ?? []).map(async (variant) => {
      const { query = '', headers = {} } = variant(ids)
      const answer = await this.#ask(actor, method, url.replace(':id', ids[access]) + query, row.body, headers)
      this.#same(`${actor.name}: ${method} ${url}${query} ${JSON.stringify(headers)}`, answer, nothing, actor.refused ?? 404)
    })
    await Promise.all([...byId, ...byVariant])
  }

  /** The owner gets it: otherwise a matrix of refusals would pass on a server that refuses everybody. */
  async tryAsOwner(method: string, url: string, row: RouteRow): Promise<void> {
    const { ada, ids } = this.#world
    const owner: Actor = { name: 'the owner', token: ada.token, refused: null }
    const thing = row.access === 'conversation' || row.access === 'turn' ? await makeThing(ada, 'hers') : ids
    const id = row.access === 'turn' ? thing.turn : thing.conversation
    for (const variant of [() => ({}), ...(row.variants ?? [])]) {
      const { query = '', headers = {} }: { query?: string; headers?: Readonly<Record<string, string>> } = variant(thing)
      const answer = await this.#ask(owner, method, url.replace(/:id|\*/, id) + query, row.body, headers)
      this.cells += 1
      if (answer.status !== row.status) this.findings.push(`the owner: ${method} ${url}${query} got ${answer.status}, not ${row.status}`)
    }
    // Another kind's id names nothing, not even to the owner.
    if (row.access === 'open' || row.access === 'own') return
    const otherKind = row.access === 'turn' ? ids.conversation : ids.turn
    this.#expect(`the owner with an id of another kind: ${method} ${url}`, await this.#ask(owner, method, url.replace(':id', otherKind), row.body), 404)
  }

  #expect(what: string, answer: Answer, status: number): void {
    this.cells += 1
    if (answer.status !== status) this.findings.push(`${what} got ${answer.status}, not ${status}`)
    this.#inspect(what, answer)
  }

  /** Not only refused: refused in the very words that something gets which does not exist. */
  #same(what: string, answer: Answer, nothing: Answer, status: number): void {
    this.#expect(what, answer, status)
    if (comparable(answer) !== comparable(nothing)) this.findings.push(`${what} is not answered as what does not exist:\n${comparable(answer)}\n${comparable(nothing)}`)
  }

  /** I7, and the headers that every answer carries. */
  #inspect(what: string, { text, headers }: Answer): void {
    const told = toldIn(text, this.#world.ids)
    if (told.length > 0) this.findings.push(`${what} was told ${told.join(', ')}`)
    if (!headers.get('content-security-policy')?.includes("default-src 'none'") || headers.get('x-content-type-options') !== 'nosniff') {
      this.findings.push(`${what} was answered without the headers that protect a browser`)
    }
    for (const name of headers.keys()) if (name.startsWith('access-control') || name === 'set-cookie') this.findings.push(`${what} was answered with ${name}`)
  }

  async #ask(actor: Actor, method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const query = actor.query === undefined ? '' : `${path.includes('?') ? '&' : '?'}${actor.query}`
    const response = await fetch(this.#world.app.url + path + query, {
      method, redirect: 'manual',
      headers: {
        ...(actor.token !== null && { authorization: `Bearer ${actor.token}` }), ...(body !== undefined && { 'content-type': 'application/json' }),
        ...actor.headers, ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}

/** An answer without what differs from one request to the next. */
function comparable({ status, headers, text }: Answer): string {
  const names = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id').map(([name, value]) => `${name}: ${value}`)
  return [status, ...names, text.replace(/"request_id":"f_[0-9A-Z]{26}"/, '')].join('\n')
}
