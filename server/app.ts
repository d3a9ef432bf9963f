/** The composition root: the one place that says which parts are used. Tests replace parts here and nowhere else. */
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { builtInAgents } from './agents/built-in-agents.ts'
import { findAgent } from './agents/find-agent.ts'
import type { Bus } from './bus/bus.ts'
import { localBus } from './bus/local-bus.ts'
import { PostgresBus } from './bus/postgres-bus.ts'
import { developmentOrigins, secretsOf, type Config } from './config/config.ts'
import type { HttpDeps } from './http/http-deps.ts'
import { createHttpServer } from './http/http-server.ts'
import { Overload, processLoad, type Load } from './http/overload.ts'
import { portOwner } from './http/port-owner.ts'
import { attachSockets } from './http/sockets/attach-sockets.ts'
import { UserLimits } from './http/user-limits.ts'
import { keepDuty } from './jobs/keep-duty.ts'
import { purgeHandler } from './jobs/purge.ts'
import { runJobs } from './jobs/run-jobs.ts'
import { systemClock, type Clock } from './lib/clock.ts'
import { makeId, type MakeId } from './lib/ids.ts'
import type { ModelShelf } from './models/language-model.ts'
import { modelCatalog } from './models/catalog.ts'
import { anthropicProviders } from './models/anthropic/anthropic-model.ts'
import { googleProviders } from './models/google/google-model.ts'
import { librarianModel } from './models/librarian/librarian-model.ts'
import { pickQuotes, quoteCharacters, quotesLookedAt } from './models/librarian/pick-quotes.ts'
import { findLocalServers, usualLocalServers, type LocalServer } from './models/local-servers.ts'
import { defaultBaseUrls, modelShelf, type ConfiguredProvider, type ShelfAdapters } from './models/model-shelf.ts'
import { offeredModels } from './models/offered-models.ts'
import { O200kCounter } from './models/o200k/o200k-counter.ts'
import { openAICompatibleProviders } from './models/openai-compatible/openai-compatible-model.ts'
import { keepIndexed } from './search/keep-indexed.ts'
import { openPostgresStore } from './store/postgres/postgres-store.ts'
import { openSqliteStore } from './store/sqlite/sqlite-store.ts'
import type { Store } from './store/store.ts'
import { businessEvents } from './telemetry/events.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import type { Identity } from './tenants/identity.ts'
import { localIdentity } from './tenants/local/local-identity.ts'
import { keepLogCompact } from './turn/compact-log.ts'
import { endTurns } from './turn/end-turns.ts'
import { heedStops } from './turn/heed-stops.ts'
import { keepLeases } from './turn/keep-leases.ts'
import { LiveTurns } from './turn/live-turns.ts'
import { LogWriter } from './turn/log-writer.ts'
import { recoverTurns } from './turn/recover-turns.ts'
import { RemoteTurns } from './turn/remote-turns.ts'
import { RetryBudget } from './turn/retry-budget.ts'
import { ringFollowers } from './turn/ring-followers.ts'
import { TokenEstimates } from './turn/token-estimates.ts'
import type { TurnDeps } from './turn/turn-deps.ts'

/** Where processes share a database: how long a turn or a duty stays with its process after each sign of life. */
const turnLeaseMs = 15_000

/** What tests put in the place of a part. */
export interface Overrides {
  readonly clock?: Clock
  readonly makeId?: MakeId
  readonly logger?: Logger
  readonly identity?: Identity
  readonly models?: ModelShelf
  /** Where to look for servers of models on this machine: nowhere, if nothing is said. */
  readonly localServers?: 'usual' | readonly LocalServer[]
  /** What the process may use and uses. */
  readonly load?: Load
  /** Wraps the store that would be used. */
  readonly store?: (store: Store) => Store
  /** Instead of `turnLeaseMs`. */
  readonly leaseMs?: number
  /** Where the built page is; null: there is none. */
  readonly pageDirectory?: string | null
}

export interface App extends AsyncDisposable {
  /** `http://host:port` with the base path. */
  readonly url: string
  readonly turns: TurnDeps
  /** Takes nothing new, lets running turns finish for `drainMs`, ends the rest, and closes: then all that was promised is on disk. */
  drain(drainMs: number): Promise<void>
}

