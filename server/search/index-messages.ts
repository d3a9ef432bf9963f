/**
 * Brings titles and messages into the search, after their commit and in slices: 1. what waits is read and taken apart in the
 * thread that reads; 2. it gets its numbers in one short commit, and is found from then on; 3. when a user has some hundreds of
 * such fresh documents, their postings are written, slice by slice, and count all at once at the end; 4. what was
 * purged is taken out of the postings, slice by slice.
 */
import type { Clock } from '../lib/clock.ts'
import type { SearchIndex } from '../store/search-index.ts'

export interface IndexDeps {
  readonly store: SearchIndex
  readonly clock: Clock
}

/** One slice of whatever there is to do. Resolves with whether there was anything: then there may be more. Safe to be cut short and to be repeated. */
export async function indexSlice({ store, clock }: IndexDeps): Promise<boolean> {
  const documents = await store.readUnindexed()
  if (documents.length > 0) await store.addDocuments(documents, clock.now())
  const merge = await store.planMerge()
  if (merge) {
    for (const slice of merge.slices) await store.writePostings(merge.archiveId, slice)
    await store.finishMerge({ archiveId: merge.archiveId, upTo: merge.upTo })
  }
  const forgetting = await store.planForgetting()
  if (forgetting) await store.forgetPostings(forgetting)
  return documents.length > 0 || merge !== null || forgetting !== null
}
