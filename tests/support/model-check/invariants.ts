/** After quiet: what every reader and the store must agree on. The numbers are those of the invariants that the suite is built on. */
import type { Message, Part } from '#protocol/message.ts'
import type { FailureCode, Receipt } from '#protocol/turn.ts'
import type { Actor } from '../../../server/lib/actor.ts'
import { eventsOfLog, partsOfRows } from '../../../server/turn/turn-events.ts'
import type { KnownTurn } from './journal.ts'
import { settings } from './life.ts'
import { failureOfEnd, type ProviderCall } from './scripted-provider.ts'
import type { Tab } from './tab.ts'
import { asText, joinParts, toldBy, type View } from './view.ts'
import type { World } from './world.ts'

const page = { page: 1, perPage: 100 }

/** I1 to I5 over all that the users of this world have stored. */
export async function checkStored(world: World): Promise<void> {
  for (const user of world.users) {
    const actor = actorOf(user)
    const conversations = await world.store.listConversations(actor, { ...page, archived: false })
    const messages: Message[] = []
    for (const { id, running_turn_id: running } of conversations.items) {
      if (running !== null) world.violations.push(`[I2] ${id} still waits for ${running}`)
      messages.push(...(await world.store.listMessages(actor, id, page))!.items)
    }
    checkQuestions(world, user, messages)
    for (const answer of messages.filter(({ role }) => role === 'assistant')) await checkTurn(world, actor, answer)
  }
}

/** [I1] Each acknowledged message is there exactly once, as it was acknowledged; none is there twice. */
function checkQuestions(world: World, user: string, messages: readonly Message[]): void {
  const questions = Map.groupBy(messages.filter(({ role }) => role === 'user'), (message) => message.client_message_id)
  for (const ask of world.journal.askedBy(user)) {
    const stored = questions.get(ask.clientMessageId) ?? []
    questions.delete(ask.clientMessageId)
    const least = ask.turnId === null ? 0 : 1
    if (stored.length < least || stored.length > 1) world.violations.push(`[I1] ${ask.clientMessageId} is stored ${stored.length} times`)
    const [question] = stored
    if (!question) continue
    const { clientMessageId, turnId, acknowledged, contents } = ask
    const isElsewhere = turnId !== null && question.turn_id !== turnId
    const isOther = question.content !== (acknowledged ?? question.content) || !contents.has(question.content)
    if (isElsewhere) world.violations.push(`[I4] ${clientMessageId} is in ${question.turn_id}, and ${turnId} was announced`)
    if (isOther) world.violations.push(`[I1] ${clientMessageId} is stored as ${question.content}`)
  }
  for (const [id] of questions) world.violations.push(`[I1] ${id} is stored, and nobody sent it`)
}

async function checkTurn(world: World, actor: Actor, answer: Message): Promise<void> {
  const log = (await world.store.readLog(actor, answer.turn_id))!
  const { attempts } = (await world.store.readTimeline(answer.turn_id))!
  const { receipt, turn } = log
  if (!receipt) return void world.violations.push(`[I2] no receipt (${turn.id})`)
  world.count(`turns ${turn.state}`)
  for (const _ of log.rows) world.count('rows')

  const calls = world.provider.callsFor(turn.message_id)
  const claimed = world.record.claimed.get(turn.id)
  const whole = textOf(answer.parts)
  const stored = asText(answer.parts)
  const logged = asText(partsOfRows(log.rows))
  const taken = claimed ? asText(partsOfRows(claimed)) : stored
  const wrong: readonly (readonly [isWrong: boolean, complaint: string | null])[] = [
    [turn.state !== answer.outcome, `[I2] ${turn.state}, and the answer ${answer.outcome}`],
    [turn.state !== receipt.outcome, `[I2] ${turn.state}, and the receipt ${receipt.outcome}`],
    [turn.last !== log.rows.length + 1, `[I2] the last seq is ${turn.last}, and the log has ${log.rows.length} rows`],
    [logged !== stored, `[I3] the log says ${logged}, the message ${stored}`],
    [answer.content !== whole, `[I3] the message's parts say ${whole}, its content ${answer.content}`],
    [log.rows.some(({ text }) => text === '' || !text.isWellFormed()), '[I3] a row is empty or has half a character'],
    [calls.length > attempts.length, `[I4] ${calls.length} calls and ${attempts.length} attempts on record`],
    [receipt.attempts.length !== attempts.length, `[I4] ${attempts.length} attempts and ${receipt.attempts.length} on the receipt`],
    [attempts.some(({ state }) => state === 'running'), '[I4] an attempt is still open'],
    [calls.slice(0, -1).some((call) => call.begun), '[I4] another model was asked after text had come'],
    [taken !== stored, `[I5] the log held ${taken} when another owner took it, and holds ${stored}`],
    [receipt.timings.total_ms < 0, `[R31] it took ${receipt.timings.total_ms} ms`],
    [true, claimed ? wrongAfterClaim(receipt, whole) : wrongOutcome(world, receipt, answer, calls.at(-1) ?? null)],
  ]
  for (const [isWrong, complaint] of wrong) if (isWrong && complaint !== null) world.violations.push(`${complaint} (${turn.id})`)
}

