/**
 * The model that is always there. It knows nothing and makes nothing up: it quotes what the search handed to it finds among
 * the asker's own messages, says that no model is configured, and how to configure one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.ts'
import { librarianTexts } from './librarian-texts.ts'
import { blockquote, escapeMarkdown } from './quote-markdown.ts'
import type { Quote } from './pick-quotes.ts'

/** What this asker once wrote that bears on the question; the best first. */
export type SearchQuotes = (asker: ModelRequest['asker'], question: string) => Promise<readonly Quote[]>

/** Words that go together, so that an answer grows before one's eyes and is there at once. */
const wordsTogether = 12

/** `timeZone` (IANA) is where the dates under the quotes are told. */
export function librarianModel(search: SearchQuotes, timeZone = 'UTC'): LanguageModel {
  return {
    provider: 'librarian',
    model: 'librarian',
    async *stream(request, signal) {
      const answer = await writeAnswer(request, search, timeZone).catch((error: unknown) => failureOf(error))
      for (const parts of typeof answer === 'string' ? inPieces(answer) : [[answer]]) {
        if (signal.aborted) return
        yield parts
        await nextTurn()
      }
    },
  }
}

async function writeAnswer(request: ModelRequest, search: SearchQuotes, timeZone: string): Promise<string> {
  const texts = librarianTexts[request.asker.language]
  const question = request.messages.findLast((message) => message.role === 'user')?.content ?? ''
  const quotes = await search(request.asker, question)
  const quoted = quotes.map((quote) => {
    const title = quote.conversationTitle === null ? null : escapeMarkdown(quote.conversationTitle)
    return `${blockquote(quote.text)}\n\n${texts.source(title, quote.at, timeZone)}`
  })
  return [quotes.length > 0 ? texts.found(quotes.length) : texts.nothing, ...quoted, texts.remedy].join('\n\n')
}

function* inPieces(answer: string): Generator<readonly ModelPart[]> {
  const words = answer.match(/\s*\S+|\s+$/g) ?? []
  for (let n = 0; n < words.length; n += wordsTogether) {
    yield words.slice(n, n + wordsTogether).map((text) => ({ type: 'text-delta', text }))
  }
  yield [{ type: 'finish', reason: 'complete', usage: null }]
}

function failureOf(error: unknown): ModelPart {
  const name = error instanceof Error ? error.name : 'error'
  const detail = `the search for quotes failed: ${name}`
  return { type: 'failure', failure: { code: 'internal', status: null, retryAfterMs: null, detail } }
}
