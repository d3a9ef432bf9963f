import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { limits } from '#protocol/limits.ts'
import type { Agent } from '#protocol/agent.ts'
import { formatCount } from '../i18n/format.ts'
import { language, phrases } from '../i18n/language.ts'
import './agent-picker.ts'
import { agentCommands, commandsOn, commandTyped, findCommands, type CommandGround, type FoundCommand } from './commands.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { movedSelection, optionId, optionList, type Option } from './option-list.ts'

const listId = 'slash-options'

/**
 * `<parley-composer>`: where one writes. Enter sends and Shift+Enter breaks the line; Enter that ends an input method's
 * composition does neither. A text that begins with a slash offers commands; Up in an empty field asks for the last message.
 * Says `ask` (the text), `stop`, `draft` (the text so far), `edit-last`, and what the commands say; passes on `choose-agent`.
 */
export class Composer extends LightElement {
  static override properties = {
    place: { type: String },
    draft: { attribute: false },
    agents: { attribute: false },
    agent: { attribute: false },
    running: { type: Boolean },
    stopping: { type: Boolean },
    ground: { attribute: false },
    text: { state: true },
    selected: { state: true },
    dismissed: { state: true },
  }

  /** Which conversation is written in; another one brings its own draft. */
  declare place: string
  declare draft: string
  declare agents: readonly Agent[]
  declare agent: Agent | null
  declare running: boolean
  declare stopping: boolean
  /** What can be asked for behind a slash depends on it; null: nothing can. */
  declare ground: CommandGround | null
  declare text: string
  /** Which of the commands offered is the one that Enter takes. */
  declare selected: number
  /** Escape put the commands away; the next letter brings them back. */
  declare dismissed: boolean

  constructor() {
    super()
    this.place = ''
    this.draft = ''
    this.agents = []
    this.agent = null
    this.running = false
    this.stopping = false
    this.ground = null
    this.text = ''
    this.selected = 0
    this.dismissed = false
  }

  get #area(): HTMLTextAreaElement {
    return this.querySelector('textarea')!
  }

  override focus(): void {
    this.#area.focus()
  }

  /** Puts a text back to be edited, before whatever stands there. */
  putBack(text: string): void {
    this.#write(this.text.trim() === '' ? text : `${text}\n\n${this.text}`)
    this.focus()
    this.#area.setSelectionRange(text.length, text.length)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('place')) this.text = this.draft
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected')) document.getElementById(optionId(listId, this.selected))?.scrollIntoView({ block: 'nearest' })
    if (this.#area.value !== this.text) this.#area.value = this.text
    this.#fit()
  }

  protected override render(): TemplateResult {
    const tooLong = this.text.length > limits.messageCharacters
    const placeholder = this.agent === null ? phrases.ask_anyone : askWhom(this.agent.name)
    const offered = this.#offered()
    return html`<form class="composer" @submit=${this.#submit}>
      ${offered.length === 0 ? nothing : html`<div class="slash">${optionList(listId, phrases.palette_commands, [{ label: phrases.palette_commands, options: offered }], this.selected, (index) => (this.selected = index))}</div>`}
      <textarea rows="1" dir=${this.text === '' ? nothing : 'auto'} aria-label=${phrases.message} placeholder=${placeholder} enterkeyhint="send" ?aria-invalid=${tooLong}
        aria-autocomplete="list" aria-controls=${offered.length === 0 ? nothing : listId} aria-activedescendant=${offered.length === 0 ? nothing : optionId(listId, this.selected)}
        @input=${() => this.#write(this.#area.value)} @keydown=${this.#pressed}></textarea>
      <p class="unseen" role="status">${offered.length === 0 ? '' : phrases.choices(offered.length, formatCount(offered.length, language))}</p>
      ${tooLong ? html`<p class="too-long" role="alert">${phrases.too_long(formatCount(limits.messageCharacters, language))}</p>` : nothing}
      <div class="controls">
        <parley-agent-picker .agents=${this.agents} .agent=${this.agent}></parley-agent-picker>
        <span class="grow"></span>
        ${this.running ? this.#stopButton() : nothing}
        ${this.running && this.text.trim() === '' ? nothing : this.#sendButton(tooLong)}
      </div>
    </form>`
  }

  #stopButton(): TemplateResult {
    const label = this.stopping ? phrases.stopping : phrases.stop
    return html`<button type="button" class="button stop" aria-label=${label} title=${phrases.stop_explained} ?disabled=${this.stopping} @click=${() => this.announce('stop')}>
      ${icon('stop', 'small solid')}<span class="wide-only">${label}</span>
    </button>`
  }

  #sendButton(tooLong: boolean): TemplateResult {
    const disabled = this.text.trim() === '' || tooLong
    return this.running
      ? html`<button class="button primary" title=${phrases.queue_explained} ?disabled=${disabled}>${phrases.queue}</button>`
      : html`<button class="button primary" ?disabled=${disabled}>${phrases.send}</button>`
  }

  #offered(): readonly Option[] {
    const typed = this.dismissed ? null : commandTyped(this.text)
    if (typed === null || this.ground === null) return []
    return findCommands([...agentCommands(this.ground), ...commandsOn(this.ground)], typed, 'name').map((found) => ({
      label: `/${found.command.name}`, ranges: [], fact: found.command.label, choose: () => this.#run(found),
    }))
  }

  #run({ command, text }: FoundCommand): void {
    this.#write('')
    this.focus()
    this.announce(command.event, command.detail(text))
  }

  /** 229 is what browsers report for keys that an input method keeps to itself. */
  #pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return
    const act = this.#keysOfCommands(event) ?? this.#keysOfText(event)
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  #keysOfCommands(event: KeyboardEvent): (() => void) | undefined {
    const offered = this.#offered()
    const moved = movedSelection(event.key, this.selected, offered.length)
    if (moved !== null) return () => (this.selected = moved)
    if (offered.length === 0 || event.shiftKey) return undefined
    if (event.key === 'Enter' || event.key === 'Tab') return () => offered[this.selected]?.choose()
    return event.key === 'Escape' ? () => (this.dismissed = true) : undefined
  }

  #keysOfText(event: KeyboardEvent): (() => void) | undefined {
    if (event.shiftKey || event.altKey) return undefined
    if (event.key === 'Enter') return () => this.#send()
    return event.key === 'ArrowUp' && this.text === '' ? () => this.announce('edit-last') : undefined
  }

  #submit(event: Event): void {
    event.preventDefault()
    this.#send()
  }

  #send(): void {
    const text = this.text.trim()
    if (text === '' || text.length > limits.messageCharacters) return
    this.#write('')
    this.announce('ask', text)
    this.focus()
  }

  #write(text: string): void {
    this.text = text
    this.selected = 0
    this.dismissed = false
    this.announce('draft', text)
  }

  /** Browsers without `field-sizing` are told the height; the style sheet bounds it. */
  #fit(): void {
    if (CSS.supports('field-sizing', 'content')) return
    this.#area.style.blockSize = 'auto'
    this.#area.style.blockSize = `${this.#area.scrollHeight}px`
  }
}

/** Where there is a keyboard, the field says what else it takes. */
function askWhom(name: string): string {
  return matchMedia('(hover: hover) and (width >= 40rem)').matches ? phrases.ask_or_command(name) : phrases.ask_placeholder(name)
}

customElements.define('parley-composer', Composer)
