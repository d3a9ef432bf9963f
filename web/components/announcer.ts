import type { Message } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import type { ChatState } from '../state/chat-state.ts'
import { agentName, runningAnswer } from '../state/selectors.ts'
import { cutSentences } from './sentences.ts'

const pauseMilliseconds = 1500
/** Lines that were read are dropped; a screen reader has them already. */
const keptLines = 12

/** The answer that is read out. */
interface Followed {
  readonly turnId: string
  /** How far it was read, in UTF-16 units. */
  spoken: number
  text: string
}

/**
 * `<parley-announcer>`: what a screen reader hears of a running answer. A polite region gets whole sentences, at most one batch every
 * second and a half; the answer itself is only `aria-busy`. That an answer did not reach its end interrupts, and is said with its reason.
 */
export class Announcer extends HTMLElement {
  readonly #polite = region('log', 'polite')
  readonly #assertive = region('alert', 'assertive')
  #followed: Followed | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  connectedCallback(): void {
    this.className = 'unseen'
    this.append(this.#polite, this.#assertive)
  }

  disconnectedCallback(): void {
    this.#leave()
  }

  /** Called whenever the answer may have grown. An answer that ran already when it was opened is read from where it stands. */
  follow(state: ChatState): void {
    const running = runningAnswer(state)
    const text = running === null ? '' : (state.open.logs[running.turn_id]?.text ?? '')
    if (this.#followed !== null && this.#followed.turnId !== running?.turn_id) this.#end(state)
    if (running === null) return
    if (this.#followed === null) {
      this.#followed = { turnId: running.turn_id, spoken: text.length, text }
      say(this.#polite, phrases.answering(agentName(state, running.agent_id) ?? phrases.agent))
    }
    this.#followed.text = text
    this.#timer ??= setTimeout(() => this.#speak(), pauseMilliseconds)
  }

  #speak(): void {
    this.#timer = null
    if (this.#followed === null) return
    const { spoken, next } = cutSentences(this.#followed.text, this.#followed.spoken)
    this.#followed.spoken = next
    say(this.#polite, spoken)
  }

  /** Who has gone to another conversation hears no more of this one. */
  #end({ open }: ChatState): void {
    const followed = this.#leave()
    const answer = open.messages.find((message) => message.turn_id === followed?.turnId && message.role === 'assistant')
    if (followed === null || answer === undefined || answer.outcome === null) return
    const { spoken } = cutSentences(`${answer.content}\n`, Math.min(followed.spoken, answer.content.length))
    const { polite, assertive } = endingOf(answer)
    say(this.#polite, `${spoken} ${polite}`.trim())
    say(this.#assertive, assertive)
  }

  #leave(): Followed | null {
    const followed = this.#followed
    this.#followed = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    return followed
  }
}

/** What is said of an answer that has come to its end, and in which of the two voices. */
export function endingOf({ outcome, failure }: Pick<Message, 'outcome' | 'failure'>): { readonly polite: string; readonly assertive: string } {
  if (outcome === null || outcome === 'completed') return { polite: phrases.answered, assertive: '' }
  if (outcome === 'stopped') return { polite: phrases.outcomes.stopped, assertive: '' }
  return { polite: '', assertive: `${phrases.outcomes[outcome]} ${failure?.message ?? phrases.failed_explained}` }
}

function region(role: string, politeness: 'polite' | 'assertive'): HTMLElement {
  const element = document.createElement('div')
  element.setAttribute('role', role)
  element.setAttribute('aria-live', politeness)
  return element
}

function say(region: HTMLElement, words: string): void {
  if (words === '') return
  const line = document.createElement('p')
  line.textContent = words
  region.append(line)
  while (region.childElementCount > keptLines) region.firstElementChild!.remove()
}

customElements.define('parley-announcer', Announcer)
