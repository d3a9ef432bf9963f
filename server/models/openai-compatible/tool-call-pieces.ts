import { isRecord } from '../is-record.ts'
import { StructuredText } from './structured-text.ts'

interface AssembledCall {
  /** '' where it came without one, or with one that another call has. */
  readonly id: string
  /** Its place, as its first piece says. */
  readonly index: number | null
  readonly name: string
  readonly arguments: StructuredText
  /** Every id and every index that its pieces carried. */
  readonly ids: Set<string>
  readonly indexes: Set<number>
}

interface Piece {
  readonly index: number | null
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** What came for an index before its name did. */
interface Nameless {
  readonly id: string
  readonly arguments: string
  /** A name came, and it was blank: what never gets a better one is dropped, not an error. */
  readonly blank: boolean
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
  readonly #nameless = new Map<number, Nameless>()
  readonly #named = new Set<number>()
  #characters = 0

  /** False when the answer asks for more than can be held. */
  add(value: Record<string, unknown>): boolean {
    const piece = pieceOf(value)
    this.#characters += piece.arguments.length
    if (piece.index === null || this.#named.has(piece.index)) this.#place(piece)
    else this.#gather(piece.index, piece, isRecord(value.function) && typeof value.function.name === 'string')
    return this.#calls.length + this.#nameless.size <= mostCalls && this.#characters <= mostCharacters
  }

  /** The whole calls in the model's order; a name that never came is ''. Their arguments are text as the model wrote it, JSON or not. */
  take(): readonly { readonly id: string; readonly name: string; readonly arguments: string }[] {
    for (const [index, { blank, ...piece }] of this.#nameless) if (!blank) this.#place({ ...piece, index, name: '' })
    this.#nameless.clear()
    const calls = this.#calls.every((call) => call.index !== null) ? this.#calls.toSorted((a, b) => a.index! - b.index!) : this.#calls
    return calls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments.text }))
  }

  /** The first pieces at an index wait for its name. */
  #gather(index: number, piece: Piece, hasName: boolean): void {
    const before = this.#nameless.get(index)
    const gathered = { id: before?.id || piece.id, arguments: (before?.arguments ?? '') + piece.arguments, blank: before?.blank || hasName }
    if (piece.name === '') return void this.#nameless.set(index, gathered)
    this.#nameless.delete(index)
    this.#named.add(index)
    this.#place({ ...gathered, index, name: piece.name })
  }

  #place(piece: Piece): void {
    const found = this.#find(piece)
    if (found === 'unclear') return
    const call = found ?? this.#begin(piece)
    if (piece.id !== '') call.ids.add(piece.id)
    if (piece.index !== null) call.indexes.add(piece.index)
    call.arguments.append(piece.arguments)
  }

  #begin({ index, id, name }: Piece): AssembledCall {
    const own = this.#calls.some((call) => call.id === id) ? '' : id
    const call = { id: own, index, name, arguments: new StructuredText(), ids: new Set<string>(), indexes: new Set<number>() }
    this.#calls.push(call)
    return call
  }

  /** Null: it begins a new call. */
  #find({ index, id, name, arguments: text }: Piece): AssembledCall | 'unclear' | null {
    const begins = name !== '' && /^\s*[{[]/.test(text)
    const fits = (call: AssembledCall) => name === '' || call.name === name
    const atIndex = index === null ? [] : this.#calls.filter((call) => call.indexes.has(index))
    const withId = id === '' ? [] : this.#calls.filter((call) => call.ids.has(id))

    if (withId.length > 0) {
      if (index === null) return chosen(withId.filter(fits), begins)
      const both = chosen(atIndex.filter((call) => fits(call) && call.ids.has(id)), begins)
      if (both !== null || name !== '') return both
      return atIndex.length > 0 ? 'unclear' : chosen(withId, false)
    }
    if (id !== '') return begins ? null : chosen(atIndex.filter(fits), name !== '' && text.trim() === '')
    if (atIndex.length > 0) return chosen(atIndex.filter(fits), begins)
    return name === '' ? chosen(this.#calls, false) : null
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
