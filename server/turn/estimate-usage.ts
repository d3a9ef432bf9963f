import type { Usage } from '#protocol/turn.ts'
import { estimateTextTokens } from '../lib/estimate-tokens.ts'

/**
 * What an answer took, where its provider did not get to say: counted from what arrived, and marked so. Null where nothing
 * arrived, and for the librarian, which uses no tokens at all.
 */
export function estimateUsage(provider: string, received: { readonly text: string; readonly reasoning: string }): Usage | null {
  if (provider === 'librarian' || received.text + received.reasoning === '') return null
  const reasoning = received.reasoning === '' ? null : estimateTextTokens(received.reasoning)
  return { input: null, cached_input: null, output: estimateTextTokens(received.text) + (reasoning ?? 0), reasoning, estimated: true }
}
