import { createHash } from 'node:crypto'
import type { MemoryMode } from '#protocol/conversation.ts'
import type { Language } from '#protocol/primitives.ts'
import { limits } from '#protocol/limits.ts'
import type { Actor } from '../lib/actor.ts'
import { estimateTokens } from '../lib/estimate-tokens.ts'
import type { OpenedTurn } from '../store/store.ts'
import type { TurnDeps } from './turn-deps.ts'

/** Who answers when nobody was named, in a conversation that does not exist yet. */
export const defaultAgentId = 'AnimA'

/** A question as every wire hands it in: parsed, and with somebody who asks. */
export interface AskedQuestion {
  readonly actor: Actor
  readonly language: Language
  /** Null: a conversation is made with the question. */
  readonly conversationId: string | null
  readonly memoryMode?: MemoryMode
  /** The answer it hangs on; null: it begins the conversation again. Absent: the end of the branch that is shown. */
  readonly parentId?: string | null
  /** A user message to answer once more; its text is `content`. Absent: a new message is made. */
  readonly answersMessageId?: string
  readonly content: string
  /** The id of an agent that exists; null: the conversation's own. */
  readonly agentId: string | null
  readonly model: string | null
  readonly temperature: number | null
  readonly useRag: boolean | null
  readonly clientMessageId: string
  /** Turns this user may have running; null without a limit. */
  readonly runningLimit: number | null
}

/** The write-ahead: message and turn in one commit, or the turn that the same client message id already has. */
export function openTurn(deps: Pick<TurnDeps, 'store' | 'clock' | 'makeId' | 'settings'>, question: AskedQuestion): Promise<OpenedTurn> {
  const now = deps.clock.now()
  return deps.store.openTurn({
    actor: question.actor, conversationId: question.conversationId, newConversationId: deps.makeId('c', now), title: titleOf(question.content),
    memoryMode: question.memoryMode ?? 'persistent', clientMessageId: question.clientMessageId, requestHash: hashOf(question),
    turnId: deps.makeId('t', now), messageId: deps.makeId('m', now), ...(question.parentId !== undefined && { parentId: question.parentId }),
    answersMessageId: question.answersMessageId ?? null, responseId: deps.makeId('m', now), agentId: question.agentId, defaultAgentId,
    requestedModel: question.model, temperature: question.temperature ?? deps.settings.temperature, language: question.language,
    content: question.content, estimatedTokens: estimateTokens(question.content), now, runningLimit: question.runningLimit,
  })
}

/** Everything that makes it the same question; where it was asked is compared in the store. */
function hashOf({ content, agentId, model, temperature, useRag }: AskedQuestion): string {
  return createHash('sha256').update(JSON.stringify([content, agentId, model, temperature, useRag])).digest('hex')
}

/** A conversation is called by its first words, until it has a better name. */
function titleOf(content: string): string {
  const line = content.trim().split('\n', 1)[0]!.replace(/\s+/g, ' ')
  if (line.length <= limits.titleCharacters / 2) return line
  const cut = line.slice(0, limits.titleCharacters / 2).toWellFormed()
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), limits.titleCharacters / 4))}…`
}
