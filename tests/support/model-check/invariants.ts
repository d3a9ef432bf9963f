/** After quiet: what every reader and the store must agree on. The numbers are those of the invariants that the suite is built on. */
import type { Message } from '#protocol/message.ts'
import type { FailureCode, Receipt } from '#protocol/turn.ts'
import type { Actor } from '../../../server/lib/actor.ts'
import type { TurnLog } from '../../../server/store/store.ts'
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
    if (ask.turnId !== null && question.turn_id !== ask.turnId) world.violations.push(`[I4] ${ask.clientMessageId} is in ${question.turn_id}, and ${ask.turnId} was announced`)
    if (question.content !== (ask.acknowledged ?? question.content) || !ask.contents.has(question.content)) world.violations.push(`[I1] ${ask.clientMessageId} is stored as ${question.content}`)
  }
  for (const [id] of questions) world.violations.push(`[I1] ${id} is stored, and nobody sent it`)
}

async function checkTurn(world: World, actor: Actor, answer: Message): Promise<void> {
  const log = (await world.store.readLog(actor, answer.turn_id))!
  const timeline = (await world.store.readTimeline(answer.turn_id))!
  const { receipt, turn } = log
  const complain = (complaint: string) => world.violations.push(`${complaint} (${turn.id})`)
  if (!receipt) return void complain('[I2] no receipt')
  const calls = world.provider.callsFor(turn.message_id)

  world.count(`turns ${turn.state}`)
  for (const _ of log.rows) world.count('rows')
  if (turn.state !== answer.outcome || receipt.outcome !== turn.state) complain(`[I2] the turn is ${turn.state}, its answer ${answer.outcome}, its receipt ${receipt.outcome}`)
  if (turn.last !== log.rows.length + 1) complain(`[I2] the last seq is ${turn.last}, and the log has ${log.rows.length} rows`)
  if (asText(partsOfRows(log.rows)) !== asText(answer.parts)) complain(`[I3] the log says ${asText(partsOfRows(log.rows))}, the message ${asText(answer.parts)}`)
  const content = answer.parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('')
  if (answer.content !== content) complain(`[I3] the message says ${answer.content}`)
  if (log.rows.some(({ text }) => text === '' || !text.isWellFormed())) complain('[I3] a row is empty or ends in half a character')

  if (calls.length > timeline.attempts.length) complain(`[I4] ${calls.length} calls and ${timeline.attempts.length} attempts on record`)
  if (receipt.attempts.length !== timeline.attempts.length) complain(`[I4] ${timeline.attempts.length} attempts and ${receipt.attempts.length} on the receipt`)
  if (timeline.attempts.some(({ state }) => state === 'running')) complain('[I4] an attempt is still open')
  if (calls.slice(0, -1).some((call) => call.begun)) complain('[I4] another model was asked after text had come')
  if (receipt.timings.total_ms < 0) complain(`[R31] it took ${receipt.timings.total_ms} ms`)

  const claimed = world.record.claimed.get(turn.id)
  if (claimed && asText(partsOfRows(claimed)) !== asText(answer.parts)) complain(`[I5] the log held ${asText(partsOfRows(claimed))} when another owner took it, and holds ${asText(answer.parts)}`)
  const wrong = claimed ? wrongAfterClaim(receipt, content) : wrongOutcome(world, log, receipt, answer, calls.at(-1) ?? null)
  if (wrong !== null) complain(wrong)
}

/** What a new owner closes was cut off by a crash, and nothing else is said of it. */
function wrongAfterClaim({ outcome, failure_code: code }: Receipt, content: string): string | null {
  return code === 'server_crashed' && outcome === (content === '' ? 'failed' : 'interrupted') ? null : `[R29] a turn whose owner died is ${outcome} with ${code}`
}

/** The outcome as server/turn/settle.ts defines it, with a cause that the schedule really gave, and the text that had come by then. */
function wrongOutcome(world: World, log: TurnLog, receipt: Receipt, answer: Message, call: ProviderCall | null): string | null {
  const { outcome, failure_code: code } = receipt
  const said = asText(call?.parts ?? [])
  const stored = asText(answer.parts)
  if (outcome === 'completed') return call?.end === 'finish' && stored === said ? null : `[I3] completed with ${stored}; the provider said ${said} and ${call?.end}`
  if (!said.startsWith(withoutHalf(stored))) return `[I3] ${stored} is stored, and the provider said ${said}`
  if (outcome === 'stopped') return world.journal.turns.get(log.turn.id)?.stopped ? null : '[R22] stopped, and nobody did'
  if (outcome !== (answer.content === '' ? 'failed' : 'interrupted') || code === null) return `[R09] ${outcome} with ${code} and the text ${JSON.stringify(answer.content)}`
  if (world.diskWasFull && code === 'internal') return null
  const least = leastMs[code]
  if (least !== undefined) return (world.record.openFor.get(log.turn.id) ?? 0) >= least ? null : `[R10] ${code} after ${world.record.openFor.get(log.turn.id)} ms`
  return call?.end && failureOfEnd[call.end] === code && stored === said ? null : `[R09] ${code} with ${stored}; the provider said ${said} and ${call?.end}`
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
  const terminal = events.at(-1)
  if (view.reached !== events.length || !view.closed) tab.complain(`[I3] ${turnId} was shown up to seq ${view.reached} of ${events.length}, ${view.closed ? 'with' : 'without'} its end`)
  if (view.told !== null && terminal?.type !== 'chat.delta' && view.told !== toldBy(terminal!)) tab.complain(`[I2] the end was told as ${view.told} and is ${toldBy(terminal!)}`)
  if (asText(view.parts) !== asText(joinParts(message.parts))) tab.complain(`[I3] ${asText(view.parts)} was shown of ${turnId}, and ${asText(message.parts)} is stored`)
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
