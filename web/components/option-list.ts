import { html, nothing, type TemplateResult } from 'lit'
import type { Match } from '../state/fuzzy.ts'
import { partsOf } from '../state/search.ts'
import { keysOf, type ShortcutId } from './shortcut-table.ts'

/** A line that can be chosen. */
export interface Option {
  readonly label: string
  readonly ranges: Match['ranges']
  /** A second, quiet text at the end of the line. */
  readonly fact?: string
  readonly shortcut?: ShortcutId | undefined
  readonly choose: () => void
}

export interface OptionGroup {
  readonly label: string
  readonly options: readonly Option[]
}

/** The id of an option, for `aria-activedescendant`; options are counted through all groups. */
export const optionId = (list: string, index: number) => `${list}-${index}`

/** A list to choose from while focus stays in a field. `list` is its id, `hover` is told which line the pointer is on. */
export function optionList(list: string, label: string, groups: readonly OptionGroup[], selected: number, hover: (index: number) => void): TemplateResult {
  let index = 0
  return html`<div class="options" id=${list} role="listbox" aria-label=${label}>
    ${groups.map((group) => {
      const lines = group.options.map((option) => line(option, list, index++, selected, hover))
      return html`<div role="group" aria-label=${group.label}>${groups.length > 1 ? html`<p class="group" aria-hidden="true">${group.label}</p>` : nothing}${lines}</div>`
    })}
  </div>`
}

function line(option: Option, list: string, index: number, selected: number, hover: (index: number) => void): TemplateResult {
  // The press is stopped, so that focus stays where it is.
  return html`<div class="option" role="option" id=${optionId(list, index)} aria-selected=${index === selected} @pointermove=${() => hover(index)}
    @pointerdown=${(event: Event) => event.preventDefault()} @click=${option.choose}>
    <span class="name" dir="auto">${partsOf(option.label, option.ranges).map((part) => (part.marked ? html`<b>${part.text}</b>` : part.text))}</span>
    ${option.fact === undefined ? nothing : html`<small>${option.fact}</small>`}
    ${option.shortcut === undefined ? nothing : shortcutKeys(option.shortcut)}
  </div>`
}

export function shortcutKeys(id: ShortcutId): TemplateResult {
  return html`<span class="keys" dir="ltr">${keysOf(id).map((key) => html`<kbd>${key}</kbd>`)}</span>`
}

/** Where Up and Down lead from here, round the ends; null for every other key. */
export function movedSelection(key: string, selected: number, count: number): number | null {
  if (count === 0 || (key !== 'ArrowDown' && key !== 'ArrowUp')) return null
  return (selected + (key === 'ArrowDown' ? 1 : count - 1)) % count
}
