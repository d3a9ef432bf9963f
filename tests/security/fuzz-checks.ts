import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Overrides } from '../../server/app.ts'
import { faultSeed } from '../support/cluster/seeded.ts'
import { describe, Fuzz, type Fuzzed } from '../support/hostile/fuzz.ts'
import { sharedPostgres } from '../support/postgres.ts'
import { wirePath } from './frame-matrix.ts'
import { WireClient } from './wire-client.ts'
import { makeThing, startWorld, type ThingIds, type World } from './world.ts'

export type Engine = 'SQLite' | 'Postgres'

export interface FuzzedWorld {
  readonly world: World
  readonly fuzz: Fuzz
  readonly ids: ThingIds
}

/** A service with somebody whose things the fuzz knows, and may change and delete. With Postgres the file ends it after its tests. */
export async function openFuzz(t: TestContext, engine: Engine, overrides: Overrides = {}): Promise<FuzzedWorld> {
  const environment: Record<string, string> = {}
  if (engine === 'Postgres') {
    environment['DATABASE_URL'] = await (await sharedPostgres()).makeDatabase()
  }
  const world = await startWorld(t, { overrides, environment })
  const eve = world.app.signIn('eve@acme')
  const ids = await makeThing(eve, 'fuzzed')
  return { world, ids, fuzz: new Fuzz(world.app, eve, await describe(world.app.url), Object.values(ids)) }
}

export async function fuzzRequests(t: TestContext, { world, fuzz }: FuzzedWorld, count: number): Promise<Fuzzed> {
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  const before = await world.adasState()
  const fuzzed = await fuzz.requests(count)
  await world.app.app.turns.liveTurns.idle()
  t.diagnostic(`${fuzzed.sent} requests, seed ${faultSeed}: ${[...fuzzed.statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`).join(', ')}`)
  assert.deepEqual(unhandled, [])
  assert.equal(await world.adasState(), before, 'what is ada’s changed')
  assert.equal((await fetch(`${world.app.url}/readyz`)).status, 200)
  return fuzzed
}

/** Resolves with what must not be: an error that is none of the client's, or a socket that closed. */
export async function fuzzFrames(t: TestContext, { world, fuzz, ids }: FuzzedWorld, wire: string, count: number): Promise<readonly string[]> {
  const findings = new Set<string>()
  const client = await new WireClient(world.app.url, wirePath(wire, ids), { token: 'eve@acme' }).opened()
  t.after(() => client.end())
  await client.answers()
  const codes = new Map<string, number>()
  const left = [...fuzz.frames(wire, count)]
  while (left.length > 0 && client.closeCode === null) {
    const batch = left.splice(0, 20)
    for (const text of batch) client.sendText(text)
    for (const { type, payload } of await client.answers()) {
      const code = type.endsWith('error') ? String(payload['code']) : type
      codes.set(code, (codes.get(code) ?? 0) + 1)
      if (code === 'internal' || code === 'store_unavailable') findings.add(`one of these was answered with ${code}: ${batch.map((text) => text.slice(0, 200)).join(' ')}`)
    }
    // A frame may have signed the socket in as somebody else, or out.
    client.send({ type: 'auth', data: { token: 'eve@acme' } })
  }
  if (client.closeCode !== null) findings.add(`the socket was closed with ${client.closeCode}`)
  t.diagnostic(`${count} frames on ${wire}, seed ${faultSeed}: ${[...codes].map(([code, times]) => `${times} × ${code}`).join(', ')}`)
  return [...findings]
}
