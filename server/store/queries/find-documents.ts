import type { Selectable } from 'kysely'
import type { DocumentKind } from '../../lib/search/document-shape.ts'
import { countOf, lexemesBeginning } from '../../lib/search/document-terms.ts'
import { mayMean, rightLetters } from '../../lib/search/near-words.ts'
import { noPostings, readPostings, unitePostings, type Postings } from '../../lib/search/postings.ts'
import { mostQueryLexemes, queryWords, type QueryWord } from '../../lib/search/query-words.ts'
import { rankDocuments, type RankedDocuments } from '../../lib/search/rank-documents.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import type { SearchArchiveTable, SearchDocumentTable, SearchPostingTable, Sql } from '../schema.ts'
import { padded } from './padded.ts'
import { shapesTogether } from './shapes.ts'

/** Postings that one question reads: some ten milliseconds. The rarest lexemes come first, and they tell the most. */
const mostPostings = 400_000
/** Documents that go on to the second pass at most. */
const mostCandidates = 1000
/** Lexemes a mistyped word is compared with, and those it may stand for. */
const mostCompared = 5000
const mostMeant = 12

interface FindDocuments {
  readonly actor: Actor
  readonly text: string
  readonly kinds: readonly DocumentKind[]
  /** Whether a text of small words only is searched for. */
  readonly smallWords: boolean
}

export interface FoundDocuments extends RankedDocuments {
  readonly archiveId: number
  /** The words as they were found: one that stands nowhere is taken for what is nearest to it. */
  readonly words: readonly QueryWord[]
}

type SearchArchive = Selectable<SearchArchiveTable>
type FreshDocument = Pick<Selectable<SearchDocumentTable>, 'document' | 'shape' | 'terms'>

/** Documents of one user that hold words of the text, the best first. Null where there is nothing to search, or to search for. */
export function* findDocuments(db: Sql, input: FindDocuments): Command<FoundDocuments | null> {
  const archive = yield* first(
    db.selectFrom('search_archive').selectAll().where('tenant_id', '=', input.actor.tenantId).where('user_id', '=', input.actor.userId),
  )
  const asked = queryWords(input.text, input)
  if (!archive || asked.length === 0) return null
  const fresh = yield* all(
    db.selectFrom('search_document').select(['document', 'shape', 'terms'])
      .where('archive_id', '=', archive.id).where('document', '>', archive.merged_document).orderBy('document'),
  )
  const counts = yield* countPostings(db, archive.id, lexemesOf(asked))
  const words = yield* nearestWords(db, archive.id, asked, { fresh, counts })
  const meant = lexemesOf(words).filter((lexeme) => !lexemesOf(asked).includes(lexeme))
  const postings = yield* readWords(db, archive, words, { fresh, counts: meant.length === 0 ? counts : new Map([...counts, ...(yield* countPostings(db, archive.id, meant))]) })
  const ranked = rankDocuments(postings, { totals: totalsOf(archive), shapes: yield* readShapes(db, archive, fresh) }, { kinds: input.kinds, limit: mostCandidates })
  return { ...ranked, archiveId: archive.id, words }
}

const lexemesOf = (words: readonly QueryWord[]): readonly string[] => words.flatMap((word) => word.lexemes)

/** What is known of where lexemes stand before their postings are read. */
interface Standing {
  readonly fresh: readonly FreshDocument[]
  /** How many postings each lexeme has; none: it stands in no merged document. */
  readonly counts: ReadonlyMap<string, number>
}

/** Words that stand nowhere are replaced by lexemes they may mean: one letter away, or begun like them. */
function* nearestWords(db: Sql, archiveId: number, words: readonly QueryWord[], { fresh, counts }: Standing): Command<readonly QueryWord[]> {
  const stands = (lexeme: string) => counts.has(lexeme) || fresh.some(({ terms }) => countOf(terms ?? '', lexeme) > 0)
  const nearest: QueryWord[] = []
  let room = mostQueryLexemes - words.reduce((sum, word) => sum + word.lexemes.length, 0)
  for (const word of words) {
    if (word.lexemes.some(stands)) {
      nearest.push(word)
      continue
    }
    const lexemes = (yield* meantLexemes(db, archiveId, word, fresh)).slice(0, Math.max(0, Math.min(mostMeant, room + word.lexemes.length)))
    room -= lexemes.length - word.lexemes.length
    nearest.push(lexemes.length > 0 ? { ...word, lexemes } : word)
  }
  return nearest
}

