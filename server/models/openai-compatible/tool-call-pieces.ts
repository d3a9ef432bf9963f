import { isRecord } from '../is-record.ts'
import { StructuredText } from './structured-text.ts'

interface AssembledCall {
  readonly index: number | null
  /** Every id that its pieces carried; the first is its own. */
  readonly ids: Set<string>
  readonly arguments: StructuredText
  name: string
  /** A name came, and it was blank: what never gets a better one is dropped, not an error. */
  blank: boolean
}

interface Piece {
  readonly index: number | null
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** A model that asks for more than this in one answer is not understood. */
const mostCalls = 128
const mostCharacters = 1024 * 1024

/**
 * Assembles tool calls that come in pieces, from servers that label the pieces more or less well. A piece belongs to
 * 1. the call at its index, with its id and its name, as far as it says them;
 * 2. or, where nothing but the id is known, the call with that id; where nothing is said at all, the only call there is.
 * Some servers give every call index 0, or the same id: a piece that brings a name and begins new arguments is a new call once
 * the arguments of the one that it would belong to are complete. A piece that could belong to several is dropped.
 */
export class ToolCallPieces {
  readonly #calls: AssembledCall[] = []
  #characters = 0

  /** False when the answer asks for more than can be held. */
  add(value: Record<string, unknown>): boolean {
    const piece = pieceOf(value)
    const found = this.#find(piece)
    if (found === 'unclear') return true
    const call = found ?? this.#begin(piece)
    if (piece.id !== '') call.ids.add(piece.id)
    call.name ||= piece.name
    call.blank ||= isRecord(value.function) && typeof value.function.name === 'string'
    call.arguments.append(piece.arguments)
    this.#characters += piece.arguments.length
    return this.#calls.length <= mostCalls && this.#characters <= mostCharacters
  }

  /** The whole calls in the model's order; a name that never came is ''. Their arguments are text as the model wrote it, JSON or not. */
  take(): readonly { readonly id: string; readonly name: string; readonly arguments: string }[] {
    const named = this.#calls.filter((call) => call.name !== '' || !call.blank)
    const ordered = named.every((call) => call.index !== null) ? named.toSorted((a, b) => a.index! - b.index!) : named
    const used = new Set<string>()
    return ordered.map((call) => {
      const [own = ''] = call.ids
      const id = used.has(own) ? '' : own
      used.add(id)
      return { id, name: call.name, arguments: call.arguments.text }
    })
  }

  #begin({ index, id }: Piece): AssembledCall {
    const call = { index, ids: new Set(id === '' ? [] : [id]), arguments: new StructuredText(), name: '', blank: false }
    this.#calls.push(call)
    return call
  }

  /** Null: it begins a new call. */
  #find({ index, id, name, arguments: text }: Piece): AssembledCall | 'unclear' | null {
    const begins = name !== '' && /^\s*[{[]/.test(text)
    const fits = (call: AssembledCall) => name === '' || call.name === '' || call.name === name
    const atIndex = index === null ? [] : this.#calls.filter((call) => call.index === index)
    const withId = id === '' ? [] : this.#calls.filter((call) => call.ids.has(id))

    if (withId.length > 0) {
      if (index === null) return chosen(withId.filter(fits), begins)
      const both = atIndex.filter((call) => fits(call) && call.ids.has(id))
      if (both.length > 0) return chosen(both, begins)
      if (name !== '') return null
      return atIndex.length > 0 ? 'unclear' : chosen(withId, false)
    }
    const labelled = atIndex.filter(fits)
    if (id !== '') {
      const nameless = labelled.find((call) => call.name === '')
      if (nameless) return nameless
      return labelled.length > 0 && !begins ? chosen(labelled, name !== '' && text.trim() === '') : null
    }
    if (atIndex.length > 0) return chosen(labelled, begins)
    return name === '' && index === null ? chosen(this.#calls, false) : null
  }
}

/** Of several calls the one whose arguments are not complete; `begins`: a complete one is not gone on with. */
function chosen(calls: readonly AssembledCall[], begins: boolean): AssembledCall | 'unclear' | null {
  if (calls.length === 0) return null
  if (!begins && calls.length === 1) return calls[0]!
  const open = calls.filter((call) => !call.arguments.complete)
  if (open.length === 1) return open[0]!
  return open.length > 1 || !begins ? 'unclear' : null
}

function pieceOf(value: Record<string, unknown>): Piece {
  const called = isRecord(value.function) ? value.function : {}
  return {
    index: typeof value.index === 'number' ? value.index : null,
    id: labelOf(value.id),
    name: labelOf(called.name),
    // Some servers send the arguments as an object instead of its text.
    arguments: isRecord(called.arguments) ? JSON.stringify(called.arguments) : typeof called.arguments === 'string' ? called.arguments : '',
  }
}

function labelOf(value: unknown): string {
  return typeof value === 'string' && value.trim() !== '' ? value : ''
}
