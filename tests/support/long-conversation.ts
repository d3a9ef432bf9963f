import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import type { Actor } from '../../server/lib/actor.ts'
import { question, settlement, textRows } from './store-samples.ts'

const local: Actor = { tenantId: 'local', userId: 'local' }

/** Puts a conversation of so many exchanges into a folder that no process has open; resolves with its id and those of its questions. */
export async function fillConversation(directory: string, exchanges: number): Promise<{ readonly id: string; readonly questions: readonly string[] }> {
  await using store = openSqliteStore({ directory, newEpoch: 'epoch-1' })
  const writing: Promise<unknown>[] = []
  const questions: string[] = []
  const first = question(local, { title: 'A long one' })
  for (let i = 0; i < exchanges; i++) {
    const content = `Question ${i}: how is bread made at step ${i}?`
    const sent = { ...(i === 0 ? first : question(local, { conversationId: first.newConversationId })), content, now: first.now + i * 1000 }
    const turn = { ...sent, conversationId: first.newConversationId, agentId: 'AnimA', fence: 1, openedAt: sent.now }
    questions.push(sent.messageId)
    writing.push(store.openTurn(sent), store.settleTurn(settlement(turn, textRows(answerOf(i)))))
  }
  await Promise.all(writing)
  return { id: first.newConversationId, questions }
}

/** Some short, some of several blocks. */
function answerOf(i: number): string {
  const plain = `Answer ${i}. `.concat('The dough rests until a dent springs back slowly. '.repeat(1 + (i % 7)))
  return i % 5 === 0 ? `${plain}\n\n- flour **${i} g**\n- water\n- salt\n\n\`\`\`python\nflour = ${i}\n\`\`\`` : plain
}
