import type { Phrases, SimulatorScript } from './provider-simulator-script.ts'

export type SimulatedWireName = 'openai' | 'anthropic' | 'google'

/** One protocol that the simulator speaks: how a call is told by its address, and what is said in it. */
export interface SimulatedWire {
  readonly name: SimulatedWireName
  readonly route: RegExp
  modelOf(path: string, body: Readonly<Record<string, unknown>>): string
  messagesOf(body: Readonly<Record<string, unknown>>): readonly { readonly role: string; readonly content: string }[]
  wantsStream(path: string, body: Readonly<Record<string, unknown>>): boolean
  wantsUsage(body: Readonly<Record<string, unknown>>): boolean
  phrases(script: SimulatorScript): Phrases
  /** The same answer in one piece, as a provider gives it that was not asked for a stream. */
  document(script: SimulatorScript, deltas?: readonly string[]): string
  error(status: number, message: string): string
}
