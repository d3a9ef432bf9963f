import { html, nothing, type TemplateResult } from 'lit'
import { formatDuration } from '../i18n/format.ts'
import { language, phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'

export interface Reasoning {
  readonly text: string
  /** It goes on: no word of the answer has come yet. */
  readonly running: boolean
  /** Null where it is not known. */
  readonly milliseconds: number | null
}

/** What the model thought before it answered, folded, with how long that took. */
export function reasoning({ text, running, milliseconds }: Reasoning): TemplateResult | typeof nothing {
  if (text === '') return nothing
  const words = running ? phrases.reasoning_now : phrases.reasoning
  return html`<details class="before reasoning">
    <summary>${icon('down', 'small')}${words}${milliseconds === null ? nothing : html` <span class="num">${formatDuration(milliseconds, language)}</span>`}</summary>
    <p dir="auto">${text}</p>
  </details>`
}
