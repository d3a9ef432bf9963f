import type { ModelPart } from '../language-model.ts'
import { isRecord } from './is-record.ts'

type ToolCallPart = Extract<ModelPart, { type: 'tool-call' }>

interface ToolCall {
  index: number | null
  id: string
  name: string
  arguments: string
}

/** A model that asks for more than this in one answer is not understood. */
const mostCalls = 128
const mostCharacters = 1024 * 1024

/**
 * Assembles tool calls that come in pieces. A piece belongs to the call with its index; where a provider gives no index, to
 * the call with its id; where it gives neither, to the newest call, unless it brings a name of its own.
 */
export class ToolCallPieces {
  readonly #calls: ToolCall[] = []
  #characters = 0

  /** False when the answer asks for more than can be held. */
  add(piece: Record<string, unknown>): boolean {
    const called = isRecord(piece.function) ? piece.function : {}
    const id = textOf(piece.id)
    const name = textOf(called.name)
    // Some servers send the arguments as an object instead of its text.
    const grown = isRecord(called.arguments) ? JSON.stringify(called.arguments) : textOf(called.arguments)
    const call = this.#find(typeof piece.index === 'number' ? piece.index : null, id, name)
    call.id ||= id
    call.name ||= name
    call.arguments += grown
    this.#characters += grown.length
    return this.#calls.length <= mostCalls && this.#characters <= mostCharacters
  }

  /** The whole calls in the model's order; null when one has no name. Their arguments are text as the model wrote it, JSON or not. */
  take(): readonly ToolCallPart[] | null {
    if (this.#calls.some((call) => call.name === '')) return null
    const ordered = this.#calls.every((call) => call.index !== null) ? this.#calls.toSorted((a, b) => a.index! - b.index!) : this.#calls
    return ordered.map((call, place) => ({ type: 'tool-call', id: call.id || `call_${place}`, name: call.name, arguments: call.arguments }))
  }

  #find(index: number | null, id: string, name: string): ToolCall {
    const sameIndex = index === null ? undefined : this.#calls.findLast((call) => call.index === index)
    // Some providers give every call index 0: another id with another name is another call.
    const restarted = sameIndex !== undefined && name !== '' && id !== '' && sameIndex.id !== '' && sameIndex.id !== id
    if (sameIndex !== undefined && !restarted) return sameIndex
    if (index === null) {
      const known = id === '' ? (name === '' ? this.#calls.at(-1) : undefined) : this.#calls.find((call) => call.id === id)
      if (known !== undefined) return known
    }
    const call = { index, id, name, arguments: '' }
    this.#calls.push(call)
    return call
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
