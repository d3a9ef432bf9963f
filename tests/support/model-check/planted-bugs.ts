/** Bugs that the model check must find, each planted at a port: the product knows none of them. */
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { LanguageModel, ModelPart, ModelShelf } from '../../../server/models/language-model.ts'
import type { DeltaBatch, OpenedTurn, OpenTurn, Store } from '../../../server/store/store.ts'
import type { LiveTurn } from '../../../server/turn/live-turn.ts'
import { LiveTurns } from '../../../server/turn/live-turns.ts'
import { recoverTurns } from '../../../server/turn/recover-turns.ts'
import type { TurnDeps } from '../../../server/turn/turn-deps.ts'
import { inEpoch } from './ground.ts'
import type { Overrides } from './life.ts'

/** Fences that a writer without respect for them tries. */
const fences = [1, 2, 3, 4, 5, 6]

export const plantedBugs = {
  'a message is acknowledged before its commit': { store: openEarly },
  'text is shown before its commit': { store: appendLater },
  'a follower misses what is committed between its reading and its listening': showingEvents((events, { known }) =>
    events.toSpliced(known, known > 0 ? 1 : 0)),
  'a follower is sent again what it has just read': showingEvents((events, { known }) =>
    events.toSpliced(known, 0, ...events.slice(Math.max(0, known - 1), known))),
  'a follower is told the end twice': showingEvents((events, { live }) => (live.closed ? [...events, ...events.slice(-1)] : events)),
  'a follower is not woken by the end': showing((live) => ({
    onChange: (listener: () => void) => live.onChange(() => !live.closed && listener()),
  })),
  'a stop only lets go of the answer': showing(() => ({ end: () => {} })),
  'a socket that closes stops its turns': showing((live) => ({
    onChange: (listener: () => void) => {
      const stopListening = live.onChange(listener)
      return () => {
        stopListening()
        if (!live.closed) live.end({ kind: 'stopped' })
      }
    },
  })),
  'whoever knows the id of a turn may follow and stop it': { liveTurns: () => new ForeignTurns() },
  'an append does not ask for the fence': inStore((store) => ({
    appendDeltas: async (batches) => {
      const isWritten = async (batch: DeltaBatch) => (await store.appendDeltas([batch])).length === 0
      for (const batch of batches) await firstThat(fences, (fence) => isWritten({ ...batch, fence }))
      return []
    },
  })),
  'a settlement does not ask for the fence': inStore((store) => ({
    settleTurn: (command) => firstThat(fences, (fence) => store.settleTurn({ ...command, fence })),
  })),
  'the same message sent again makes another turn': { store: forgetfulOfIds },
  'the same id with another content is taken for the same message': inStore((store) => ({
    openTurn: (command) => store.openTurn({ ...command, requestHash: 'any' }),
  })),
  'recovery loses the last row': inStore((store) => ({
    claimAbandonedTurns: async () => (await store.claimAbandonedTurns()).map((turn) => ({ ...turn, rows: turn.rows.slice(0, -1) })),
  })),
  'recovery asks the model again': { recover: recoverByAsking },
  'recovery leaves turns that had text as they are': inStore((store) => ({
    claimAbandonedTurns: async () => (await store.claimAbandonedTurns()).filter(({ rows }) => rows.length === 0),
  })),
  'a restored log keeps its epoch': { store: (store) => inEpoch(store, 'first-life') },
  'another call follows after text has come': { models: (shelf) => ({ ...shelf, find: (...id) => insisting(shelf.find(...id)!) }) },
  'a delta like the one before it is dropped': { models: (shelf) => withParts(shelf, dropRepeats()) },
  'a stream without its terminator counts as complete': {
    models: (shelf) => withParts(shelf, (part) => [part.type === 'failure' ? { type: 'finish', reason: 'other', usage: null } : part]),
  },
  'what came before a failure is thrown away': inStore((store) => ({
    settleTurn: (command) => store.settleTurn({ ...command, ...(command.outcome === 'interrupted' && { parts: [], rowLengths: [] }) }),
  })),
  'an attempt is not on record before its call': inStore(() => ({ startAttempt: async () => true })),
} as const satisfies Readonly<Record<string, Overrides>>

export type PlantedBug = keyof typeof plantedBugs

function openEarly(store: Store): Store {
  const known = new Set<string>()
  const isNew = ({ actor, clientMessageId }: OpenTurn) => known.size < known.add(`${actor.userId} ${clientMessageId}`).size
  return {
    ...store,
    openTurn: async (command) => {
      if (!isNew(command) || command.conversationId !== null) return store.openTurn(command)
      void store.openTurn(command).catch(() => {})
      const { newConversationId: conversationId, defaultAgentId: agentId, now: openedAt } = command
      return { kind: 'opened', newConversation: true, turn: { ...command, conversationId, agentId, fence: 1, openedAt } }
    },
  }
}

