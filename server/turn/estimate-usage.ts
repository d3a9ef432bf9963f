import type { FailureCode, Usage } from '#protocol/turn.ts'
import { estimateTextTokens } from '../lib/estimate-tokens.ts'

/**
 * What an answer took, where its provider did not get to say: counted from what arrived, and marked so. What the provider had
 * counted by then stands, as long as more did not arrive. Null where nothing is known, and for the librarian, which uses no
 * tokens at all.
 */
export function estimateUsage(provider: string, received: { readonly text: string; readonly reasoning: string }, counted: Usage | null = null): Usage | null {
  if (provider === 'librarian') return null
  if (received.text + received.reasoning === '') return counted && { ...counted, estimated: true }
  const reasoning = received.reasoning === '' ? null : estimateTextTokens(received.reasoning)
  const output = estimateTextTokens(received.text) + (reasoning ?? 0)
  return {
    ...(counted ?? { input: null, cached_input: null }), output: Math.max(output, counted?.output ?? 0), reasoning: counted?.reasoning ?? reasoning, estimated: true,
  }
}

/** What a call takes before anything comes back: its question, counted here. */
export function usageBeforehand(provider: string, inputTokens: number): Usage | null {
  if (provider === 'librarian') return null
  return { input: inputTokens, cached_input: null, output: 0, reasoning: null, estimated: true }
}

/** Calls that end like this without a word may have read the question, which is billed; others were turned away. */
const mayHaveRead: ReadonlySet<FailureCode | null> = new Set([
  null, 'provider_cut', 'provider_malformed', 'first_delta_timeout', 'idle_timeout', 'turn_timeout', 'server_stopped', 'server_crashed', 'answer_too_large',
])

export function mayHaveUsage(error: FailureCode | null, providerStatus: number | null): boolean {
  return mayHaveRead.has(error) && (providerStatus === null || providerStatus < 400)
}
