import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appendPostings, readPostings, withoutDocuments } from '../../server/lib/search/postings.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { databaseFile } from '../../server/store/sqlite/open-database.ts'
import { find, indexAll, tell } from '../support/search-samples.ts'
import { atEnd, openStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, morning } from '../support/store-samples.ts'

const monthLater = morning + 31 * 86_400_000

for (const merged of [false, true]) {
  test(`[SE17] of what is purged the search knows nothing any more, ${merged ? 'merged into the postings' : 'fresh'}`, async (t) => {
    const folder = temporaryFolder(t)
    const store = openStore(t, folder)
    const purged = await tell(store, ada, 'Zinnias', ['the heliotrope and the hedgehog', 'A xylophone, a hedgehog.'])
    await Promise.all(Array.from({ length: merged ? 300 : 3 }, (_, n) => tell(store, ada, `Note ${n}`, [`hedgehog ${n}`, 'yes'])))
    await indexAll(store)
    const reader = new Connection(databaseFile(folder), { readOnly: true })
    atEnd(t, () => reader.close())
    const known = (lexeme: string) =>
      reader.database.prepare('select 1 from search_posting where lexeme = ?').all(lexeme).length + reader.database.prepare("select 1 from search_document where terms like '%' || ? || '%'").all(lexeme).length
    assert.ok(['heliotrop', 'xylophon', 'zinnia'].every((lexeme) => known(lexeme) > 0))

    await store.deleteConversation({ actor: ada, id: purged.conversationId, now: morning })
    while ((await store.purgeConversation({ actor: ada, id: purged.conversationId, now: monthLater })) === 'more');
    await indexAll(store)

    assert.deepEqual(['heliotrop', 'xylophon', 'zinnia'].map(known), [0, 0, 0])
    assert.equal(await store.planForgetting(), null)
    assert.equal((await find(store, ada, 'hedgehog', { perPage: 100 })).total, merged ? 250 : 3)
    await tell(store, ada, 'Afterwards', ['heliotrope and hedgehog', 'yes'])
    await indexAll(store)
    assert.deepEqual((await find(store, ada, 'heliotrope hedgehog')).items[0]!.title, 'Afterwards')
  })
}

test('[SE17] what is purged while the postings are gone through is taken out too', async (t) => {
  const store = openStore(t)
  const told = await Promise.all(Array.from({ length: 300 }, (_, n) => tell(store, ada, `Note ${n}`, [`hedgehog word${n}`, 'yes'])))
  await indexAll(store)
  const purge = async (id: string) => {
    await store.deleteConversation({ actor: ada, id, now: morning })
    while ((await store.purgeConversation({ actor: ada, id, now: monthLater })) === 'more');
  }
  await purge(told[0]!.conversationId)
  const planned = await store.planForgetting()
  await purge(told[1]!.conversationId)

  await store.forgetPostings(planned!)

  assert.equal((await store.planForgetting())!.after, '')
  assert.ok((await store.planForgetting())!.purges > planned!.purges)
  await indexAll(store)
  assert.equal(await store.planForgetting(), null)
})

test('[SE17] a block without some of its documents reads as if they had never been there, and goes on', () => {
  const postings = Array.from({ length: 50 }, (_, n) => ({ document: n * 3 + 1, frequency: (n % 4) + 1 }))
  const [block] = appendPostings(null, postings)

  const kept = withoutDocuments(block!, (document) => document % 2 === 0)
  const [further] = appendPostings(kept, [{ document: 500, frequency: 2 }])

  const even = postings.filter(({ document }) => document % 2 === 0)
  assert.deepEqual([...readPostings([further!]).documents], [...even.map(({ document }) => document), 500])
  assert.deepEqual([...readPostings([further!]).frequencies], [...even.map(({ frequency }) => frequency), 2])
  assert.equal(withoutDocuments(block!, () => true), block)
  assert.equal(withoutDocuments(block!, () => false).postings, 0)
})
