import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Conversation } from '#protocol/conversation.ts'
import { limits } from '#protocol/limits.ts'
import { formatCount } from '../i18n/format.ts'
import { language, phrases } from '../i18n/language.ts'
import { fuzzyMatch } from '../state/fuzzy.ts'
import type { FoundConversation } from '../state/search.ts'
import { agentCommands, commandsOn, findCommands, type Command, type CommandGround } from './commands.ts'
import { LightElement } from './light-element.ts'
import { movedSelection, optionId, optionList, type Option, type OptionGroup } from './option-list.ts'
import { isShortcut } from './shortcut-table.ts'

const listId = 'palette-options'
/** Lines of one kind at most; one more letter narrows them down. */
const mostOfKind = 7
/** A pause in typing, in milliseconds, after which is searched. */
const searchPause = 150

/**
 * `<parley-palette>`: every conversation, command and agent, by a few letters of its name; below them, what was said. Focus stays in
 * the field; the arrows go through the lines. Says `go` (where to), and what the commands say.
 */
export class Palette extends LightElement {
  static override properties = { ground: { attribute: false }, conversations: { attribute: false }, find: { attribute: false }, found: { state: true }, typed: { state: true }, selected: { state: true } }

  declare ground: CommandGround
  declare conversations: readonly Conversation[]
  /** Searches everything, also what is not in the list yet. */
  declare find: (words: string) => Promise<readonly FoundConversation[]>
  declare found: readonly FoundConversation[]
  declare typed: string
  declare selected: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.conversations = []
    this.find = async () => []
    this.found = []
    this.typed = ''
    this.selected = 0
  }

  get #dialog(): HTMLDialogElement {
    return this.querySelector('dialog')!
  }

  open(): void {
    this.typed = ''
    this.found = []
    this.selected = 0
    this.#field.value = ''
    this.#dialog.showModal()
  }

  get #field(): HTMLInputElement {
    return this.querySelector('input')!
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected')) document.getElementById(optionId(listId, this.selected))?.scrollIntoView({ block: 'nearest' })
  }

  protected override render(): TemplateResult {
    const groups = this.#dialogIsOpen() ? this.#groups() : []
    const options = groups.flatMap((group) => group.options)
    const pressed = (event: KeyboardEvent) => this.#pressed(event, options)
    return html`<dialog class="dialog palette" aria-label=${phrases.palette} @click=${this.#pressedBeside}>
      <input class="field" role="combobox" aria-label=${phrases.palette_field} placeholder=${phrases.palette_field} aria-expanded="true" aria-controls=${listId} aria-autocomplete="list"
        aria-activedescendant=${options.length === 0 ? nothing : optionId(listId, this.selected)} maxlength=${limits.searchCharacters} autocomplete="off" spellcheck="false" enterkeyhint="go" dir="auto"
        @input=${this.#typed} @keydown=${pressed}>
      ${optionList(listId, phrases.palette, groups, this.selected, (index) => (this.selected = index))}
      <p class="unseen" role="status">${this.typed.trim() === '' ? '' : phrases.choices(options.length, formatCount(options.length, language))}</p>
    </dialog>`
  }

  #dialogIsOpen(): boolean {
    return this.hasUpdated && this.#dialog.open
  }

  #groups(): readonly OptionGroup[] {
    const typed = this.typed.trim()
    const conversations = { label: phrases.conversations, options: this.#foundConversations(typed) }
    const commands = { label: phrases.palette_commands, options: this.#found(commandsOn(this.ground), typed, typed === '' ? Infinity : mostOfKind) }
    const agents = { label: phrases.palette_agents, options: this.#found(agentCommands(this.ground), typed, mostOfKind) }
    const search = { label: phrases.search, options: typed === '' ? [] : [this.#option(phrases.search_for(typed), [], 'open-search', typed)] }
    const said = { label: phrases.palette_said, options: this.#foundTexts() }
    return [conversations, commands, agents, said, search].filter(({ options }) => options.length > 0)
  }

  #foundConversations(typed: string): readonly Option[] {
    return this.conversations
      .flatMap((conversation) => {
        const match = fuzzyMatch(typed, conversation.title ?? phrases.untitled)
        return match === null || conversation.id === this.ground.conversation?.id ? [] : [{ conversation, match }]
      })
      .toSorted((a, b) => b.match.score - a.match.score)
      .slice(0, mostOfKind)
      .map(({ conversation, match }) => ({
        ...this.#option(conversation.title ?? phrases.untitled, match.ranges, 'go', { id: conversation.id, message_id: null }),
        ...(conversation.archived ? { fact: phrases.archived_one } : {}),
      }))
  }

  #foundTexts(): readonly Option[] {
    return this.found.slice(0, mostOfKind).map(({ id, title, hit }) => ({
      ...this.#option(hit.snippet, hit.ranges, 'go', { id, message_id: hit.message_id }), fact: title ?? phrases.untitled,
    }))
  }

  #found(commands: readonly Command[], typed: string, most: number): readonly Option[] {
    return findCommands(commands, typed, 'label').slice(0, most)
      .map(({ command, match, text }) => ({ ...this.#option(command.label, match.ranges, command.event, command.detail(text)), shortcut: command.shortcut }))
  }

  #option(label: string, ranges: Option['ranges'], event: string, detail: unknown): Option {
    return {
      label, ranges,
      choose: () => {
        this.#dialog.close()
        this.announce(event, detail)
      },
    }
  }

  readonly #typed = () => {
    this.typed = this.#field.value
    this.selected = 0
    clearTimeout(this.#timer)
    if (this.typed.trim() === '') this.found = []
    else this.#timer = setTimeout(() => void this.#search(this.typed.trim()), searchPause)
  }

  /** An answer to what is not typed any more is dropped; lines above it do not move when it comes. */
  async #search(words: string): Promise<void> {
    const found = await this.find(words).catch(() => [])
    if (this.typed.trim() === words) this.found = found
  }

  /** 229 is what browsers report for keys that an input method keeps to itself. */
  #pressed(event: KeyboardEvent, options: readonly Option[]): void {
    if (event.isComposing || event.keyCode === 229) return
    // Left to the browser, this key would go to its own search.
    if (isShortcut(event, 'palette')) {
      event.preventDefault()
      return this.#dialog.close()
    }
    const moved = movedSelection(event.key, this.selected, options.length)
    if (moved === null && event.key !== 'Enter') return
    event.preventDefault()
    if (moved === null) options[this.selected]?.choose()
    else this.selected = moved
  }

  /** The dialog itself is only met beside what it holds. */
  #pressedBeside(event: Event): void {
    if (event.target === event.currentTarget) this.#dialog.close()
  }
}

customElements.define('parley-palette', Palette)
