/** UTF-8 bytes to a token: English text has about four; three leaves room for code and other languages. */
const bytesPerToken = 3
/** What every message costs beside its text: role and separators. */
const messageTokens = 4

/** A cheap, cautious guess of the tokens of one message. Not for bills: those come from the provider's own count. */
export function estimateTokens(text: string): number {
  return messageTokens + estimateTextTokens(text)
}

export function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken)
}
