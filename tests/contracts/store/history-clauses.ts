import assert from 'node:assert/strict'
import type { RunningTurn, Store } from '../../../server/store/store.ts'
import { ada, answer, bob, open, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

/** A conversation of so many exchanges, each 10 tokens of question and 30 of answer. */
async function longConversation(store: Store, exchanges: number): Promise<string> {
  const { conversationId } = await exchange(store, null, 0)
  for (let i = 1; i < exchanges; i++) await exchange(store, conversationId, i)
  return conversationId
}

async function exchange(store: Store, conversationId: string | null, i: number): Promise<RunningTurn> {
  const turn = await open(store, ada, { conversationId, content: `question ${i}`, estimatedTokens: 10 })
  await store.settleTurn(settlement(turn, textRows(`answer ${i}`), 'completed', { estimatedTokens: 30 }))
  return turn
}

export function historyClauses(clause: Clause): void {
  clause('[ST13] history is the exchanges above the question, oldest first, without the question', async (store) => {
    const conversationId = await longConversation(store, 3)
    const asked = await open(store, ada, { conversationId, content: 'and now?' })

    const history = await store.readHistory(ada, conversationId, asked.messageId, 1000)

    assert.deepEqual(history.messages.map(({ role, content, estimatedTokens }) => [role, content, estimatedTokens]), [
      ['user', 'question 0', 10], ['assistant', 'answer 0', 30],
      ['user', 'question 1', 10], ['assistant', 'answer 1', 30],
      ['user', 'question 2', 10], ['assistant', 'answer 2', 30],
    ])
    assert.equal(history.leftOut, 0)
  })

  clause('[ST13] the first question has no history', async (store) => {
    const turn = await open(store, ada)

    assert.deepEqual(await store.readHistory(ada, turn.conversationId, turn.messageId, 1000), { messages: [], leftOut: 0 })
  })

  clause('[ST13] history fills its tokens to the last one, and one token less cuts it to 60 %', async (store) => {
    const conversationId = await longConversation(store, 10)
    const asked = await open(store, ada, { conversationId, estimatedTokens: 20 })
    const read = (tokens: number) => store.readHistory(ada, conversationId, asked.messageId, tokens)

    const whole = await read(420)
    const cut = await read(419)

    assert.deepEqual([whole.messages.length, whole.leftOut], [20, 0])
    // 40 % of 419 is 167 tokens: the first exchange that begins at or after them is the sixth.
    assert.deepEqual([cut.messages[0]?.content, cut.messages.length, cut.leftOut], ['question 5', 10, 10])
  })

  clause('[ST13] history always fits, begins with a question, and accounts for what it leaves out', async (store) => {
    const conversationId = await longConversation(store, 12)
    const asked = await open(store, ada, { conversationId, estimatedTokens: 7 })

    for (let tokens = 0; tokens <= 500; tokens += 13) {
      const { messages, leftOut } = await store.readHistory(ada, conversationId, asked.messageId, tokens)
      const sum = messages.reduce((total, message) => total + message.estimatedTokens, 0)
      assert.ok(messages.length === 0 || sum + 7 <= tokens, `${sum} and the question's 7 do not fit ${tokens}`)
      assert.equal(messages.length + leftOut, 24)
      assert.ok(messages.every(({ role }, i) => role === (i % 2 === 0 ? 'user' : 'assistant')))
      assert.equal(messages.length % 2, 0)
      if (messages.length > 0) assert.equal(messages.at(-1)?.content, 'answer 11')
    }
  })

  clause('[ST13] once cut, the beginning of the history stays for the turns that follow', async (store) => {
    const { conversationId } = await exchange(store, null, 0)
    const beginnings: string[] = []
    for (let i = 1; i < 40; i++) {
      const turn = await open(store, ada, { conversationId, content: `question ${i}`, estimatedTokens: 10 })
      const { messages } = await store.readHistory(ada, conversationId, turn.messageId, 400)
      beginnings.push(messages[0]!.content)
      await store.settleTurn(settlement(turn, textRows(`answer ${i}`), 'completed', { estimatedTokens: 30 }))
    }

    const held = [...Map.groupBy(beginnings, (beginning) => beginning).values()].map((turns) => turns.length)

    // 400 tokens hold 9 whole exchanges and a question; each cut frees 160 tokens: four exchanges of room.
    assert.deepEqual(held, [9, 4, 4, 4, 4, 4, 4, 4, 2])
    assert.deepEqual(beginnings.toSorted((a, b) => Number(a.slice(9)) - Number(b.slice(9))), beginnings)
  })

  clause('[ST13] history from a conversation of 600 messages is read like one from 40', async (store) => {
    const short = await longConversation(store, 20)
    const long = await longConversation(store, 300)
    const [inShort, inLong] = [await open(store, ada, { conversationId: short }), await open(store, ada, { conversationId: long })]
    const read = (turn: RunningTurn) => store.readHistory(ada, turn.conversationId, turn.messageId, 500)

    const [ofShort, ofLong] = [await read(inShort), await read(inLong)]
    const [shortTook, longTook] = [await medianTime(() => read(inShort)), await medianTime(() => read(inLong))]

    assert.ok(Math.abs(ofShort.messages.length - ofLong.messages.length) <= 10, `${ofShort.messages.length} and ${ofLong.messages.length} messages`)
    assert.equal(ofLong.leftOut + ofLong.messages.length, 600)
    assert.ok(longTook < 5 * shortTook + 0.2, `40 messages take ${shortTook} ms, 600 take ${longTook} ms`)
  })

  clause('[ST7] nobody reads another\'s history, nor through another conversation', async (store) => {
    const conversationId = await longConversation(store, 2)
    const asked = await open(store, ada, { conversationId })
    const own = await answer(store, bob)

    for (const [actor, id] of [[bob, conversationId], [bob, own.conversationId], [{ ...ada, tenantId: 'umbra' }, conversationId]] as const) {
      assert.deepEqual((await store.readHistory(actor, id, asked.messageId, 1000)).messages, [])
    }
  })
}

async function medianTime(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 51; i++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[25]!
}
