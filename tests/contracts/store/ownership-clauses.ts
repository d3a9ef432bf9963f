import assert from 'node:assert/strict'
import type { Actor } from '../../../server/lib/actor.ts'
import type { Store } from '../../../server/store/store.ts'
import { ada, answer, bob, compactAll, morning, open, otherAda, question } from '../../support/store-samples.ts'
import { find, indexAll } from '../../support/search-samples.ts'
import type { Clause } from './clause.ts'

const page = { page: 1, perPage: 100 }
const marker = 'ada keeps this to herself'

interface Owned {
  readonly conversationId: string
  readonly turnId: string
  readonly messageId: string
  readonly responseId: string
}

/** Every command and query that names its actor, tried on ids that belong to someone else, beside what an unknown id gives. */
const attempts: Readonly<Record<string, (store: Store, actor: Actor, ids: Owned) => Promise<unknown>>> = {
  openTurn: async (store, actor, ids) => (await store.openTurn(question(actor, { conversationId: ids.conversationId }))).kind,
  changeConversation: (store, actor, ids) => store.changeConversation({ actor, id: ids.conversationId, title: 'Taken', archived: true, pinned: true, unread: false }),
  deleteConversation: (store, actor, ids) => store.deleteConversation({ actor, id: ids.conversationId, now: morning }),
  findConversation: (store, actor, ids) => store.findConversation(actor, ids.conversationId),
  requestStop: (store, actor, ids) => store.requestStop(actor, ids.turnId),
  findTurn: (store, actor, ids) => store.findTurn(actor, ids.turnId),
  findQuestion: (store, actor, ids) => store.findMessage(actor, ids.messageId),
  findAnswer: (store, actor, ids) => store.findMessage(actor, ids.responseId),
  findReceipt: (store, actor, ids) => store.findReceipt(actor, ids.turnId),
  findSessionConversation: (store, actor) => store.findSessionConversation(actor, 'laptop'),
  readLog: (store, actor, ids) => store.readLog(actor, ids.turnId),
  readHistory: (store, actor, ids) => store.readHistory(actor, ids.conversationId, ids.messageId, 10_000),
  listMessages: (store, actor, ids) => store.listMessages(actor, ids.conversationId, page),
  listConversations: (store, actor) => store.listConversations(actor, { ...page, archived: false }),
  listArchived: (store, actor) => store.listConversations(actor, { ...page, archived: true }),
  searchConversations: (store, actor) => find(store, actor, marker),
  searchMessages: (store, actor) => store.searchMessages(actor, { text: marker, exceptMessageId: 'm_none', limit: 100, characters: 100, now: morning }),
}

const nobodys: Owned = { conversationId: 'c_nobody', turnId: 't_nobody', messageId: 'm_nobody', responseId: 'm_nobody' }
const strangers = { 'a colleague in the same tenant': bob, 'someone of the same name in another tenant': otherAda }

/** Everything Ada can see of what is hers. */
async function everything(store: Store, ids: readonly Owned[]): Promise<unknown> {
  const seen = ids.map(async (each) => [
    await store.findConversation(ada, each.conversationId), await store.readLog(ada, each.turnId), await store.listMessages(ada, each.conversationId, page),
  ])
  return [await Promise.all(seen), await store.listConversations(ada, { ...page, archived: false }), await store.findSessionConversation(ada, 'laptop')]
}

export function ownershipClauses(clause: Clause): void {
  for (const [stranger, actor] of Object.entries(strangers)) {
    clause(`[ST7] to ${stranger} what is Ada's looks like what does not exist`, async (store) => {
      const first = await answer(store, ada, { content: marker, title: marker })
      const owned = [await answer(store, ada, { conversationId: first.conversationId, content: marker }), await open(store, ada, { content: marker })]
      await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId: owned[0]!.conversationId })
      await indexAll(store)
      const before = await everything(store, owned)

      for (const ids of owned) {
        for (const [name, attempt] of Object.entries(attempts)) {
          const got = await attempt(store, actor, ids)
          assert.deepEqual(got, await attempt(store, actor, nobodys), name)
          assert.ok(!JSON.stringify(got ?? null).includes(marker), name)
        }
      }

      assert.deepEqual(await everything(store, owned), before)
    })

    clause(`[ST7] a session cannot be bound to what is Ada's by ${stranger} and then read`, async (store) => {
      const turn = await answer(store, ada)

      await store.bindSession({ actor, sessionId: 'stolen', conversationId: turn.conversationId })

      assert.equal(await store.findSessionConversation(actor, 'stolen'), null)
    })
  }

  clause('[ST7] Ada herself reaches all of it: the attempts above can succeed', async (store) => {
    const first = await answer(store, ada, { content: marker, title: marker })
    const ids = await answer(store, ada, { conversationId: first.conversationId, content: marker })
    await store.bindSession({ actor: ada, sessionId: 'laptop', conversationId: ids.conversationId })
    await compactAll(store)
    await indexAll(store)
    assert.equal(await attempts['requestStop']!(store, ada, await open(store, ada)), true)

    const { deleteConversation, changeConversation, listArchived, requestStop: _shownAbove, ...rest } = attempts
    for (const [name, attempt] of Object.entries({ ...rest, changeConversation, listArchived, deleteConversation })) {
      assert.notDeepEqual(await attempt!(store, ada, ids), await attempt!(store, bob, nobodys), name)
    }
  })
}
