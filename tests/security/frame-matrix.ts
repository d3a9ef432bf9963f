/** Every actor with every client frame of every socket wire: what each is told, against what its row says. */
import { clientFrameAliases } from '#protocol/chat-frames.ts'
import { frameRows, type FrameRow } from './access-table.ts'
import type { MatrixResult } from './route-matrix.ts'
import { WireClient, type WireFrame } from './wire-client.ts'
import { idsOfNothing, makeThing, toldIn, type ThingIds, type World } from './world.ts'

const others = [
  { name: 'another user of the tenant', token: 'bob@acme' },
  { name: 'a user of another tenant with the same name', token: 'ada@globex' },
] as const

/** Who may not use a socket at all, what they are told, and how it ends. */
const refused = [
  { name: 'somebody with a wrong token', token: 'nonsense', query: '', code: 'not_signed_in', close: 4001 },
  { name: 'a suspended user', token: 'sue@acme', query: '', code: 'not_allowed', close: 4003 },
  { name: 'nobody', token: null, query: '', code: 'not_signed_in', close: null },
  { name: 'somebody with the token in the address', token: null, query: '?token=ada@acme&access_token=ada@acme', code: 'not_signed_in', close: null },
] as const

/** The table has the wire by its name in the protocol; a session is asked for by its id. */
export function wirePath(wire: string, ids: ThingIds): string {
  return wire.replace('{session_id}', ids.session)
}

/** As its wire writes it: the older kind of ÉMERGENCE's frames says `payload`. */
export function clientFrame(wire: string, type: string, data: unknown): object {
  return wire === '/ws/{session_id}' && type === 'chat.message' ? { type, payload: data } : { type, ...(data !== undefined && { data }) }
}

export async function runFrameMatrix(world: World): Promise<MatrixResult> {
  const matrix = new FrameMatrix(world)
  const before = await world.adasState()
  for (const [wire, rows] of Object.entries(frameRows)) {
    await Promise.all(others.map((other) => matrix.tryAsOther(wire, rows, other)))
    await Promise.all(refused.map((actor) => matrix.tryRefused(wire, rows, actor)))
    await matrix.tryAsSuspendedMeanwhile(wire, rows)
  }
  if ((await world.adasState()) !== before) matrix.findings.push('what is ada’s changed')
  for (const [wire, rows] of Object.entries(frameRows)) await matrix.tryAsOwner(wire, rows)
  return matrix
}

/** A frame by every name that it has. */
function namesOf(wire: string, type: string): readonly string[] {
  return wire === '/ws/v2/chat' ? [type, ...Object.entries(clientFrameAliases).flatMap(([alias, of]) => (of === type ? [alias] : []))] : [type]
}

type Rows = Readonly<Record<string, FrameRow>>

