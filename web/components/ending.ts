import { html, nothing, type TemplateResult } from 'lit'
import type { Message } from '#protocol/message.ts'
import type { Phrases } from '../i18n/en.ts'
import { formatCount } from '../i18n/format.ts'
import { language as pageLanguage, languages } from '../i18n/language.ts'
import type { Language } from '#protocol/primitives.ts'

export interface WaysOn {
  readonly goOn: () => void
  readonly again: () => void
}

/** How an answer ended, when that was not its end. It stands below what was received and never in its place. */
export function ending(message: Message, isLast: boolean, { goOn, again }: WaysOn): TemplateResult | typeof nothing {
  const { outcome, failure, content } = message
  if (outcome === null || outcome === 'completed') return nothing
  const phrases = languages[pageLanguage]
  const mayGoOn = isLast && content !== ''
  const mayRetry = outcome !== 'stopped' && failure?.retryable !== false
  return html`<div class="ending" data-outcome=${outcome}>
    <p><b>${phrases.outcomes[outcome]}</b> ${endingSentence(message)}</p>
    ${mayGoOn || mayRetry || content === ''
      ? html`<p class="chips">
          ${mayGoOn ? html`<button type="button" class="button" title=${phrases.continue_explained} @click=${goOn}>${phrases.continue}</button>` : nothing}
          ${mayRetry || content === '' ? html`<button type="button" class="button" title=${phrases.retry_explained} @click=${again}>${phrases.retry}</button>` : nothing}
        </p>`
      : nothing}
  </div>`
}

/** Says what happened, and that what was received is kept: "OpenAI cut off after 36 words; the text received is kept." */
export function endingSentence({ outcome, failure, content, receipt }: Message, language: Language = pageLanguage): string {
  const phrases: Phrases = languages[language]
  const count = wordCount(content)
  const words = formatCount(count, language)
  if (outcome === 'stopped') return count === 0 ? phrases.stopped_before_text : phrases.stopped_after(words, count)
  if (failure?.code === 'provider_cut' && count > 0 && receipt?.provider != null) return phrases.cut_after(providerName(receipt.provider, phrases), words, count)
  const sentence = failure?.message ?? phrases.failed_explained
  return count === 0 ? sentence : `${sentence} ${phrases.received(words, count)}`
}

const providerNames: Readonly<Record<string, string>> = {
  openai: 'OpenAI', anthropic: 'Anthropic', google: 'Google', groq: 'Groq', mistral: 'Mistral', openrouter: 'OpenRouter', deepseek: 'DeepSeek', xai: 'xAI', ollama: 'Ollama',
}

function providerName(provider: string, phrases: Phrases): string {
  return provider === 'librarian' ? phrases.librarian : (providerNames[provider] ?? provider)
}

/** As people count: runs of letters or digits. */
export function wordCount(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}’'-]*/gu)?.length ?? 0
}
