import { html, nothing, type TemplateResult } from 'lit'
import type { Conversation } from '#protocol/conversation.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'

/** A conversation in the list: a link, what goes on in it, and a button for what can be done with it. */
export function listRow(item: Conversation, { basePath, current, openMenu }: { readonly basePath: string; readonly current: boolean; readonly openMenu: (event: Event) => void }): TemplateResult {
  const title = titleOf(item)
  return html`<li>
    <a href="${basePath}/chat/${item.id}" aria-current=${current ? 'page' : nothing} title=${title}>
      <span class=${item.title === null ? 'faint' : ''} dir="auto">${title}</span>${dot(item, current)}
    </a>
    <button type="button" class="tool-button" aria-haspopup="menu" aria-label=${phrases.options_of(title)} title=${phrases.options_of(title)} @click=${openMenu}>${icon('more', 'small')}</button>
  </li>`
}

/** Hollow: it runs. Solid: an answer that nobody has looked at; the one on the screen is looked at. */
function dot({ running_turn_id: running, unread }: Conversation, current: boolean): TemplateResult | typeof nothing {
  if (running !== null) return html`<i class="dot running" role="img" aria-label=${phrases.running} title=${phrases.running}></i>`
  return unread && !current ? html`<i class="dot" role="img" aria-label=${phrases.unread} title=${phrases.unread}></i>` : nothing
}

export function titleOf(item: Conversation | null): string {
  return item?.title ?? phrases.untitled
}
