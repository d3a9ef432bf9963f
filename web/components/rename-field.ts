import { html, type TemplateResult } from 'lit'
import { limits } from '#protocol/limits.ts'
import { phrases } from '../i18n/language.ts'

/** A title being changed: Enter or leaving the field keeps it, Escape does not. `done` gets null when nothing changed. */
export function renameField(title: string, done: (title: string | null) => void): TemplateResult {
  const keep = (field: HTMLInputElement) => {
    const written = field.value.trim()
    done(written === '' || written === title ? null : written)
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Enter') keep(event.currentTarget as HTMLInputElement)
    if (event.key !== 'Escape') return
    event.stopPropagation()
    done(null)
  }
  return html`<input class="field rename" dir="auto" aria-label=${phrases.new_title} maxlength=${limits.titleCharacters} .value=${title}
    @keydown=${pressed} @blur=${(event: Event) => keep(event.currentTarget as HTMLInputElement)}>`
}