function appendLater(store: Store): Store {
  let lost: readonly string[] = []
  return {
    ...store,
    appendDeltas: async (batches) => {
      void store.appendDeltas(batches).then((found) => (lost = [...lost, ...found])).catch(() => {})
      return lost
    },
  }
}

function forgetfulOfIds(store: Store): Store {
  const sent = new Set<string>()
  return {
    ...store,
    openTurn: async (command): Promise<OpenedTurn> => {
      const again = sent.has(command.clientMessageId) ? ` again, ${sent.add(`${sent.size}`).size}` : ''
      sent.add(command.clientMessageId)
      const opened = await store.openTurn({ ...command, clientMessageId: command.clientMessageId + again })
      return opened.kind === 'opened' ? { ...opened, turn: { ...opened.turn, clientMessageId: command.clientMessageId } } : opened
    },
  }
}

/** The store with some of its calls replaced. */
function inStore(change: (store: Store) => Partial<Store>): Overrides {
  return { store: (store) => ({ ...store, ...change(store) }) }
}

/** Live turns with some of them replaced, for whoever looks one up. */
function showing(change: (live: LiveTurn) => Partial<Record<keyof LiveTurn, unknown>>): Overrides {
  return { liveTurns: () => new SeenTurns((live) => seen(live, change(live))) }
}

type ChangeEvents = (events: readonly TurnEvent[], looked: { readonly live: LiveTurn; readonly known: number }) => readonly TurnEvent[]

/** Live turns with other events. `known`: how many there were when the turn was looked up. */
function showingEvents(change: ChangeEvents): Overrides {
  return showing((live) => {
    const known = live.last
    const events = () => change(Array.from({ length: live.last }, (_, i) => live.eventAt(i + 1)), { live, known })
    return {
      get last() {
        return events().length
      },
      eventAt: (seq: number) => events()[seq - 1],
    }
  })
}

class SeenTurns extends LiveTurns {
  readonly #show: (live: LiveTurn) => LiveTurn

  constructor(show: (live: LiveTurn) => LiveTurn) {
    super()
    this.#show = show
  }

  override find(...given: Parameters<LiveTurns['find']>): LiveTurn | null {
    const live = super.find(...given)
    return live && this.#show(live)
  }
}

class ForeignTurns extends LiveTurns {
  override find(_actor: unknown, turnId: string): LiveTurn | null {
    return this.all().find((live) => live.turn.turnId === turnId) ?? null
  }
}

/** The live turn with some of it replaced. */
function seen(live: LiveTurn, replaced: Partial<Record<keyof LiveTurn, unknown>>): LiveTurn {
  return new Proxy(live, {
    get(target, key) {
      const described = Object.getOwnPropertyDescriptor(replaced, key)
      if (described) return described.get ? described.get() : described.value
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function firstThat(all: readonly number[], succeeds: (one: number) => Promise<boolean>): Promise<boolean> {
  for (const one of all) if (await succeeds(one)) return true
  return false
}

async function recoverByAsking(turns: TurnDeps): Promise<unknown> {
  const abandoned = await turns.store.claimAbandonedTurns()
  for (const { actor, conversationId, messageId, language } of abandoned) {
    const asker = { ...actor, conversationId, messageId, language }
    const model = turns.models.find('openai', 'gpt-4o-mini')!
    const stream = model.stream({ messages: [], temperature: 0, maxTokens: 1, asker }, new AbortController().signal)
    void stream[Symbol.asyncIterator]().next()
  }
  return recoverTurns({ ...turns, store: { ...turns.store, claimAbandonedTurns: async () => abandoned } })
}

function withParts(shelf: ModelShelf, change: (part: ModelPart) => readonly ModelPart[]): ModelShelf {
  const wrap = ({ provider, model, stream }: LanguageModel): LanguageModel => ({
    provider, model,
    async *stream(request, signal) {
      for await (const parts of stream(request, signal)) yield parts.flatMap(change)
    },
  })
  return { ...shelf, find: (provider, model) => wrap(shelf.find(provider, model)!) }
}

function dropRepeats(): (part: ModelPart) => readonly ModelPart[] {
  let before = ''
  return (part) => {
    const text = part.type === 'text-delta' ? part.text : ''
    const isRepeat = text !== '' && text === before
    before = text
    return isRepeat ? [] : [part]
  }
}

/** An adapter that asks once more when it was failed, which adapters must not. */
function insisting({ provider, model, stream }: LanguageModel): LanguageModel {
  return {
    provider, model,
    async *stream(request, signal) {
      let begun = false
      for await (const parts of stream(request, signal)) {
        begun ||= parts.some((part) => part.type === 'text-delta')
        const hasFailed = parts.some((part) => part.type === 'failure')
        if (!hasFailed) yield parts
        else if (!begun) return yield parts
        else return yield* stream(request, signal)
      }
    },
  }
}