function* meantLexemes(db: Sql, archiveId: number, word: QueryWord, fresh: readonly FreshDocument[]): Command<readonly string[]> {
  const meant = new Set<string>()
  for (const lexeme of word.lexemes) {
    const beginning = [...lexeme].slice(0, rightLetters).join('')
    const known = yield* all(
      db.selectFrom('search_posting').select('lexeme').where('archive_id', '=', archiveId)
        .where('lexeme', '>=', beginning).where('lexeme', '<', `${beginning}\u{10ffff}`).distinct().orderBy('lexeme').limit(mostCompared),
    )
    for (const other of known) if (mayMean(lexeme, other.lexeme)) meant.add(other.lexeme)
    for (const { terms } of fresh) for (const other of lexemesBeginning(terms ?? '', beginning)) if (mayMean(lexeme, other)) meant.add(other)
  }
  return [...meant].sort()
}

function* countPostings(db: Sql, archiveId: number, lexemes: readonly string[]): Command<ReadonlyMap<string, number>> {
  const rows = yield* all(
    db.selectFrom('search_posting').select((column) => ['lexeme', column.fn.sum<number>('postings').as('postings')])
      .where('archive_id', '=', archiveId).where('lexeme', 'in', padded([...new Set(lexemes)], mostQueryLexemes, '')).groupBy('lexeme'),
  )
  return new Map(rows.map((row) => [row.lexeme, Number(row.postings)]))
}

/** Where each word stands. Once the rarer lexemes have filled what one question may read, the commonest are left out. */
function* readWords(db: Sql, archive: SearchArchive, words: readonly QueryWord[], { fresh, counts }: Standing): Command<readonly Postings[]> {
  const blocks = yield* readBlocks(db, archive.id, affordable(lexemesOf(words), counts))
  const read = new Map([...blocks].map(([lexeme, ofLexeme]) => [lexeme, upTo(readPostings(ofLexeme), archive.merged_document)]))
  return words.map(({ lexemes }) => unitePostings(lexemes.flatMap((lexeme) => [read.get(lexeme) ?? noPostings, freshPostings(lexeme, fresh)])))
}

/** The rarest lexemes, as many as one question may read. */
function affordable(lexemes: readonly string[], counts: ReadonlyMap<string, number>): readonly string[] {
  const standing = [...new Set(lexemes)].flatMap((lexeme) => (counts.has(lexeme) ? [{ lexeme, count: counts.get(lexeme)! }] : []))
  const rarestFirst = standing.toSorted((a, b) => a.count - b.count || (a.lexeme < b.lexeme ? -1 : 1))
  let room = mostPostings
  const end = rarestFirst.findIndex(({ count }, n) => (room -= count) < 0 && n > 0)
  return (end < 0 ? rarestFirst : rarestFirst.slice(0, end)).map(({ lexeme }) => lexeme)
}

type PostingBlocks = readonly Pick<Selectable<SearchPostingTable>, 'lexeme' | 'postings' | 'bytes'>[]

function* readBlocks(db: Sql, archiveId: number, lexemes: readonly string[]): Command<ReadonlyMap<string, PostingBlocks>> {
  if (lexemes.length === 0) return new Map()
  const blocks = yield* all(
    db.selectFrom('search_posting').select(['lexeme', 'postings', 'bytes'])
      .where('archive_id', '=', archiveId).where('lexeme', 'in', padded(lexemes, mostQueryLexemes, '')).orderBy('lexeme').orderBy('block'),
  )
  return Map.groupBy(blocks, ({ lexeme }) => lexeme)
}

/** Without documents whose merge is not finished: they are found among the fresh ones. */
function upTo({ documents, frequencies }: Postings, last: number): Postings {
  let end = documents.length
  while (end > 0 && documents[end - 1]! > last) end--
  return { documents: documents.subarray(0, end), frequencies: frequencies.subarray(0, end) }
}

function freshPostings(lexeme: string, fresh: readonly FreshDocument[]): Postings {
  const holding = fresh.map(({ document, terms }) => ({ document, count: countOf(terms ?? '', lexeme) })).filter(({ count }) => count > 0)
  return { documents: Uint32Array.from(holding, (one) => one.document), frequencies: Uint8Array.from(holding, (one) => one.count) }
}

function* readShapes(db: Sql, archive: SearchArchive, fresh: readonly FreshDocument[]): Command<Uint8Array> {
  const shapes = new Uint8Array(archive.last_document + 1)
  const chunks = yield* all(db.selectFrom('search_shapes').select(['chunk', 'bytes']).where('archive_id', '=', archive.id).orderBy('chunk'))
  for (const { chunk, bytes } of chunks) shapes.set(bytes.subarray(0, Math.max(0, shapes.length - chunk * shapesTogether)), chunk * shapesTogether)
  for (const { document, shape } of fresh) shapes[document] = shape
  return shapes
}

function totalsOf(archive: SearchArchive) {
  return {
    title: { documents: archive.title_documents, words: Number(archive.title_words) },
    body: { documents: archive.body_documents, words: Number(archive.body_words) },
  }
}
