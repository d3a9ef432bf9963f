/** Type, colours and icons. */
import { html, type TemplateResult } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'
import { icon, iconPaths, type IconName } from '../../components/icons.ts'

export function type(): TemplateResult {
  return html`
    <p class="greeting">A truce, and what was said in it</p>
    <div class="prose"><h3>Ce que dit la règle, et ce qu’elle tait</h3></div>
    <p class="prose">An answer is set like a page: seventy characters, a line of twenty-eight.</p>
    <p class="words">What a person says is as large, in the interface’s face.</p>
    <p>What the service says is set fourteen on twenty, and <b>six hundred</b> is the other weight.</p>
    <p class="fact faint">Facts are twelve on sixteen: 12,870 + 934 tokens, $0.0021, 6.2 s</p>
    <p class="prose"><code>const receipt = await settle(turn)</code></p>`
}

const groups = {
  surfaces: ['page', 'side', 'raised', 'tint'],
  ink: ['ink', 'ink-quiet', 'ink-faint', 'edge', 'line'],
  meaning: ['accent', 'accent-tint', 'success', 'warning', 'danger'],
  levels: ['level-0', 'level-1', 'level-2', 'level-3', 'level-4'],
  lanes: ['lane-system-policy', 'lane-history', 'lane-memory', 'lane-tools', 'lane-tool-results', 'lane-buffer'],
} as const

export function colours(): TemplateResult {
  return html`${Object.values(groups).map((names) => html`<ul class="swatches">
    ${names.map((name) => html`<li><i style=${styleMap({ background: `var(--${name})` })}></i><code>${name}</code></li>`)}
  </ul>`)}`
}

export function icons(): TemplateResult {
  const names = Object.keys(iconPaths) as IconName[]
  return html`<ul class="swatches icons">${names.map((name) => html`<li>${icon(name)}${icon(name, 'small')}<code>${name}</code></li>`)}</ul>`
}
