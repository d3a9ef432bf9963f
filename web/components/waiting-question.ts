import { html, nothing, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import type { ChatState } from '../state/chat-state.ts'
import type { OutboxEntry } from '../state/outbox.ts'

export type WaitingAction = 'edit-question' | 'withdraw-question' | 'retry-question'

/**
 * A question that is not acknowledged. On its way it looks as if it had been said; behind a running answer it stands
 * under "Next", faint; refused, it keeps its words and says why.
 */
export function waitingQuestion(entry: OutboxEntry, state: ChatState, busy: boolean, act: (name: WaitingAction) => void): TemplateResult {
  const queued = busy && entry.state !== 'refused'
  const reason = reasonOf(entry, state, busy)
  return html`<article class="turn said ${queued ? 'waiting' : ''}">
    <span class="who">${queued ? phrases.next : phrases.you}</span>
    <div>
      <p class="words" dir="auto">${entry.asks?.kind === 'again' ? phrases.answer_again : entry.content}</p>
      ${entry.state === 'refused' ? refused(entry, act) : reason === null ? nothing : waiting(reason, act)}
    </div>
  </article>`
}

/** Why it has not left, or null while it is only a moment. */
function reasonOf(entry: OutboxEntry, state: ChatState, busy: boolean): string | null {
  if (entry.state === 'sending') return null
  if (busy) return phrases.waits_for_answer
  if (state.connection === 'waiting' || state.connection === 'resting') return phrases.waits_for_connection
  return entry.state === 'held' ? phrases.waits_for_server : null
}

function waiting(reason: string, act: (name: WaitingAction) => void): TemplateResult {
  return html`<div class="after">
    <span class="fact faint">${reason}</span>
    <span class="chips">
      <button type="button" class="button plain" @click=${() => act('edit-question')}>${phrases.edit}</button>
      <button type="button" class="button plain" @click=${() => act('withdraw-question')}>${phrases.remove}</button>
    </span>
  </div>`
}

function refused(entry: OutboxEntry, act: (name: WaitingAction) => void): TemplateResult {
  return html`<div class="ending" data-outcome="refused" role="alert">
    <p><b>${phrases.not_sent}</b> ${entry.problem}</p>
    <p class="chips">
      <button type="button" class="button" @click=${() => act('retry-question')}>${phrases.try_again}</button>
      <button type="button" class="button" @click=${() => act('edit-question')}>${phrases.edit}</button>
      <button type="button" class="button plain" @click=${() => act('withdraw-question')}>${phrases.remove}</button>
    </p>
  </div>`
}
