/** What waits for the search: the same words in the partial indexes and in the queries that use them. */
import { sql } from 'kysely'

/** Documents searched as they are, outside the postings, before they are merged. */
export const mostFreshDocuments = 256

/** A title that is another than the one that was indexed. */
export const unindexedTitle = sql<boolean>`title is distinct from indexed_title`

/** A question, or an answer that has come to its end. */
export const unindexedMessage = sql<boolean>`indexed_at is null and (role = 'user' or outcome is not null)`

/** Something of this user was purged, and the postings still speak of it from here on. */
export const needsForgetting = sql<boolean>`forget_after is not null`

export const needsMerge = sql<boolean>`last_document - merged_document >= 256`
