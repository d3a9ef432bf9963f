/**
 * The server as the tests start it: `node fault-server.ts PLAN`, with a FaultPlan as JSON and the rest from the environment. It is
 * the product's own composition, with people to sign in and with crash points and planted bugs as overrides. It takes
 * orders from its parent process and ends with it.
 */
import { limits } from '#protocol/limits.ts'
import { openApp, type App } from '../../../server/app.ts'
import { readConfig, type Config } from '../../../server/config/config.ts'
import { readEnvironment } from '../../../server/config/env.ts'
import type { LanguageModel } from '../../../server/models/language-model.ts'
import { processLoad } from '../../../server/http/overload.ts'
import { librarianModel } from '../../../server/models/librarian/librarian-model.ts'
import { modelShelf } from '../../../server/models/model-shelf.ts'
import { openAICompatibleProviders } from '../../../server/models/openai-compatible/openai-compatible-model.ts'
import type { Store } from '../../../server/store/store.ts'
import { createLogger } from '../../../server/telemetry/logger.ts'
import { testIdentity } from '../test-identity.ts'
import { modelWithCrashPoints, storeWithCrashPoints, watchProviderConnections } from './crash-points.ts'
import { FaultSwitches, type BugName, type FaultPlan, type Order, type Report } from './fault-switches.ts'
import { plantDriverBugs } from './planted-driver-bugs.ts'
import { modelWithBugs } from './planted-model-bugs.ts'
import { storeWithBugs } from './planted-store-bugs.ts'
import { plantTurnBugs } from './planted-turn-bugs.ts'
import { ShiftedClock } from './shifted-clock.ts'

const plan = JSON.parse(process.argv[2]!) as FaultPlan
const config = readConfig(readEnvironment(), { workingDirectory: process.cwd() })
const { firstDeltaMs, idleMs } = config.deadlines
const deafTo = { 'no-deadlines': [firstDeltaMs, idleMs], 'slow-readers-kept': [limits.socketSlowSeconds * 1000] } as const
const isDeaf = (own: FaultSwitches) => (milliseconds: number) => Object.entries(deafTo).some(([bug, timers]) => own.has(bug as BugName) && timers.includes(milliseconds))
const switches = new FaultSwitches(plan, (own) => new ShiftedClock(isDeaf(own)))
const { clock } = switches
clock.skew(plan.skewMs ?? 0)
watchProviderConnections(switches)
plantDriverBugs(switches)

const app = await open(config)
plantTurnBugs(app.turns.liveTurns, switches)
process.once('SIGTERM', () => void end(app))
process.once('disconnect', () => process.exit(1))
process.on('message', (order: Order) => {
  if ('plan' in order) switches.set(order.plan)
  else if ('skewMs' in order) clock.skew(order.skewMs)
  else clock.advance(order.advanceClockMs)
  report({ done: order.id })
})
report({ url: app.url })

function open(config: Config): Promise<App> {
  const providers = openAICompatibleProviders()
  const shelf = modelShelf(config.providers, { librarian: librarianModel(async () => []), connect: providers.connect })
  const wrapped = new WeakMap<LanguageModel, LanguageModel>()
  const providerUrl = config.providers[0]?.baseUrl ?? null
  const wrap = (model: LanguageModel) => modelWithBugs(modelWithCrashPoints(model, switches), switches, providerUrl)
  return openApp(config, {
    ...(plan.leaseMs !== undefined && { leaseMs: plan.leaseMs }),
    clock, identity: testIdentity(), pageDirectory: null, logger: createLogger({ level: 'info', secrets: [] }),
    load: {
      get openFiles() {
        return switches.has('never-sheds') ? Infinity : processLoad.openFiles
      },
      heapShare: () => (switches.has('never-sheds') ? 0 : processLoad.heapShare()),
    },
    // Bugs outside, crash points inside: a lie is told, and then the process dies where the truth would have been.
    store: (store) => weighing(storeWithBugs(storeWithCrashPoints(store, switches), switches, config)),
    models: {
      ...shelf,
      find(provider, name) {
        const model = shelf.find(provider, name)
        if (!model) return null
        wrapped.set(model, wrapped.get(model) ?? wrap(model))
        return wrapped.get(model)!
      },
    },
  })
}

/** Makes each turn that runs as heavy as the environment says. */
function weighing(store: Store): Store {
  const elements = Number(process.env['FAULT_TURN_MEBIBYTES'] ?? 0) * 2 ** 17
  if (elements === 0) return store
  const weights = new Map<string, readonly number[]>()
  return {
    ...store,
    openTurn(command) {
      weights.set(command.turnId, Array.from({ length: elements }, () => 0.5))
      return store.openTurn(command)
    },
    settleTurn(command) {
      weights.delete(command.turnId)
      return store.settleTurn(command)
    },
  }
}

async function end(app: App): Promise<void> {
  if (switches.has('drain-takes-turns')) await new Promise((resolve) => setTimeout(resolve, 1000))
  await app.drain(switches.has('drain-cuts') ? 0 : config.drainMs)
  process.exit(0)
}

function report(report: Report): void {
  process.send!(report)
}
