import type { Message } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import type { AnswerLog } from '../state/answer-log.ts'
import { cutSentences } from './sentences.ts'

const pauseMilliseconds = 1500

/**
 * `<parley-announcer>`: the polite region. It gets whole sentences of the running answer, at most one batch every second
 * and a half; the answer itself is only `aria-busy`.
 */
export class Announcer extends HTMLElement {
  #turnId: string | null = null
  #spoken = 0
  #latest: () => string = () => ''
  #timer: ReturnType<typeof setTimeout> | null = null

  connectedCallback(): void {
    this.className = 'unseen'
    this.setAttribute('role', 'log')
    this.setAttribute('aria-live', 'polite')
  }

  /** Follows one answer; called whenever it may have grown. */
  follow(running: Message | null, log: AnswerLog | null, name: string): void {
    if (running === null) return this.#finish()
    if (this.#turnId !== running.turn_id) {
      this.#turnId = running.turn_id
      this.#spoken = log?.text.length ?? 0
      this.#say(phrases.answering(name))
    }
    this.#latest = () => log?.text ?? ''
    this.#timer ??= setTimeout(() => this.#speak(), pauseMilliseconds)
  }

  #speak(): void {
    this.#timer = null
    const { spoken, next } = cutSentences(this.#latest(), this.#spoken)
    this.#spoken = next
    if (spoken !== '') this.#say(spoken)
  }

  #finish(): void {
    if (this.#turnId === null) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const { spoken } = cutSentences(`${this.#latest()}\n`, this.#spoken)
    this.#turnId = null
    this.#latest = () => ''
    this.#say(`${spoken} ${phrases.answered}`)
  }

  #say(words: string): void {
    const line = document.createElement('p')
    line.textContent = words
    this.append(line)
    while (this.childElementCount > 12) this.firstElementChild!.remove()
  }
}

customElements.define('parley-announcer', Announcer)
