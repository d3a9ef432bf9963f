import { type Adapter, anthropic, google, openai } from '../../models/ask.ts'

export const families = ['openai', 'openai-compatible', 'groq', 'anthropic', 'google'] as const
export type Family = (typeof families)[number]

/** What one provider sent, event by event. */
export interface Recording {
  readonly family: Family
  readonly name: string
  /** The `data:` payloads, in order. */
  readonly lines: readonly string[]
}

export const adapterOf: Readonly<Record<Family, Adapter>> = { openai, 'openai-compatible': openai, groq: openai, anthropic, google }

/** The body as it comes over the wire. */
export function bodyOf({ family, lines }: Recording, newline: '\n' | '\r\n' = '\n'): Buffer {
  const events = lines.map((line) => (family === 'anthropic' ? `event: ${typeOf(line)}\ndata: ${line}\n\n` : `data: ${line}\n\n`))
  const done = adapterOf[family] === openai ? 'data: [DONE]\n\n' : ''
  return Buffer.from((events.join('') + done).replaceAll('\n', newline))
}

function typeOf(line: string): string {
  return (JSON.parse(line) as { type: string }).type
}
