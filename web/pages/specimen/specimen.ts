/**
 * The specimen: every token, base element, state and icon on one page, for whoever works on the looks. It is there in
 * development only (`npm run dev`, then /specimen); the build begins at index.html and does not know it.
 */
import { html, render, type TemplateResult } from 'lit'
import { calls, floats, lanes, levels, rows } from './facts.ts'
import { controlStates } from './control-states.ts'
import { colours, icons, type } from './look.ts'
import { writeProse, prose } from './prose-sample.ts'
import { forceStates, takeSheetsOfThePage } from './sheets.ts'

const sections: readonly (readonly [name: string, content: () => TemplateResult])[] = [
  ['Type', type],
  ['Colour', colours],
  ['Icons', icons],
  ['Controls', controlStates],
  ['Levels', levels],
  ['Facts', rows],
  ['Lanes', lanes],
  ['Tool calls', calls],
  ['What floats', floats],
  ['Prose', prose],
  ['Right to left', () => html`<div dir="rtl" lang="ar" class="stack">${levels()}${calls()}${controlStates()}</div>`],
]

const theme = new URLSearchParams(location.search).get('theme')
if (theme !== null) document.documentElement.dataset.theme = theme

await takeSheetsOfThePage()
render(html`<main class="specimen">
  <header class="bar"><h1>Specimen</h1>${['light', 'dark', ''].map(themeButton)}</header>
  ${sections.map(([name, content]) => html`<section><h2>${name}</h2><div class="stack">${content()}</div></section>`)}
</main>`, document.body)
forceStates()
writeProse()

function themeButton(name: string): TemplateResult {
  return html`<button type="button" class="button plain" @click=${() => (document.documentElement.dataset.theme = name)}>${name === '' ? 'system' : name}</button>`
}
