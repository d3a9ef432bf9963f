/** The composition root: the one place that says which parts are used. Tests replace parts here and nowhere else. */
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { builtInAgents } from './agents/built-in-agents.ts'
import { findAgent } from './agents/find-agent.ts'
import { localBus } from './bus/local-bus.ts'
import { developmentOrigins, secretsOf, type Config } from './config/config.ts'
import type { HttpDeps } from './http/http-deps.ts'
import { createHttpServer } from './http/http-server.ts'
import { Overload, processLoad, type Load } from './http/overload.ts'
import { portOwner } from './http/port-owner.ts'
import { attachSockets } from './http/sockets/attach-sockets.ts'
import { UserLimits } from './http/user-limits.ts'
import { purgeHandler } from './jobs/purge.ts'
import { runJobs } from './jobs/run-jobs.ts'
import { systemClock, type Clock } from './lib/clock.ts'
import { makeId, type MakeId } from './lib/ids.ts'
import type { ModelShelf } from './models/language-model.ts'
import { librarianModel } from './models/librarian/librarian-model.ts'
import { pickQuotes, quoteCharacters, quotesLookedAt } from './models/librarian/pick-quotes.ts'
import { modelShelf } from './models/model-shelf.ts'
import { openAICompatibleProviders } from './models/openai-compatible/openai-compatible-model.ts'
import { keepIndexed } from './search/index-messages.ts'
import { openSqliteStore } from './store/sqlite/sqlite-store.ts'
import type { Store } from './store/store.ts'
import { businessEvents } from './telemetry/events.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import type { Identity } from './tenants/identity.ts'
import { localIdentity } from './tenants/local/local-identity.ts'
import { keepLogCompact } from './turn/compact-log.ts'
import { endTurns } from './turn/end-turns.ts'
import { LiveTurns } from './turn/live-turns.ts'
import { LogWriter } from './turn/log-writer.ts'
import { recoverTurns } from './turn/recover-turns.ts'
import type { TurnDeps } from './turn/turn-deps.ts'

/** What tests put in the place of a part. */
export interface Overrides {
  readonly clock?: Clock
  readonly makeId?: MakeId
  readonly logger?: Logger
  readonly identity?: Identity
  readonly models?: ModelShelf
  /** What the process may use and uses. */
  readonly load?: Load
  /** Wraps the store that would be used. */
  readonly store?: (store: Store) => Store
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
  try {
    const turns = openTurns(config, overrides, { logger, metrics, opened })
    await recoverTurns(turns)
    return await listen(config, overrides, { turns, logger, metrics, opened })
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** Parts that stand by themselves, and the stack that closes them: what was opened last is closed first. */
interface Ground {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly opened: AsyncDisposableStack
}

function openTurns(config: Config, overrides: Overrides, { logger, metrics, opened }: Ground): TurnDeps {
  const clock = overrides.clock ?? systemClock
  const newId = overrides.makeId ?? makeId
  const events = businessEvents(logger, metrics)
  const sqlite = opened.use(openSqliteStore({ directory: config.dataDirectory, newEpoch: newId('f', clock.now()) }))
  const store = overrides.store?.(sqlite) ?? sqlite
  const providers = opened.use(openAICompatibleProviders())
  const librarian = librarianModel(async (asker, question) => pickQuotes(question, await store.searchMessages(asker, {
    text: question, exceptMessageId: asker.messageId, limit: quotesLookedAt, characters: quoteCharacters, now: clock.now(),
  })))
  return {
    store, clock, events, makeId: newId, bus: localBus(), liveTurns: new LiveTurns(),
    logWriter: new LogWriter(store, clock, (error) => events.unexpected('appending to the log', error)),
    models: overrides.models ?? modelShelf(config.providers, { librarian, connect: providers.connect }),
    findAgent: (id) => findAgent(id), settings: { ...config.answers, ...config.deadlines },
  }
}

async function listen(config: Config, overrides: Overrides, { opened, ...parts }: Ground & { readonly turns: TurnDeps }): Promise<App> {
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
  const stopCompacting = keepLogCompact(turns)
  const stopIndexing = keepIndexed(turns)
  const stopJobs = runJobs({ ...turns, owner: `process ${process.pid}` }, { purge: purgeHandler(turns) })

  const drain = async (drainMs: number) => {
    draining = true
    turns.events.draining({ runningTurns: turns.liveTurns.size })
    sockets.moving()
    await endTurns(turns, drainMs)
    await Promise.all([stopCompacting(), stopIndexing(), stopJobs()])
    await sockets.close()
    await http.close()
    await opened.disposeAsync()
  }
  let drained: Promise<void> | null = null
  const once = (drainMs: number) => (drained ??= drain(drainMs))
  return { turns, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`, drain: once, [Symbol.asyncDispose]: () => once(0) }
}

function portTaken(port: number, cause: unknown): Error {
  const owner = portOwner(port)
  return new Error(`Port ${port} is taken${owner ? ` by ${owner}` : ''}. Stop that one, or set PORT to another.`, { cause })
}

const builtPage = fileURLToPath(new URL('../dist', import.meta.url))
