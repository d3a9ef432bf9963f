/**
 * The judge: what clients saw, what the service says, and what the provider counted, weighed against the invariants. It says nothing
 * of how the service works, so that a bug anywhere in between shows.
 */
import { isDeepStrictEqual } from 'node:util'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { SimulatedCall } from '../provider-simulator.ts'
import type { History, HistoryEntry } from './history.ts'
import type { Truth, TurnTruth } from './truth.ts'

export interface Evidence {
  readonly history: History
  readonly truth: Truth
  /** An earlier reading, after which nothing that was closed may have changed. */
  readonly earlier?: Truth | undefined
  readonly calls: readonly SimulatedCall[]
  /** What a provider's model says when nothing cuts it; null where that has no end. */
  readonly expectedText: (model: string) => string | null
  /** Words that may reach one user only. */
  readonly markOf: (user: string) => string
}

type Invariant = (evidence: Evidence) => Iterable<string>

const invariants: Readonly<Record<string, Invariant>> = {
  I1: acknowledgedOnce,
  I2: closedOnce,
  I3: sameForAll,
  I4: oneTurn,
  I5: closedStays,
  I6: counted,
  I7: ownersOnly,
}

/** Every violation, each a sentence that begins with its invariant. */
export function violationsOf(evidence: Evidence): string[] {
  return Object.entries(invariants).flatMap(([name, find]) => Array.from(find(evidence), (sentence) => `${name}: ${sentence}`))
}

/** Each acknowledged message is stored exactly once, as it was sent; what was not acknowledged at most once. */
function* acknowledgedOnce({ history, truth }: Evidence): Iterable<string> {
  const contents = new Map(history.of('sent').map((sent) => [`${sent.user} ${sent.clientMessageId}`, sent.content]))
  for (const { user, accepted } of history.of('accepted')) {
    const stored = truth.questions.get(user)?.filter((message) => message.client_message_id === accepted.client_message_id) ?? []
    if (stored.length !== 1) yield `${accepted.client_message_id} was acknowledged and is stored ${stored.length} times`
    else if (stored[0]!.id !== accepted.message_id) {
      yield `${accepted.client_message_id} was acknowledged as ${accepted.message_id} and is stored as ${stored[0]!.id}`
    } else if (stored[0]!.content !== contents.get(`${user} ${accepted.client_message_id}`)) {
      yield `${accepted.client_message_id} is stored with other words`
    }
  }
  for (const [user, messages] of truth.questions) {
    const ids = messages.map((message) => message.client_message_id)
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) yield `${id} of ${user} is stored twice`
  }
}

/** Seqs are 1..n, one terminal, nothing after it; a closed turn says the same wherever it is asked. */
function* closedOnce({ history, truth }: Evidence): Iterable<string> {
  for (const [id, { turn, events, answer, receipt }] of truth.turns) {
    if (turn.state === 'running') {
      yield `${id} was left running`
      continue
    }
    if (!events.every((event, i) => event.payload.seq === i + 1)) {
      yield `${id} has the seqs ${events.map((event) => event.payload.seq).join(' ')}`
    }
    const terminals = events.filter((event) => event.type !== 'chat.delta')
    if (terminals.length !== 1 || terminals[0] !== events.at(-1)) {
      yield `${id} has ${terminals.length} terminal events, or something after one`
    }
    if (new Set([turn.state, answer.outcome, receipt?.outcome, outcomeOf(events.at(-1))]).size !== 1) {
      yield `${id} has more than one outcome`
    }
    if (turn.last !== events.length) yield `${id} says it has ${turn.last} rows and has ${events.length}`
  }
  for (const { device, event } of history.of('event')) {
    const stored = truth.turns.get(event.payload.turn_id)?.events.at(-1)
    if (event.type !== 'chat.delta' && stored && !isDeepStrictEqual(event, stored)) {
      const { turn_id, outcome, seq } = event.payload
      yield `${device} was shown that ${turn_id} is ${outcome} at ${seq}, and it is ${outcomeOf(stored)} at ${stored.payload.seq}`
    }
  }
}

