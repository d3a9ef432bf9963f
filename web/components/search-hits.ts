import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatCount } from '../i18n/format.ts'
import { language, phrases } from '../i18n/language.ts'
import { isAnswered, partsOf, type FoundConversation, type Search } from '../state/search.ts'

/** What was found: links that open the conversation where it was said. `current` is the one on the screen. */
export function searchHits(search: Search, basePath: string, current: { readonly id: string | null; readonly message_id: string | null }): TemplateResult {
  const { found, total } = search
  const isCurrent = ({ id, hit }: FoundConversation) => id === current.id && hit.message_id === current.message_id
  return html`${found.length === 0 ? silence(search) : nothing}
    <ul class="hits" aria-busy=${!isAnswered(search)}>${repeat(found, (item) => item.id, (item) => row(item, basePath, isCurrent(item)))}</ul>
    ${total > found.length ? html`<p class="nothing fact">${phrases.best_found(formatCount(found.length, language), formatCount(total, language))}</p>` : nothing}`
}

/** For the polite region; nothing while the answer is on its way. */
export function spokenResult(search: Search | null): string {
  if (search === null || search.answered === null || !isAnswered(search)) return ''
  if (search.failed) return phrases.search_failed
  return search.total === 0 ? phrases.nothing_found(search.answered) : phrases.found(search.total, formatCount(search.total, language))
}

function silence(search: Search): TemplateResult | typeof nothing {
  if (search.answered === null) return nothing
  return html`<p class="nothing">${search.failed ? phrases.search_failed : phrases.nothing_found(search.answered)}</p>`
}

/** Where only the title was found, the title is what is marked, and there is no second line. */
function row({ id, title, hit }: FoundConversation, basePath: string, current: boolean): TemplateResult {
  const place = hit.message_id === null ? '' : `#${hit.message_id}`
  return html`<li><a href="${basePath}/chat/${id}${place}" aria-current=${current ? 'true' : nothing}>
    <b class=${title === null ? 'faint' : ''} dir="auto">${hit.message_id === null ? marked(hit) : (title ?? phrases.untitled)}</b>
    ${hit.message_id === null ? nothing : html`<small dir="auto">${marked(hit)}</small>`}
  </a></li>`
}

const marked = ({ snippet, ranges }: FoundConversation['hit']) =>
  partsOf(snippet, ranges).map((part) => (part.marked ? html`<mark>${part.text}</mark>` : part.text))
