import assert from 'node:assert/strict'
import { systemClock } from '../../../server/lib/clock.ts'
import { indexSlice } from '../../../server/search/index-messages.ts'
import type { Store } from '../../../server/store/store.ts'
import { find, indexAll, tell } from '../../support/search-samples.ts'
import { severalAtATime } from '../../support/store-process.ts'
import { ada, answer, bob, morning, open, otherAda, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const day = 24 * 3_600_000
const titles = async (store: Store, text: string, given = {}) => (await find(store, ada, text, given)).items.map(({ title }) => title)

/** Documents of one user before they are merged into postings; see server/store/search-conditions.ts. */
const freshDocuments = 256

export function searchClauses(clause: Clause): void {
  clause('[SE7] what was said is found with its conversation, the message it was said in, and the words it was found by', async (store) => {
    const { conversationId, messageIds } = await tell(store, ada, 'Holiday', ['Which lighthouse is that?', 'It is called Kéréon.'])
    await tell(store, ada, 'Bread', ['How much salt?', 'Ten grams.'])
    await indexAll(store)

    const { items: [found], total } = await find(store, ada, 'kereon')

    assert.equal(total, 1)
    assert.deepEqual(found, {
      ...await store.findConversation(ada, conversationId), hit: { message_id: messageIds[1], snippet: 'It is called Kéréon.', ranges: [[13, 19]] },
    })
  })

  clause('[SE9] what only its title says is found too, and opens at no message', async (store) => {
    await tell(store, ada, 'Sourdough', ['How long?', 'Until it has doubled.'])
    await indexAll(store)

    const { items: [found] } = await find(store, ada, 'sourdoughs')

    assert.deepEqual(found!.hit, { message_id: null, snippet: 'Sourdough', ranges: [[0, 9]] })
  })

  clause('[SE7] an answer is found once it has come to its end, and what it says while it runs is not', async (store) => {
    const turn = await open(store, ada, { content: 'A question' })
    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: textRows('heliotrope') }])
    await indexAll(store)
    assert.equal((await find(store, ada, 'heliotrope')).total, 0)

    await store.settleTurn(settlement(turn, textRows('heliotrope'), 'stopped'))
    await indexAll(store)

    assert.equal((await find(store, ada, 'heliotrope')).items[0]!.hit.message_id, turn.responseId)
  })

  clause('[SE8] a renamed conversation is found by its new title and not by the old one', async (store) => {
    const { conversationId } = await tell(store, ada, 'Sourdough', ['How long?', 'Until it has doubled.'])
    await indexAll(store)
    await store.changeConversation({ actor: ada, id: conversationId, title: 'Rye' })
    await indexAll(store)

    assert.deepEqual(await titles(store, 'rye'), ['Rye'])
    assert.deepEqual(await titles(store, 'sourdough'), [])
  })

  clause('[SE8] what is deleted is hidden at once, from searches too; what is archived is found where it is asked for', async (store) => {
    const deleted = await tell(store, ada, 'One', ['hedgehog', 'yes'])
    const archived = await tell(store, ada, 'Two', ['hedgehog', 'yes'])
    await indexAll(store)

    await store.deleteConversation({ actor: ada, id: deleted.conversationId, now: morning + 5000 })
    await store.changeConversation({ actor: ada, id: archived.conversationId, archived: true })

    assert.deepEqual(await titles(store, 'hedgehog'), [])
    assert.deepEqual(await titles(store, 'hedgehog', { archived: true }), ['Two'])
    assert.deepEqual((await store.searchMessages(ada, { text: 'hedgehog', exceptMessageId: '', limit: 9, characters: 99, now: morning })).map((one) => one.conversationTitle), ['Two'])
  })

  clause('[SE6] others’ words are neither found nor counted', async (store) => {
    await tell(store, ada, 'Mine', ['the hedgehog sleeps', 'It does.'])
    await indexAll(store)
    const alone = await find(store, ada, 'hedgehog sleeps')
    for (const other of [bob, otherAda]) for (let n = 0; n < 5; n++) await tell(store, other, 'Theirs', [`hedgehog ${n}`, 'sleeps sleeps'])
    await indexAll(store)

    assert.deepEqual(await find(store, ada, 'hedgehog sleeps'), alone)
    assert.equal((await find(store, bob, 'hedgehog')).total, 5)
  })

  clause('[SE16] pages follow one another, each conversation on one, the best first and of equally good ones the newest', async (store) => {
    for (let n = 0; n < 7; n++) await tell(store, ada, `Note ${n}`, ['the same budget', 'yes'], morning + n * day)
    await tell(store, ada, 'Best', ['budget budget', 'budget'], morning - day)
    await indexAll(store)

    const pages = await Promise.all([1, 2, 3, 4].map((page) => titles(store, 'budget', { page, perPage: 3 })))

    assert.deepEqual(pages, [['Best', 'Note 6', 'Note 5'], ['Note 4', 'Note 3', 'Note 2'], ['Note 1', 'Note 0'], []])
    assert.equal((await find(store, ada, 'budget')).total, 8)
  })

  clause('[SE14] merged or not, the same is found in the same order', async (store) => {
    const words = ['garden', 'gardens', 'jardin', 'jardins', 'été', 'hedgehog', 'budget', 'train', 'lighthouse']
    const told = (n: number) => tell(store, ada, `${words[n % 5]} ${n}`, [`${words[n % 9]} ${words[(n * 3) % 7]} ${n % 40}`, words[(n * 5) % 8]!], morning + (n % 50) * day)
    await severalAtATime(16, freshDocuments, told)
    const unmerged: Store = Object.create(store, { planMerge: { value: async () => null } })
    await indexAll(unmerged)
    const questions = [...words, 'garden train', 'hedgehog 17', 'jardin budget été', 'lighthuose']
    const search = () => Promise.all(questions.map((text) => find(store, ada, text, { perPage: 100 })))
    const before = await search()

    await indexAll(store)

    assert.ok(before.every(({ total }) => total > 0))
    assert.deepEqual(await search(), before)
  })

  clause('[SE14] indexing that is cut short anywhere and begun again finds everything once', async (store) => {
    await severalAtATime(16, freshDocuments, (n) => tell(store, ada, `Note ${n}`, [`hedgehog number${n}`, 'yes']))
    let failing = true
    const cut = (call: (...values: any[]) => Promise<any>, after: boolean) => async (...values: any[]) => {
      failing = !failing
      if (failing && !after) throw new Error('cut short')
      const result = await call(...values)
      if (failing) throw new Error('cut short')
      return result
    }
    const flaky: Store = Object.create(store, {
      addDocuments: { value: cut(store.addDocuments.bind(store), true) }, writePostings: { value: cut(store.writePostings.bind(store), false) },
      finishMerge: { value: cut(store.finishMerge.bind(store), true) },
    })
    for (let n = 0; n < 200; n++) await indexSlice({ store: flaky, clock: systemClock }).catch(() => true)
    await indexAll(store)

    assert.equal(await store.planMerge(), null)
    assert.equal((await find(store, ada, 'number17')).total, 1)
    assert.equal((await find(store, ada, 'hedgehog', { perPage: 100 })).total, 250)
    assert.deepEqual(await store.readUnindexed(), [])
  })

  clause('[SE14] a document that is handed over twice is added once', async (store) => {
    await tell(store, ada, 'Once', ['hedgehog hedgehog', 'yes'])
    const documents = await store.readUnindexed()

    await store.addDocuments(documents, morning)
    await store.addDocuments(documents, morning)
    await indexAll(store)

    assert.deepEqual(await store.readUnindexed(), [])
    assert.equal((await store.searchMessages(ada, { text: 'hedgehog', exceptMessageId: '', limit: 9, characters: 99, now: morning })).length, 1)
  })

  clause('[SE11] a word that stands nowhere is taken for what it begins, or what is one letter away', async (store) => {
    await tell(store, ada, 'Coast', ['the lighthouse keeper', 'yes'])
    await indexAll(store)

    assert.deepEqual(await titles(store, 'lighthuose'), ['Coast'])
    assert.deepEqual(await titles(store, 'lightho'), ['Coast'])
    assert.deepEqual(await titles(store, 'warehouse'), [])
    assert.deepEqual((await find(store, ada, 'lihgthouse')).items[0]?.hit.ranges, [[4, 14]])
  })

  clause('[SE15] messages of the user’s own are found, never answers, without the one that is asked, with how much of the question they hold', async (store) => {
    const told = await tell(store, ada, 'Coast', ['The lighthouse is called Kéréon.', 'The lighthouse, the lighthouse.'])
    const asked = await answer(store, ada, { content: 'lighthouse lantern' })
    await indexAll(store)

    const found = await store.searchMessages(ada, { text: 'lighthouse lantern', exceptMessageId: asked.messageId, limit: 10, characters: 100, now: morning })

    assert.deepEqual(found.map(({ messageId, text, conversationTitle }) => ({ messageId, text, conversationTitle })), [
      { messageId: told.messageIds[0], text: 'The lighthouse is called Kéréon.', conversationTitle: 'Coast' },
    ])
    assert.ok(found[0]!.share > 0.2 && found[0]!.share < 0.6, `${found[0]!.share}`)
    assert.deepEqual(await store.searchMessages(ada, { text: 'What did I say about that?', exceptMessageId: '', limit: 10, characters: 100, now: morning }), [])
  })
}
