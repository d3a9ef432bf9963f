/** What the service itself says of its conversations once all is quiet, read over REST as any client may. */
import type { Conversation } from '#protocol/conversation.ts'
import type { Message } from '#protocol/message.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Receipt, Turn } from '#protocol/turn.ts'
import { createParser } from 'eventsource-parser'

export interface TurnTruth {
  readonly turn: Turn
  readonly question: Message
  readonly answer: Message
  /** The log from its first row; of a turn that still runs, nothing. */
  readonly events: readonly TurnEvent[]
  readonly receipt: Receipt | null
}

export interface Truth {
  /** Tokens of those who asked. */
  readonly users: readonly string[]
  readonly questions: ReadonlyMap<string, readonly Message[]>
  readonly turns: ReadonlyMap<string, TurnTruth>
}

/** Reads everything of these users. */
export async function readTruth(url: string, users: readonly string[], receive: (user: string, text: string) => void): Promise<Truth> {
  const turns = new Map<string, TurnTruth>()
  const questions = new Map<string, readonly Message[]>()
  for (const user of users) {
    const get = reader(url, user, (text) => receive(user, text))
    const messages: Message[] = []
    for (const { id } of await everything<Conversation>(get, '/api/v1/chat/conversations')) {
      messages.push(...(await everything<Message>(get, `/api/v1/chat/conversations/${id}/messages`)))
    }
    questions.set(user, messages.filter(({ role }) => role === 'user'))
    for (const answer of messages.filter(({ role }) => role === 'assistant')) {
      turns.set(answer.turn_id, await readTurn(get, answer, messages.find(({ id }) => id === answer.parent_id)!))
    }
  }
  return { users, questions, turns }
}

type Get = (path: string) => Promise<string | null>

function reader(url: string, token: string, receive: (text: string) => void): Get {
  return async (path) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
    const text = await response.text()
    receive(text)
    if (response.status === 404) return null
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`)
    return text
  }
}

async function everything<T>(get: Get, path: string): Promise<readonly T[]> {
  const items: T[] = []
  for (let page = 1; ; page++) {
    const list = JSON.parse((await get(`${path}?page=${page}&per_page=100`)) ?? '{"data":[],"pagination":{"has_next":false}}')
    items.push(...(list.data as T[]))
    if (!list.pagination.has_next) return items
  }
}

async function readTurn(get: Get, answer: Message, question: Message): Promise<TurnTruth> {
  const path = `/api/v1/chat/turns/${answer.turn_id}`
  const turn = JSON.parse((await get(path)) ?? 'null') as Turn
  const events = turn.state === 'running' ? [] : eventsIn((await get(`${path}/events?after=0`)) ?? '')
  const receipt = JSON.parse((await get(`${path}/receipt`)) ?? 'null') as Receipt | null
  return { turn, question, answer, events, receipt }
}

function eventsIn(text: string): readonly TurnEvent[] {
  const events: TurnEvent[] = []
  createParser({ onEvent: ({ event, data }) => void events.push({ type: event, payload: JSON.parse(data) } as TurnEvent) }).feed(text)
  return events
}