/** Opens every part, closes what an earlier process left open, and listens. */
export async function openApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const logger = overrides.logger ?? createLogger({ level: 'info', secrets: secretsOf(config) })
  const metrics = createMetrics()
  const opened = new AsyncDisposableStack()
  const owner = (overrides.makeId ?? makeId)('n', (overrides.clock ?? systemClock).now())
  try {
    const turns = await openTurns(config, overrides, { logger, metrics, owner, opened })
    await recoverTurns(turns)
    return await listen(config, overrides, { turns, logger, metrics, owner, opened })
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** Parts that stand by themselves, and the stack that closes them: what was opened last is closed first. */
interface Ground {
  readonly logger: Logger
  readonly metrics: Metrics
  /** This process's name among those that share its data. */
  readonly owner: string
  readonly opened: AsyncDisposableStack
}

async function openTurns(config: Config, overrides: Overrides, { logger, metrics, owner, opened }: Ground): Promise<TurnDeps> {
  const clock = overrides.clock ?? systemClock
  const newId = overrides.makeId ?? makeId
  const events = businessEvents(logger, metrics)
  const found = findModels(config, overrides.localServers === 'usual' ? usualLocalServers : (overrides.localServers ?? []))
  const { bus, ...stored } = await openStore(config, { clock, newId, owner, leaseMs: overrides.leaseMs ?? turnLeaseMs }, opened)
  const store = overrides.store?.(stored.store) ?? stored.store
  const librarian = librarianModel(async (asker, question) => pickQuotes(question, await store.searchMessages(asker, {
    text: question, exceptMessageId: asker.messageId, limit: quotesLookedAt, characters: quoteCharacters, now: clock.now(),
  })))
  const liveTurns = new LiveTurns()
  return {
    store, clock, events, makeId: newId, bus, liveTurns,
    retries: new RetryBudget(() => liveTurns.size), remoteTurns: new RemoteTurns({ store, bus, clock }),
    logWriter: new LogWriter(store, clock, (error) => events.unexpected('appending to the log', error)),
    models: overrides.models ?? modelShelf(await found, { librarian, connect: openProviders(opened) }, clock),
    catalog: modelCatalog(config.prices), tokens: new TokenEstimates(opened.use(new O200kCounter()), clock), findAgent: (id) => findAgent(id), settings: { ...config.answers, ...config.deadlines },
  }
}

/** How long an endpoint of the operator may take to say which models it offers. */
const offerMs = 500

/** The providers, and what endpoints of any name offer: those of the operator or, where there is no provider, what runs here. */
async function findModels(config: Config, localServers: readonly LocalServer[]): Promise<readonly ConfiguredProvider[]> {
  const mayLook = config.findLocal && config.providers.length === 0
  const local = mayLook ? await findLocalServers(localServers.filter(({ port }) => port !== config.port)) : []
  const providers = await Promise.all(config.providers.map(async (provider): Promise<ConfiguredProvider> => {
    if (provider.baseUrl === null || provider.id in defaultBaseUrls) return provider
    return { ...provider, models: (await offeredModels(provider.baseUrl, provider.keys[0] ?? null, offerMs))?.models ?? [] }
  }))
  return [...providers, ...local.map(({ id, baseUrl, models }) => ({ id, keys: [], baseUrl, models }))]
}

/** Whoever has no protocol of their own speaks OpenAI's. */
function openProviders(opened: AsyncDisposableStack): ShelfAdapters['connect'] {
  const others = opened.use(openAICompatibleProviders())
  const own = new Map([['anthropic', opened.use(anthropicProviders())], ['google', opened.use(googleProviders())]])
  return (provider) => (own.get(provider.id) ?? others).connect(provider)
}

/** Truth and wake-ups: of one process with a file of its own, or of as many as share a Postgres. */
async function openStore(
  { databaseUrl: url, dataDirectory: directory }: Config,
  { clock, newId, owner, leaseMs }: { clock: Clock; newId: MakeId; owner: string; leaseMs: number },
  opened: AsyncDisposableStack,
): Promise<{ readonly store: Store; readonly bus: Bus }> {
  const newEpoch = newId('f', clock.now())
  if (url === null) return { store: opened.use(openSqliteStore({ directory, newEpoch })), bus: localBus() }
  const store = opened.use(await openPostgresStore({ url, newEpoch, owner, leaseMs }))
  return { store, bus: opened.use(await PostgresBus.open({ url, owner, clock })) }
}

async function listen(config: Config, overrides: Overrides, { opened, owner, ...parts }: Ground & { readonly turns: TurnDeps }): Promise<App> {
  const { turns } = parts
  const { host, basePath, metricsToken } = config
  let port = config.port
  let draining = false
  const identity = overrides.identity ?? localIdentity({ host, port: () => port, allowedOrigins: config.development ? developmentOrigins : [] })
  const deps: HttpDeps = {
    ...parts, identity, agents: builtInAgents, isDraining: () => draining, overload: new Overload(overrides.load ?? processLoad, turns),
    limits: new UserLimits(turns.clock, identity.limitsUsers ? config.userLimits : null),
    settings: { basePath, metricsToken, pageDirectory: overrides.pageDirectory === undefined ? builtPage : overrides.pageDirectory },
  }
  const http = await createHttpServer(deps)
  const sockets = attachSockets(http.server, deps)
  await http.listen({ host, port }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(port, error) : error
  })
  port = (http.server.address() as AddressInfo).port
  const { leaseMs } = turns.store
  const background = [
    readCatalogSoon(turns, config), keepLogCompact(turns), ringFollowers(turns), ...(leaseMs === null ? [] : [keepLeases(turns, leaseMs), heedStops(turns)]),
    keepDuty({ ...turns, owner }, 'search', keepIndexed(turns)), runJobs({ ...turns, owner }, { purge: purgeHandler(turns) }),
  ]

  const drain = async (drainMs: number) => {
    draining = true
    turns.events.draining({ runningTurns: turns.liveTurns.size })
    sockets.moving()
    await endTurns(turns, drainMs)
    await Promise.all(background.map((stop) => stop()))
    await sockets.close()
    await http.close()
    await opened.disposeAsync()
  }
  let drained: Promise<void> | null = null
  const once = (drainMs: number) => (drained ??= drain(drainMs))
  return { turns, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`, drain: once, [Symbol.asyncDispose]: () => once(0) }
}

/** A moment after the start, so that neither the start waits for the catalogue nor an answer. */
function readCatalogSoon({ catalog, clock }: TurnDeps, { providers }: Config): () => void {
  return clock.after(1000, () => {
    for (const { id } of providers) catalog.find(id, '', clock.now()).catch(() => {})
  })
}

function portTaken(port: number, cause: unknown): Error {
  const owner = portOwner(port)
  return new Error(`Port ${port} is taken${owner ? ` by ${owner}` : ''}. Stop that one, or set PORT to another.`, { cause })
}

const builtPage = fileURLToPath(new URL('../dist', import.meta.url))
