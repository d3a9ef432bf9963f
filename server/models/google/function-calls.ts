import type { ToolCall } from '../language-model.ts'
import { isRecord } from '../is-record.ts'
import { PartialArguments } from './partial-arguments.ts'

type Value = Record<string, unknown>

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly arguments: PartialArguments
}

/**
 * Function calls, which come whole, or, from servers that were asked to stream them, as a name followed by arguments one by one.
 * A piece without a name goes on with the newest call that is open.
 */
export class FunctionCalls {
  readonly #whole: (call: ToolCall) => void
  readonly #open: OpenCall[] = []
  #any = false

  constructor(whole: (call: ToolCall) => void) {
    this.#whole = whole
  }

  /** At least one came whole. */
  get any(): boolean {
    return this.#any
  }

  take({ id, name, args, partialArgs, willContinue }: Value): void {
    const named = typeof name === 'string'
    const pieces = Array.isArray(partialArgs) ? partialArgs.filter(isRecord) : null
    if (named && pieces === null && willContinue !== true) {
      return this.#emit(textOf(id), name, typeof args === 'string' ? args : JSON.stringify(args ?? {}))
    }
    if (named) this.#open.push({ id: textOf(id), name, arguments: new PartialArguments() })
    const call = this.#open.at(-1)
    if (!call) return
    if (pieces !== null) for (const piece of pieces) call.arguments.add(piece)
    const more = willContinue === true || (pieces ?? []).some((piece) => piece.willContinue === true)
    if (more || (pieces === null && (args ?? willContinue ?? null) !== null)) return
    this.#open.pop()
    this.#emit(call.id, call.name, call.arguments.text)
  }

  #emit(id: string, name: string, text: string): void {
    this.#any = true
    this.#whole({ id, name, arguments: text, runBy: 'us' })
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