class FrameMatrix implements MatrixResult {
  cells = 0
  readonly findings: string[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  async tryAsOther(wire: string, rows: Rows, { name, token }: { readonly name: string; readonly token: string }): Promise<void> {
    const { ids } = this.#world
    const nothing = idsOfNothing(ids)
    const [client, reference] = await Promise.all([ids, nothing].map((one) => this.#open(wire, one, token)))
    const greetings = [await client!.answers(), await reference!.answers()]
    this.#same(`${name}: opening ${wire}`, greetings[0]!, greetings[1]!, wirePath(wire, ids), wirePath(wire, nothing))
    for (const [type, row] of Object.entries(rows)) {
      for (const frameName of namesOf(wire, type)) {
        for (const ask of row.asks) await this.#tryFrame(`${name}: ${wire} ${frameName}`, { wire, frameName, row, ask, client: client!, reference: reference! })
      }
    }
    client!.end()
    reference!.end()
  }

  async #tryFrame(what: string, tried: {
    readonly wire: string; readonly frameName: string; readonly row: FrameRow; readonly ask: FrameRow['asks'][number]
    readonly client: WireClient; readonly reference: WireClient
  }): Promise<void> {
    const { wire, frameName, row, ask, client, reference } = tried
    const { ids } = this.#world
    client.send(clientFrame(wire, frameName, ask(ids)))
    if (row.stranger === 'own') {
      const answers = await this.#answers(client, row)
      if (!answers.some(({ type }) => type === row.owner)) this.findings.push(`${what} was answered with ${answers.map(({ type }) => type)}`)
      return this.#inspect(what, answers, [ids.session])
    }
    const nothing = idsOfNothing(ids)
    reference.send(clientFrame(wire, frameName, ask(nothing)))
    const [answers, expected] = [await client.answers(), await reference.answers()]
    const codes = answers.map(({ type, payload }) => (type === 'error' ? payload['code'] : type))
    if (String(codes) !== (row.stranger === 'silent' ? '' : 'not_found')) this.findings.push(`${what} was answered with ${codes}`)
    this.#same(what, answers, expected, Object.values(ids), Object.values(nothing))
  }

  /** Nothing but the reason, for every frame there is; and then, with bad credentials, the end. */
  async tryRefused(wire: string, rows: Rows, actor: (typeof refused)[number]): Promise<void> {
    const { ids, app } = this.#world
    const client = await new WireClient(app.url, wirePath(wire, ids) + actor.query, { token: actor.token }).opened()
    for (const [type, row] of Object.entries(rows)) for (const ask of row.asks) client.send(clientFrame(wire, type, ask(ids)))
    const answers = actor.close === null ? await client.answers() : (await client.closed(), client.frames)
    this.#onlyErrors(`${actor.name}: ${wire}`, answers, actor.code)
    if (client.closeCode !== actor.close) this.findings.push(`${actor.name}: ${wire} was closed with ${client.closeCode}, not ${actor.close}`)
    client.end()
  }

  /** Rights that end, end on open sockets too. */
  async tryAsSuspendedMeanwhile(wire: string, rows: Rows): Promise<void> {
    const { ids, app } = this.#world
    const token = `sue${wire.replaceAll(/[^a-z]/g, '')}@acme`
    const own = await makeThing(app.signIn(token), 'of sue', 'openai/sim-t1')
    const client = await this.#open(wire, own, token)
    await client.answers()
    this.#world.suspend(token)
    for (const [type, row] of Object.entries(rows)) {
      for (const ask of row.asks) for (const target of [own, ids]) client.send(clientFrame(wire, type, ask(target)))
    }
    this.#onlyErrors(`a user who was suspended meanwhile: ${wire}`, await client.answers(), 'not_allowed')
    client.end()
  }

  async tryAsOwner(wire: string, rows: Rows): Promise<void> {
    const { ada, ids } = this.#world
    for (const [type, row] of Object.entries(rows)) {
      for (const ask of row.asks) {
        const thing = wire.includes('session') ? ids : await makeThing(ada, 'hers')
        const client = await this.#open(wire, thing, ada.token)
        await client.answers()
        client.send(clientFrame(wire, type, ask(thing)))
        const types = (await this.#answers(client, row)).map((frame) => frame.type)
        this.cells += 1
        if (row.owner === null ? types.length > 0 : !types.includes(row.owner)) this.findings.push(`the owner: ${wire} ${type} was answered with ${types}`)
        client.end()
      }
    }
  }

  async #open(wire: string, ids: ThingIds, token: string): Promise<WireClient> {
    return new WireClient(this.#world.app.url, wirePath(wire, ids), { token }).opened()
  }

  /** Where an answer streams, all of it. */
  async #answers(client: WireClient, row: FrameRow): Promise<readonly WireFrame[]> {
    if (row.owner?.endsWith('_end')) await client.until((frames) => frames.some(({ type }) => type === row.owner || type.endsWith('error')))
    return client.answers()
  }

  #same(what: string, answers: readonly WireFrame[], expected: readonly WireFrame[], ids: string | readonly string[], nothing: string | readonly string[]): void {
    this.#inspect(what, answers, [ids].flat())
    if (comparable(answers, [ids].flat()) !== comparable(expected, [nothing].flat())) {
      this.findings.push(`${what} is not answered as what does not exist:\n${JSON.stringify(answers)}\n${JSON.stringify(expected)}`)
    }
  }

  #onlyErrors(what: string, answers: readonly WireFrame[], code: string): void {
    this.#inspect(what, answers, [])
    const strange = answers.filter(({ type, payload }) => !type.endsWith('error') || payload['code'] !== code)
    if (strange.length > 0 || answers.length === 0) this.findings.push(`${what} heard ${JSON.stringify(answers).slice(0, 500)}`)
  }

  /** I7. What the client said itself may come back to it. */
  #inspect(what: string, answers: readonly WireFrame[], said: readonly string[]): void {
    this.cells += 1
    const told = toldIn(JSON.stringify(answers), this.#world.ids).filter((secret) => !said.some((text) => text.includes(secret)))
    if (told.length > 0) this.findings.push(`${what} was told ${told.join(', ')}`)
  }
}

/** Frames without what differs from one to the next, and without what was asked for. */
function comparable(frames: readonly WireFrame[], said: readonly string[]): string {
  const plain = JSON.stringify(frames.map(({ type, payload }) => ({ type, payload: { ...payload, server_time: null } })))
  return said.flatMap((text) => text.split('/')).filter((text) => text.length > 8).reduce((text, id) => text.replaceAll(id, '…'), plain)
}
