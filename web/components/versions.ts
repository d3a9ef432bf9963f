import { html, nothing, type TemplateResult } from 'lit'
import type { BranchMessage } from '#protocol/message.ts'
import { formatCount } from '../i18n/format.ts'
import { language, phrases } from '../i18n/language.ts'
import { versionOf } from '../state/messages.ts'
import { icon } from './icons.ts'

/** ‹2/3›: which version of a message is shown, and the way to the others. Nothing where there is one. */
export function versions(message: BranchMessage, choose: (messageId: string) => void): TemplateResult | typeof nothing {
  const version = versionOf(message)
  if (version === null) return nothing
  const { at, count, before, after } = version
  const words = phrases.version_of(formatCount(at, language), formatCount(count, language))
  return html`<span class="versions" role="group" aria-label=${words}>
    <button type="button" class="tool-button" aria-label=${phrases.version_before} title=${phrases.version_before} ?disabled=${before === null}
      @click=${() => before !== null && choose(before)}>${icon('previous', 'small')}</button>
    <span class="num" aria-hidden="true">${formatCount(at, language)}/${formatCount(count, language)}</span>
    <button type="button" class="tool-button" aria-label=${phrases.version_after} title=${phrases.version_after} ?disabled=${after === null}
      @click=${() => after !== null && choose(after)}>${icon('next', 'small')}</button>
  </span>`
}
