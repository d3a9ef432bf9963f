/** Everything a schedule plays with: clients, the life of the server that is on, the far side, time, and what went wrong. */
import { Journal } from './journal.ts'
import { inEpoch, Record, type Ground } from './ground.ts'
import { Life, settings, turnDeps, type Overrides, type Ports } from './life.ts'
import { PendingCalls } from './pending-calls.ts'
import { seededRandom, type Random } from './random.ts'
import { ScriptedProvider } from './scripted-provider.ts'
import { Tab, type Surroundings } from './tab.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { AbandonedTurn, Store } from '../../../server/store/store.ts'
import { recoverTurns } from '../../../server/turn/recover-turns.ts'
import type { MakeId } from '../../../server/lib/ids.ts'

/** More moves than any schedule needs to come to rest. */
const mostMoves = 5000
/** How late after its deadline a turn may be closed, in milliseconds. */
const deadlineSlackMs = 1000

export class World implements Surroundings {
  readonly clock = new VirtualClock()
  readonly provider = new ScriptedProvider()
  readonly journal = new Journal()
  readonly record = new Record(() => this.clock.monotonic())
  readonly violations: string[] = []
  readonly users: readonly string[]
  readonly tabs: readonly Tab[]
  readonly touch = () => void (this.#activity += 1)
  diskWasFull = false
  epoch = 'first-life'
  life: Life
  readonly #ground: Ground
  readonly #store: Store
  readonly #overrides: Overrides
  readonly #random: Random
  readonly #number: number
  #activity = 0
  #ids = 0
  /** Time that passed while the store was at work: a turn may be on disk so long before its owner knows. */
  #slowMs = 0
  #lives = 1
  /** Turns that another owner holds and has not closed yet. */
  #held: { readonly ports: Ports; readonly turns: readonly AbandonedTurn[] }[] = []

  constructor(ground: Ground, seed: number, overrides: Overrides) {
    this.#ground = ground
    this.#store = this.record.over(ground.store)
    this.#overrides = overrides
    this.#random = seededRandom(seed)
    this.#number = ground.nextNumber()
    this.users = ['ada', 'bob'].map((name) => `${name}${inLetters(this.#number)}@acme`)
    this.tabs = [0, 0, 1].map((user, i) => new Tab(this, `tab ${i}`, this.users[user]!))
    this.life = this.#begin()
  }

  get store(): Store {
    return this.#store
  }

  /** Counts what happened, for the figures of the whole run. */
  count(what: string): void {
    const { figures } = this.#ground
    figures.set(what, (figures.get(what) ?? 0) + 1)
  }

  /** Lets this process do all that needs no store and no time. */
  async drain(): Promise<void> {
    for (let idle = 0; idle < 3;) {
      const before = this.#activity
      await new Promise((resolve) => setImmediate(resolve))
      idle = this.#activity === before ? idle + 1 : 0
    }
  }

  /** Lets the store make so many moves. True: nothing is under way any more. */
  async advance(moves: number): Promise<boolean> {
    for (let move = 0; move < moves; move++) {
      await this.drain()
      if (!(await this.life.calls.advance())) return true
    }
    await this.drain()
    return false
  }

  /** Lets everything come to rest, and looks whether what must have happened by then did. */
  async quiet(): Promise<void> {
    if (!(await this.advance(mostMoves))) this.violations.push('[I2] the server does not come to rest')
    if (!this.life.recovered && !this.diskWasFull) this.violations.push('[I2] recovery does not come to its end')
    for (const tab of this.tabs) for (const owed of tab.connection?.owed ?? []) tab.complain(`[I1] ${owed}`)
    if (!this.diskWasFull) this.#checkEnds()
  }

  /** Goes on in time; each deadline on the way is lived through. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.clock.monotonic() + milliseconds
    while (this.clock.fireNext(until)) await this.quiet()
    await this.quiet()
  }

  /** Time passes while the store is slow: what is due fires in the middle of whatever is under way. */
  fire(milliseconds: number): void {
    const from = this.clock.monotonic()
    this.clock.fireNext(from + milliseconds)
    this.#slowMs += this.clock.monotonic() - from
  }

  fillDisk(groups: number): void {
    this.diskWasFull = true
    this.life.calls.failNext(groups)
  }

  /** The process dies and another one starts on the same data; `during` is after how many moves of its recovery that one dies too. */
  async kill(death: { readonly committed: number; readonly restored: boolean; readonly during: number | null }): Promise<void> {
    await this.#die(death.committed)
    if (death.restored) this.epoch = `life-${this.#lives}`
    this.life = this.#begin()
    if (death.during === null) return
    await this.advance(death.during)
    await this.#die(death.committed)
    this.life = this.#begin()
  }

  /** Another process raises the fence of every running turn behind this one's back. */
  async takeOver(closing: boolean): Promise<void> {
    const turns = await this.#store.claimAbandonedTurns()
    for (const _ of turns) this.count('turns taken over')
    this.#held.push({ ports: this.#ports(this.#store, this.provider.shelf().models), turns })
    if (closing) await this.closeHeld()
  }

  /** The other owner closes what it took. */
  async closeHeld(): Promise<void> {
    for (const { ports, turns } of this.#held.splice(0)) {
      await recoverTurns(turnDeps({ ...ports, store: { ...ports.store, claimAbandonedTurns: async () => turns } }))
    }
  }

  unexpected(where: string, error: unknown): void {
    const known = this.diskWasFull || String(error).includes('the schedule broke the adapter')
    if (!known) this.violations.push(`unexpected in ${where}: ${(error as Error)?.stack ?? String(error)}`)
  }

  #begin(): Life {
    const { models, hangUp } = this.provider.shelf()
    const calls = new PendingCalls(this.#random, this.touch)
    this.#lives += 1
    return new Life(this.#ports(inEpoch(this.#store, this.epoch), models), { calls, hangUp, overrides: this.#overrides })
  }

  #ports(store: Store, models: Ports['models']): Ports {
    const makeId: MakeId = (kind) => `${kind}_${String(this.#number).padStart(10, '0')}${String(++this.#ids).padStart(16, '0')}`
    const events = { ...this.#ground.events, unexpected: (where: string, error: unknown) => this.unexpected(where, error) }
    return { store, models, clock: this.clock, makeId, events }
  }

  async #die(committed: number): Promise<void> {
    this.count('deaths')
    await this.life.die(committed)
    for (const tab of this.tabs) tab.connection?.cut()
    await this.drain()
  }

  #checkEnds(): void {
    for (const tab of this.tabs) {
      const running = (tab.connection?.stopped ?? []).filter((turnId) => this.#runs(turnId))
      for (const turnId of running) tab.complain(`[R21] ${turnId} was stopped and still runs`)
    }
    for (const { turnId, messageId } of this.journal.turns.values()) {
      const isClosed = !this.record.running.has(turnId) && !this.record.claimed.has(turnId)
      const isAsked = this.provider.callsFor(messageId).some((call) => call.open)
      if (isClosed && isAsked) this.violations.push(`[R21] ${turnId} is closed and its provider is still asked`)
    }
    for (const [turnId, openedAt] of this.record.running) {
      const isOverdue = this.clock.monotonic() - openedAt > settings.turnMs + deadlineSlackMs + this.#slowMs
      if (isOverdue && this.#runs(turnId)) this.violations.push(`[R13] ${turnId} runs beyond its deadline`)
    }
  }

  #runs(turnId: string): boolean {
    return this.record.running.has(turnId) && !this.record.claimed.has(turnId)
  }
}

function inLetters(number: number): string {
  return number.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!)
}
