import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { endPostgres, sharedPostgres } from '../postgres.ts'
import { startProviderSimulator, type ProviderSimulator, type SimulatedCall } from '../provider-simulator.ts'
import { TcpFault } from '../tcp-fault.ts'
import { violationsOf } from './checker.ts'
import { Device } from './device.ts'
import { History } from './history.ts'
import type { FaultPlan } from './fault-switches.ts'
import { faultSeed, seededRandom } from './seeded.ts'
import { ServerProcess, type ServerEntry } from './server-process.ts'
import { readTruth, type Truth } from './truth.ts'
import { WaitedInVain } from './waited-in-vain.ts'

export interface BenchOptions {
  readonly entry?: ServerEntry
  readonly environment?: Readonly<Record<string, string>>
  /** Where the data is; a folder of its own, which goes with the bench, where nothing is said. */
  readonly directory?: string
  /** Words before the command that starts the server. */
  readonly launcher?: readonly string[]
  /** Processes that share a database in a Postgres of the tests' own; without it there is one, on SQLite. */
  readonly nodes?: number
  /** With nodes: the lease of their turns. */
  readonly leaseMs?: number
}

/** Limits of a user that no check here is about. */
const unlimited = {
  PARLEY_USER_TURNS: '10000', PARLEY_USER_SOCKETS: '10000', PARLEY_USER_REQUESTS: '1000000', PARLEY_USER_SENDS: '1000000',
}

const patienceMs = 10_000
/** A device waits longer than a check does, and under load also with a bug planted. */
const leastDevicePatienceMs = 20_000

/** A server in a process of its own, the far side of the network in this one, and people. */
export class Bench implements AsyncDisposable {
  /** The first of the servers, and with SQLite the only one. */
  readonly server: ServerProcess
  readonly servers: readonly ServerProcess[]
  /** The wire of each server to the database it shares. */
  readonly wires: readonly TcpFault[]
  readonly provider: ProviderSimulator
  readonly directory: string
  /** The database that the servers share; null on SQLite. */
  readonly databaseUrl: string | null
  readonly random = seededRandom(faultSeed)
  /** Milliseconds a check waits for what must come. */
  patienceMs = patienceMs
  /** The scene that was opened last: what came of it can be read when its check broke off. */
  latest: Scene | null = null
  #scenes = 0

  private constructor(parts: Pick<Bench, 'servers' | 'wires' | 'provider' | 'directory' | 'databaseUrl'>) {
    this.servers = parts.servers
    this.server = parts.servers[0]!
    this.wires = parts.wires
    this.provider = parts.provider
    this.directory = parts.directory
    this.databaseUrl = parts.databaseUrl
  }

  static async open(options: BenchOptions = {}): Promise<Bench> {
    const { entry = 'faulty', environment = {}, directory = mkdtempSync(join(tmpdir(), 'parley-bench-')), launcher = [], nodes, leaseMs } = options
    const provider = await startProviderSimulator()
    const given = { PORT: '0', PARLEY_DATA: directory, OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: provider.url, ...unlimited, ...environment }
    const wires = nodes === undefined ? [] : await wiresToOneDatabase(nodes)
    const databases = nodes === undefined ? [{}] : wires.map(({ url }) => ({ DATABASE_URL: url }))
    const plan = leaseMs === undefined ? {} : { leaseMs }
    const servers = databases.map((database) => new ServerProcess(entry, { ...given, ...database }, { launcher, plan }))
    const bench = new Bench({ servers, wires: wires.map(({ wire }) => wire), provider, directory, databaseUrl: wires[0]?.url ?? null })
    try {
      await Promise.all(servers.map((server) => server.start()))
    } catch (error) {
      await bench[Symbol.asyncDispose]()
      throw error
    }
    return bench
  }