function outcomeOf(event: TurnEvent | undefined): string | undefined {
  return event && event.type !== 'chat.delta' ? event.payload.outcome : undefined
}

/** Every client's joined deltas are the log, and the log is the stored message, and that is what the provider said, byte for byte. */
function* sameForAll({ history, truth, expectedText }: Evidence): Iterable<string> {
  for (const [id, { turn, events, answer, receipt }] of truth.turns) {
    if (turn.state === 'running') continue
    const text = textOf(events)
    if (text !== answer.content) yield `${id} has ${text.length} characters in its log and ${answer.content.length} in its message`
    if (text.includes('\ufffd')) yield `${id} has a character that was not one`
    const said = receipt?.model && receipt.provider !== 'librarian' ? expectedText(receipt.model) : null
    if (said !== null && !(turn.state === 'completed' ? said === text : said.startsWith(text))) {
      yield `${id} is not what the provider said: ${excerpt(text, said)}`
    }
  }
  const ofTurns = history.entries.filter((entry) => turnOf(entry) !== null)
  const seen = Map.groupBy(ofTurns, (entry) => `${entry.user} ${entry.device} ${turnOf(entry)}`)
  for (const entries of seen.values()) {
    const stored = truth.turns.get(turnOf(entries[0]!)!)
    if (stored && stored.turn.state !== 'running') yield* whatOneSaw(entries, stored)
    if (!stored) yield `${entries[0]!.device} followed ${turnOf(entries[0]!)}, which is not stored`
  }
}

function turnOf(entry: HistoryEntry): string | null {
  if (entry.kind === 'event') return entry.event.payload.turn_id
  if (entry.kind === 'accepted') return entry.accepted.turn_id
  return entry.kind === 'resumed' || entry.kind === 'whole' ? entry.turnId : null
}

/** One device in one turn, over all its connections. A turn that it is told of by an acknowledgement begins at its first row. */
function* whatOneSaw(entries: readonly HistoryEntry[], { turn, events, answer }: TurnTruth): Iterable<string> {
  const who = `${entries[0]!.device} in ${turn.id}`
  let text = ''
  let last = 0
  let mayBegin = false
  for (const entry of entries) {
    if (entry.kind === 'accepted') {
      mayBegin = true
    } else if (entry.kind === 'resumed') {
      if (last !== 0 && entry.after !== last) yield `${who} was at ${last} and was told to go on after ${entry.after}`
      if (last === 0) text = textOf(events.slice(0, entry.after))
      last = entry.after
    } else if (entry.kind === 'whole') {
      text = entry.message.content
      last = entry.last
    } else if (entry.kind === 'event') {
      const { event } = entry
      if (mayBegin && event.payload.seq === 1) [text, last] = ['', 0]
      mayBegin = false
      if (event.payload.seq !== last + 1) return yield `${who} got row ${event.payload.seq} after row ${last}`
      last = event.payload.seq
      if (!isDeepStrictEqual(event, events[last - 1])) return yield `${who} was shown a row ${last} that the log does not have`
      text += textOf([event])
    }
  }
  if (last === events.length && text !== answer.content) yield `${who} has ${excerpt(text, answer.content)}`
  if (!answer.content.startsWith(text)) yield `${who} has text that the message does not: ${excerpt(text, answer.content)}`
}

function textOf(events: readonly TurnEvent[]): string {
  return events.map((event) => (event.type === 'chat.delta' && event.payload.kind === 'text' ? event.payload.delta : '')).join('')
}

/** Where two texts part. */
function excerpt(text: string, expected: string): string {
  let at = 0
  while (at < text.length && text[at] === expected[at]) at++
  const [is, belongs] = [text, expected].map((whole) => JSON.stringify(whole.slice(at, at + 24)))
  return `${is} where ${belongs} belongs, at ${at} of ${expected.length}`
}

