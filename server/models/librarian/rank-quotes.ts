/**
 * Finds what a user once said about something, by its words. Pure.
 * 1. The question's words, without those that every sentence has, become one pattern; case and accents do not count.
 * 2. A word is worth the more the fewer messages hold it. A message is worth the words of the question that it holds.
 * 3. Messages that hold less than a third of the question's worth are not quoted: nothing is better than something.
 */
import type { ScannedMessage } from '../../store/store.ts'
import { foldText } from './fold-text.ts'
import { questionWords } from './question-words.ts'

/** Something the user once wrote, and where. */
export interface Quote {
  readonly text: string
  readonly conversationId: string
  readonly conversationTitle: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

interface Hit {
  readonly place: number
  readonly word: number
}

interface Match {
  readonly message: ScannedMessage
  readonly hits: readonly Hit[]
  readonly words: ReadonlySet<number>
}

const mostQuotes = 3
const leastShare = 1 / 3
/** Characters that are read in all, newest messages first, so that a question never holds the event loop. */
const mostCharacters = 500_000
const mostWords = 24
/** Hits that are looked at in one message: a word repeated for pages adds nothing. */
const mostHits = 500
const quoteCharacters = 480

/** At most three quotes, the best first; of equally good ones the newest. Messages are given newest first. */
export function rankQuotes(question: string, messages: readonly ScannedMessage[]): readonly Quote[] {
  const words = questionWords(question).slice(0, mostWords)
  if (words.length === 0) return []
  const read = firstCharacters(messages)
  const matches = findMatches(words, read, question)
  const worth = words.map((_, word) => rarity(matches.filter((match) => match.words.has(word)).length, read.length))
  const worthOf = (found: Iterable<number>) => [...found].reduce((sum, word) => sum + worth[word]!, 0)
  const least = worthOf(words.keys()) * leastShare
  return matches
    .map((match) => ({ match, score: worthOf(match.words) }))
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score || b.match.message.createdAt - a.match.message.createdAt)
    .slice(0, mostQuotes)
    .map(({ match }) => quoteFrom(match, worth))
}

/** Each message once, and never the question itself asked before. */
function findMatches(words: readonly string[], messages: readonly ScannedMessage[], question: string): Match[] {
  // A plural is the same word. `œ` is written `oe` as often as not.
  const alternatives = words.map((word) => `(${word.replaceAll('oe', '(?:oe|œ)')})`)
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?:e?s|x)?(?![\\p{L}\\p{N}])`, 'gu')
  const seen = new Set([essence(question)])
  const matches: Match[] = []
  for (const message of messages) {
    const hits = [...hitsIn(foldText(message.content), pattern)]
    if (hits.length === 0 || seen.has(essence(message.content))) continue
    seen.add(essence(message.content))
    matches.push({ message, hits, words: new Set(hits.map((hit) => hit.word)) })
  }
  return matches
}

function* hitsIn(text: string, pattern: RegExp): Generator<Hit> {
  let count = 0
  for (const found of text.matchAll(pattern)) {
    if (++count > mostHits) return
    yield { place: found.index, word: found.findIndex((group, n) => n > 0 && group !== undefined) - 1 }
  }
}

/**
 * Inverse document frequency as BM25 has it (Robertson and Zaragoza 2009, 3.3), never below 0. A word that stands nowhere
 * counts like one that stands once: it must not outweigh every word that was found.
 */
function rarity(holding: number, all: number): number {
  const count = Math.max(1, holding)
  return Math.log(1 + (all - count + 0.5) / (count + 0.5))
}

function firstCharacters(messages: readonly ScannedMessage[]): readonly ScannedMessage[] {
  let characters = 0
  const end = messages.findIndex((message) => (characters += message.content.length) > mostCharacters)
  return end < 0 ? messages : messages.slice(0, end)
}

function essence(text: string): string {
  return foldText(text).replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

/** The whole message if it is short; of a long one the stretch that holds the most of the question, cut between words. */
function quoteFrom({ message, hits }: Match, worth: readonly number[]): Quote {
  const text = message.content.normalize('NFC').trim()
  const quote = text.length <= quoteCharacters ? text : stretchOf(message.content.normalize('NFC'), bestPlace(hits, worth))
  return { text: quote, conversationId: message.conversationId, conversationTitle: message.conversationTitle, at: message.createdAt }
}

/** Where the stretch begins whose words are worth the most together. */
function bestPlace(hits: readonly Hit[], worth: readonly number[]): number {
  let best = { place: 0, score: -1 }
  for (const [n, first] of hits.entries()) {
    const near = new Set<number>()
    for (let m = n; m < hits.length && hits[m]!.place < first.place + quoteCharacters * 0.75; m++) near.add(hits[m]!.word)
    const score = [...near].reduce((sum, word) => sum + worth[word]!, 0)
    if (score > best.score) best = { place: first.place, score }
  }
  return best.place
}

function stretchOf(text: string, place: number): string {
  const start = Math.max(0, Math.min(place - quoteCharacters / 8, text.length - quoteCharacters))
  const from = start === 0 ? 0 : boundaryAfter(text, start)
  const end = from + quoteCharacters
  const to = end >= text.length ? text.length : boundaryBefore(text, end)
  return `${from > 0 ? '…' : ''}${text.slice(from, to).trim()}${to < text.length ? '…' : ''}`
}

/** The next place between two words, or at least between two characters. */
function boundaryAfter(text: string, place: number): number {
  const space = text.slice(place, place + 40).search(/\s/)
  return space < 0 ? wholeCharacter(text, place) : place + space + 1
}

function boundaryBefore(text: string, place: number): number {
  const space = text.slice(place - 40, place).search(/\s\S*$/)
  return space < 0 ? wholeCharacter(text, place) : place - 40 + space
}

function wholeCharacter(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place + 1 : place
}
