import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase, prepareDirectory } from '../../server/store/sqlite/open-database.ts'
import { Disk, readRecord, recordedBy, type Survivors } from './power-loss.ts'
import { acknowledgedBy, auditStore } from './store-audit.ts'
import { seeded, startWorkload } from './store-process.ts'
import { rowText, type Workload } from './store-workload.ts'

export interface Trial {
  /** States of the disk that were opened and audited. */
  readonly states: number
  readonly events: number
  readonly acknowledged: number
  readonly checkpoints: number
  readonly violations: readonly string[]
}

interface Options {
  readonly store: Workload['store']
  readonly turns: number
  /** The share of moments at which the power goes, from 0 to 1. */
  readonly share: number
  readonly seed: number
}

const kinds: readonly Survivors[] = ['none', 'all', 'all but half of the last', 'any']

/** Records a store that is written by four lanes, lets the power go at moments of its life, and audits what each leaves behind. */
export async function losePower(folder: string, { store, turns, share, seed }: Options): Promise<Trial> {
  const [directory, log] = [join(folder, 'data'), join(folder, 'record')]
  prepareDirectory(directory)
  openDatabase(join(directory, 'parley.db'), 'epoch-1')
  const disk = new Disk({ 'parley.db': readFileSync(join(directory, 'parley.db')) })
  await record({ directory, lanes: 4, turns, rows: 3, settle: true, store, atTheEnd: 'leave' }, log)

  const random = seeded(seed)
  const events = readRecord(log)
  const said: string[] = []
  const violations: string[] = []
  let states = 0
  for (const [i, event] of events.entries()) {
    // Right before an acknowledgement everything it speaks of must be on disk already: that is when it is tried.
    disk.take(event)
    if (event.kind === 'said') said.push(event.line)
    if (event.kind === 'flush' || random() >= share) continue
    const survivors = event.kind === 'said' ? 'none' : kinds[Math.floor(random() * kinds.length)]!
    const after = join(folder, 'after')
    mkdirSync(after)
    disk.loseInto(after, survivors, random)
    for (const violation of startAndAudit(join(after, 'parley.db'), said)) violations.push(`event ${i}, ${survivors} of what was not flushed: ${violation}`)
    rmSync(after, { recursive: true })
    states++
  }
  const checkpoints = events.filter((event, i) => event.kind === 'flush' && event.file === 'parley.db' && events[i - 1]?.kind !== 'flush').length
  return { states, events: events.length, acknowledged: said.length, checkpoints, violations }
}

/** What the next start makes of it, and what is there then. */
function startAndAudit(file: string, said: readonly string[]): readonly string[] {
  try {
    openDatabase(file, 'epoch-2')
  } catch (error) {
    return [`the next start refuses: ${(error as Error).message}`]
  }
  return auditStore(file, acknowledgedBy(said), rowText)
}

/** Runs the workload under strace to its end. */
async function record(work: Workload, log: string): Promise<void> {
  const started = startWorkload(work, recordedBy(log))
  const code = await started.ended
  if (code !== 0 || !existsSync(log)) throw new Error(`The workload was not recorded (${code}): ${started.errors.join('\n')}`)
}