/** One turn for each message that a client named, and no call of a provider that is not on its receipt. */
function* oneTurn({ history, truth, calls }: Evidence): Iterable<string> {
  const accepted = Map.groupBy(history.of('accepted'), ({ user, accepted }) => `${user} ${accepted.client_message_id}`)
  for (const [key, entries] of accepted) {
    const turns = new Set(entries.map((entry) => entry.accepted.turn_id))
    if (turns.size > 1) yield `${key} was acknowledged as ${turns.size} turns`
  }
  const asked = Map.groupBy(calls, (call) => call.messages.at(-1)?.content ?? '')
  const sent = new Set(history.of('sent').map(({ content }) => content))
  for (const content of sent) {
    const turns = [...truth.turns.values()].filter(({ question }) => question.content === content)
    if (turns.length > 1) yield `${excerpt(content, '')} has ${turns.length} turns`
    const attempts = turns.reduce((sum, { receipt }) => sum + (receipt?.attempts.length ?? 0), 0)
    const called = asked.get(content)?.length ?? 0
    if (called > attempts) yield `a provider was asked ${called} times for what has ${attempts} attempts on its receipt`
  }
}

/** What is closed does not change any more: nobody without the turn wrote to it. */
function* closedStays({ truth, earlier }: Evidence): Iterable<string> {
  for (const [id, before] of earlier?.turns ?? []) {
    const after = truth.turns.get(id)
    if (before.turn.state === 'running') continue
    if (!after) yield `${id} was closed and is gone`
    else if (!isDeepStrictEqual([after.events, after.answer, after.receipt], [before.events, before.answer, before.receipt])) {
      yield `${id} was closed and has changed`
    }
  }
}

/** The receipts' tokens are those that the provider counted; what it could not count is there and says so. */
function* counted({ truth, calls }: Evidence): Iterable<string> {
  const finished = Map.groupBy(calls.filter((call) => call.finished), (call) => call.messages.at(-1)?.content ?? '')
  for (const [id, { answer, question, receipt }] of truth.turns) {
    if (!receipt || receipt.provider === 'librarian') continue
    const { usage } = receipt
    const paid = receipt.attempts.flatMap(({ cost }) => cost ?? [])
    const sum = paid.reduce((picos, cost) => picos + Math.round(cost * 1e12), 0)
    if (receipt.price_problem === null && Math.round((receipt.cost ?? 0) * 1e12) !== sum) yield `${id} costs ${receipt.cost}, and its attempts ${paid.join(' + ')}`
    const call = finished.get(question.content)?.at(-1)
    if (receipt.outcome === 'completed' && !receipt.model?.includes('nousage')) {
      // An attempt that was cut before its first word is estimated, and then so is the sum; the one that answered was counted.
      const isFlagged = receipt.attempts.some((attempt) => attempt.usage?.estimated)
      if (call && (usage?.output !== call.tokensSent || receipt.attempts.at(-1)?.usage?.estimated || usage.estimated !== isFlagged)) {
        yield `${id} was answered with ${call.tokensSent} tokens, and its receipt says ${JSON.stringify(usage)}`
      }
    } else if (answer.content !== '' && !(usage?.estimated && (usage.output ?? 0) > 0)) {
      yield `${id} is ${receipt.outcome} with text, and its receipt says ${JSON.stringify(usage)}`
    }
  }
}

/** No byte of one user in anything that was sent to another. */
function* ownersOnly({ history, truth, markOf }: Evidence): Iterable<string> {
  for (const [user, texts] of history.received) {
    const others = truth.users.filter((other) => other !== user).map(markOf)
    for (const mark of others) {
      const found = texts.find((text) => text.includes(mark))
      if (found !== undefined) yield `${user} was sent ${mark}: ${found.slice(0, 120)}`
    }
  }
}
