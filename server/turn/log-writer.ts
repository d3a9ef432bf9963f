import type { Clock } from '../lib/clock.ts'
import { splitWholeCharacters } from '../lib/whole-characters.ts'
import type { DeltaBatch, DeltaRow, Store } from '../store/store.ts'
import type { LiveTurn } from './live-turn.ts'

/** How long rows of all turns gather before they share a commit. */
const gatherMs = 10
/** After a commit that failed: how long until the next try. */
const retryMs = 250
/** Text that may wait for a store that does not write; beyond it the turn is interrupted. */
const waitingLimit = 1024 * 1024

interface Gathering {
  readonly live: LiveTurn
  /** Rows whose commit failed, or may have: they keep their numbers and their texts, so that writing them again is writing them once. */
  unsure: readonly DeltaRow[]
  /** Deltas since the last row, neighbours of one kind joined. */
  pending: { kind: DeltaRow['kind']; text: string }[]
  nextSeq: number
}

/**
 * The log before it is shown. Deltas of all turns gather here, become numbered rows, are committed together, and only then
 * are shown. The first delta of a turn goes at the end of the loop's turn; later ones wait up to ten milliseconds for company.
 */
export class LogWriter {
  readonly #store: Pick<Store, 'appendDeltas'>
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  readonly #gathering = new Map<string, Gathering>()
  #writing: Promise<void> | null = null
  #cancelTimer: (() => void) | null = null

  constructor(store: Pick<Store, 'appendDeltas'>, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store
    this.#clock = clock
    this.#onError = onError
  }

  add(live: LiveTurn, kind: DeltaRow['kind'], text: string): void {
    const gathering = this.#gatheringOf(live)
    const last = gathering.pending.at(-1)
    if (last?.kind === kind) last.text += text
    else gathering.pending.push({ kind, text })
    if (gathering.nextSeq === 1) this.#soon()
    else this.#later(gatherMs)
  }

  /** Ends the gathering of a turn and resolves with its rows that are not committed yet: they go with the settlement. */
  async finish(live: LiveTurn): Promise<readonly DeltaRow[]> {
    await this.#writing
    const gathering = this.#gatheringOf(live)
    this.#gathering.delete(live.turn.turnId)
    return takeRows(gathering, 'all')
  }

  #gatheringOf(live: LiveTurn): Gathering {
    let gathering = this.#gathering.get(live.turn.turnId)
    if (!gathering) {
      gathering = { live, unsure: [], pending: [], nextSeq: live.rows.length + 1 }
      this.#gathering.set(live.turn.turnId, gathering)
    }
    return gathering
  }

  #soon(): void {
    setImmediate(() => this.#write())
  }

  #later(milliseconds: number): void {
    this.#cancelTimer ??= this.#clock.after(milliseconds, () => {
      this.#cancelTimer = null
      this.#write()
    })
  }

  /** One append at a time: while it is under way, the rest gathers. */
  #write(): void {
    if (this.#writing) return
    const taken = [...this.#gathering.values()].map((gathering) => ({ gathering, rows: takeRows(gathering, 'whole') })).filter(({ rows }) => rows.length > 0)
    if (taken.length === 0) return
    this.#writing = this.#append(taken).finally(() => {
      this.#writing = null
      const waiting = [...this.#gathering.values()].filter(({ pending, unsure }) => pending.length + unsure.length > 0)
      if (waiting.some(({ nextSeq }) => nextSeq === 1)) this.#soon()
      else if (waiting.length > 0) this.#later(gatherMs)
    })
  }

  async #append(taken: readonly { readonly gathering: Gathering; readonly rows: readonly DeltaRow[] }[]): Promise<void> {
    const batches: DeltaBatch[] = taken.map(({ gathering: { live }, rows }) => ({ turnId: live.turn.turnId, fence: live.turn.fence, rows }))
    try {
      const lost = new Set(await this.#store.appendDeltas(batches))
      for (const { gathering: { live }, rows } of taken) {
        if (lost.has(live.turn.turnId)) live.end({ kind: 'lease-lost' })
        else live.show(rows)
      }
    } catch (error) {
      this.#onError(error)
      for (const { gathering, rows } of taken) putBack(gathering, rows)
      this.#later(retryMs)
    }
  }
}

/** Numbers what waits. A half character at the end stays for its other half, unless this is `all` there will be. */
function takeRows(gathering: Gathering, extent: 'whole' | 'all'): readonly DeltaRow[] {
  const rows: DeltaRow[] = [...gathering.unsure]
  let rest: Gathering['pending'] = []
  for (const [i, { kind, text }] of gathering.pending.entries()) {
    const isLast = i === gathering.pending.length - 1
    const split = extent === 'whole' && isLast ? splitWholeCharacters(text) : { whole: text, rest: '' }
    if (split.rest) rest = [{ kind, text: split.rest }]
    if (split.whole) rows.push({ seq: gathering.nextSeq++, kind, text: split.whole.toWellFormed() })
  }
  gathering.unsure = []
  gathering.pending = rest
  return rows
}

function putBack(gathering: Gathering, rows: readonly DeltaRow[]): void {
  gathering.unsure = rows
  const waiting = [...rows, ...gathering.pending].reduce((sum, { text }) => sum + text.length, 0)
  if (waiting > waitingLimit) gathering.live.end({ kind: 'failed', code: 'internal' })
}