  /** People of a tenant that nobody had before, and a history of their own. */
  scene(): Scene {
    return (this.latest = new Scene(this, letters(this.#scenes++)))
  }

  get devicePatienceMs(): number {
    return Math.max(4 * this.patienceMs, leastDevicePatienceMs)
  }

  /** As it was before a bug was planted. */
  async restored(): Promise<void> {
    this.patienceMs = patienceMs
    await this.plant()
    await Promise.all(this.servers.filter((server) => !server.alive).map((server) => server.start()))
  }

  /** Switches bugs on in every server, and off again when none is named. */
  async plant(...bugs: FaultPlan['bugs']): Promise<void> {
    await Promise.all(this.servers.map((server) => server.plant(...bugs)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server.end()))
    await Promise.all(this.wires.map((wire) => wire[Symbol.asyncDispose]()))
    if (this.wires.length > 0) await endPostgres()
    await this.provider.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

async function wiresToOneDatabase(nodes: number): Promise<readonly { readonly wire: TcpFault; readonly url: string }[]> {
  const postgres = await sharedPostgres()
  const url = new URL(await postgres.makeDatabase())
  return Promise.all(Array.from({ length: nodes }, async () => {
    const wire = await TcpFault.open(postgres.port)
    return { wire, url: Object.assign(new URL(url), { port: String(wire.port) }).href }
  }))
}

/** A bench that ends with the test. */
export async function openBench(t: Pick<TestContext, 'after'>, options: BenchOptions = {}): Promise<Bench> {
  const bench = await Bench.open(options)
  t.after(() => bench[Symbol.asyncDispose]())
  return bench
}

/** A question as it is sent, under a client message id of its own. */
export interface AskedOnce {
  readonly id: string
  readonly body: { readonly content: string; readonly model: string }
}

/** One story on a bench: who asked what on which device, and what came of it. */
export class Scene implements Disposable {
  readonly bench: Bench
  readonly history = new History()
  readonly devices: Device[] = []
  readonly #tenant: string
  readonly #users = new Set<string>()
  #models = 0
  #questions = 0
  #earlier: Truth | undefined

  constructor(bench: Bench, tenant: string) {
    this.bench = bench
    this.#tenant = tenant
  }

  /** A device of somebody of this scene, connected; of another tenant where that is said. */
  async device(user: string, name = `device ${this.devices.length + 1}`, tenant: 'own' | 'other' = 'own', server = this.bench.server): Promise<Device> {
    const token = `${user}@${tenant === 'other' ? 'other' : ''}${this.#tenant}`
    this.#users.add(token)
    const { bench, history } = this
    const device = new Device({ token, name, history, url: () => server.url, random: bench.random, patienceMs: () => bench.devicePatienceMs })
    this.devices.push(device)
    return device.connect()
  }

  /** A device behind a balancer: each connection leads to one of the nodes that live, and it moves on when its node goes away. */
  async roamingDevice(user: string, name: string): Promise<Device> {
    const token = `${user}@${this.#tenant}`
    this.#users.add(token)
    const { bench, history } = this
    const url = () => {
      const alive = bench.servers.filter((server) => server.alive)
      return (alive[Math.floor(bench.random() * alive.length)] ?? bench.server).url
    }
    const device = new Device({ token, name, history, url, random: bench.random, patienceMs: () => bench.devicePatienceMs, movesOn: true })
    this.devices.push(device)
    return device.connect()
  }

  /** A model of this user's own, whose every token bears the user's mark. `options` as in provider-simulator-script.ts, with a `t<N>`. */
  model(user: { readonly token: string }, options: string): string {
    const model = `sim-${options}-s${this.#modelNumber()}`
    this.bench.provider.script(model, tokensOf(user, Number(/(?:^|-)t(\d+)/.exec(options)?.[1] ?? 20)))
    return `openai/${model}`
  }

  /** A model that says what its options say, or exactly these deltas. */
  bareModel(options: string, deltas?: readonly string[]): string {
    const model = `sim-${options}-s${this.#modelNumber()}`
    if (deltas) this.bench.provider.script(model, deltas)
    return `openai/${model}`
  }

  /** A question that nobody asked before, with its client message id. */
  question(user: { readonly token: string }, model: string): AskedOnce {
    const id = `${this.#tenant}-${++this.#questions}`
    return { id, body: { content: `${markOf(user.token)} asks question ${id}`, model } }
  }

  /** The provider's calls for questions of this scene. */
  get calls(): readonly SimulatedCall[] {
    return this.bench.provider.calls.filter((call) => call.messages.at(-1)?.content.includes(`@${this.#tenant}»`))
  }

  /** The provider's call for this question, once it was made. */
  async callFor({ body: { content } }: AskedOnce): Promise<SimulatedCall> {
    const deadline = performance.now() + this.bench.devicePatienceMs
    for (;;) {
      const call = this.calls.find(({ messages }) => messages.at(-1)?.content === content)
      if (call) return call
      if (performance.now() > deadline) throw new WaitedInVain('the provider', this.bench.devicePatienceMs, `the question ${content}`)
      await sleep(5)
    }
  }

  /** A REST call with this user's token. What comes back is evidence too. */
  async call(
    user: { readonly token: string }, method: string, path: string, body?: unknown, signal?: AbortSignal, server = this.bench.server,
  ): Promise<{ readonly status: number; readonly body: any }> {
    const response = await fetch(server.url + path, {
      method, ...(signal && { signal }), ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${user.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    })
    const text = await response.text()
    this.history.receive(user.token, text)
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** Reads what a route answers that may never end, for a moment. */
  async callStream(user: { readonly token: string }, path: string): Promise<void> {
    const response = await fetch(this.bench.server.url + path, { headers: { authorization: `Bearer ${user.token}` } })
    const first = await response.body?.getReader().read()
    this.history.receive(user.token, Buffer.from(first?.value ?? new Uint8Array()).toString())
    await response.body?.cancel().catch(() => {})
  }

  async read(): Promise<Truth> {
    const server = this.bench.servers.find(({ alive }) => alive) ?? this.bench.server
    return readTruth(server.url, [...this.#users], (user, text) => this.history.receive(user, text))
  }

  /** Every invariant that does not hold, now that all is quiet. A later call also compares with the earlier one. */
  async violations(): Promise<string[]> {
    const truth = await this.read()
    const { history, calls } = this
    const expectedText = (model: string) => (model.includes('endless') ? null : this.bench.provider.expectedText(model))
    const found = violationsOf({ history, truth, calls, markOf, earlier: this.#earlier, expectedText })
    this.#earlier = truth
    return found
  }

  [Symbol.dispose](): void {
    for (const device of this.devices) device.leave()
  }

  #modelNumber(): number {
    return Number.parseInt(this.#tenant, 36) * 1000 + ++this.#models
  }
}

/** The first tokens of each answer to this user. */
export function tokensOf(user: { readonly token: string }, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${i === 0 ? '' : ' '}${markOf(user.token)}${i + 1}`)
}

const markOf = (token: string) => `«${token}»`

/** 0, 1, 2, … as a, b, c, …: what a tenant of the tests may be called. */
function letters(n: number): string {
  return (n >= 26 ? letters(Math.floor(n / 26) - 1) : '') + String.fromCharCode(97 + (n % 26))
}