const textOf = (parts: readonly Part[]) => parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('')

/** What a new owner closes was cut off by a crash, and nothing else is said of it. */
function wrongAfterClaim({ outcome, failure_code: code }: Receipt, content: string): string | null {
  const isRight = code === 'server_crashed' && outcome === (content === '' ? 'failed' : 'interrupted')
  return isRight ? null : `[R29] a turn whose owner died is ${outcome} with ${code}`
}

/** The outcome as server/turn/settle.ts defines it, with a cause that the schedule really gave, and the text that had come by then. */
function wrongOutcome(world: World, receipt: Receipt, answer: Message, call: ProviderCall | null): string | null {
  const { outcome, failure_code: code, turn_id: turnId } = receipt
  const said = asText(call?.parts ?? [])
  const stored = asText(answer.parts)
  const told = `${outcome} with ${code} and ${stored}; the provider said ${said} and ${call?.end}`
  if (outcome === 'completed') return call?.end === 'finish' && stored === said ? null : `[I3] ${told}`
  if (!said.startsWith(withoutHalf(stored))) return `[I3] ${told}`
  if (outcome === 'stopped') return world.journal.turns.get(turnId)?.stopped ? null : '[R22] stopped, and nobody did'
  if (outcome !== (answer.content === '' ? 'failed' : 'interrupted') || code === null) return `[R09] ${told}`
  if (world.diskWasFull && code === 'internal') return null
  const openFor = world.record.openFor.get(turnId) ?? 0
  if (code in leastMs) return openFor >= leastMs[code]! ? null : `[R10] ${code} after ${openFor} ms`
  return call?.end && failureOfEnd[call.end] === code && stored === said ? null : `[R09] ${told}`
}

const leastMs: Readonly<Partial<Record<FailureCode, number>>> = {
  first_delta_timeout: settings.firstDeltaMs, idle_timeout: settings.idleMs, turn_timeout: settings.turnMs,
}

/** Half a character at the end of what was cut off is stored as U+FFFD; its other half came too late. */
const withoutHalf = (text: string) => text.replace(/\ufffd$/, '')

/** [I2] [I3] What a page was shown, over all its connections, is the log, row by row, with its end, and joined it is the message. */
export async function checkView(world: World, tab: Tab, turnId: string, view: View): Promise<void> {
  const turn: KnownTurn = world.journal.turns.get(turnId)!
  const log = await world.store.readLog(actorOf(tab.user), turnId)
  const message = await world.store.findMessage(actorOf(tab.user), turn.responseId)
  if (!log || !message) return tab.complain(`[I1] ${turnId} is gone`)
  const events = eventsOfLog(log)
  const end = events.at(-1)
  const told = end && end.type !== 'chat.delta' ? toldBy(end) : null
  const shown = asText(view.parts)
  const stored = asText(joinParts(message.parts))
  if (view.reached !== events.length) tab.complain(`[I3] ${turnId} was shown up to seq ${view.reached} of ${events.length}`)
  if (!view.closed) tab.complain(`[I3] the end of ${turnId} was never shown`)
  if (view.told !== null && view.told !== told) tab.complain(`[I2] the end was told as ${view.told} and is ${told}`)
  if (shown !== stored) tab.complain(`[I3] ${shown} was shown of ${turnId}, and ${stored} is stored`)
  for (const event of events) tab.complain(prefixed(view.event(event)))
}

function prefixed(complaint: string | null): string | null {
  return complaint && `[I2] ${complaint}`
}

/** The actor behind a token of tests/support/test-identity.ts. */
function actorOf(token: string): Actor {
  const [userId, tenantId] = token.split('@') as [string, string]
  return { userId, tenantId }
}
