/** Every control in every state that it has. */
import { html, nothing, type TemplateResult } from 'lit'
import { icon } from '../../components/icons.ts'

/** Classes that stand for a state, and whether it is disabled, or pressed. */
interface State {
  readonly name: string
  readonly as: string
  readonly disabled?: true
  readonly pressed?: true
}

const states: readonly State[] = [
  { name: 'Rest', as: '' },
  { name: 'Hover', as: 'is-hover' },
  { name: 'Focus', as: 'is-focus' },
  { name: 'Pressed', as: '', pressed: true },
  { name: 'Disabled', as: '', disabled: true },
]

const controls: readonly (readonly [name: string, draw: (state: State) => TemplateResult | typeof nothing])[] = [
  ['Primary', (state) => button('primary', 'Send', state)],
  ['Button', (state) => button('', 'Verify', state)],
  ['Plain', (state) => button('plain', 'Undo', state)],
  ['Danger', (state) => button('danger', 'Delete', state)],
  ['Stop', (state) => html`<button type="button" class="button ${state.as}" ?disabled=${state.disabled}>${icon('stop', 'small solid')}Stop</button>`],
  ['Tool', (state) => html`<button type="button" class="tool-button ${state.as}" aria-label="Copy" aria-pressed=${state.pressed ?? nothing}
    ?disabled=${state.disabled}>${icon('copy')}</button>`],
  ['Chip', (state) => (state.disabled ? nothing : html`<button type="button" class="chip ${state.as}" aria-pressed=${state.pressed ?? nothing}>
    ${icon('memory', 'small')}3 memories</button>`)],
  ['Link', (state) => (state.disabled || state.pressed ? nothing : html`<a class="link ${state.as}" href="#link">What was left out</a>`)],
  ['Picker', (state) => (state.disabled ? nothing : html`<button type="button" class="picker ${state.as}"><span><b>Nexus</b> on gpt-4o-mini</span>${icon('down', 'small')}</button>`)],
  ['Field', (state) => (state.pressed ? nothing : html`<input class="field ${state.as}" aria-label="Title" placeholder="Title" ?disabled=${state.disabled}>`)],
  ['Tab', (state) => (state.disabled ? nothing : html`<span class="tabs"><button type="button" class=${state.as} aria-selected=${state.pressed ?? false}>Receipt</button></span>`)],
]

function button(weight: string, words: string, state: State): TemplateResult | typeof nothing {
  if (state.pressed) return nothing
  return html`<button type="button" class="button ${weight} ${state.as}" ?disabled=${state.disabled}>${words}</button>`
}

export function controlStates(): TemplateResult {
  return html`<div class="scroll"><table class="states">
    <thead><tr><th></th>${states.map(({ name }) => html`<th>${name}</th>`)}</tr></thead>
    <tbody>${controls.map(([name, draw]) => html`<tr><th>${name}</th>${states.map((state) => html`<td>${draw(state)}</td>`)}</tr>`)}</tbody>
  </table></div>`
}
