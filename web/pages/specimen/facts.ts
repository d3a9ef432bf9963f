/** What the service knows: levels, rows, meters, lanes, calls, and what floats. The figures are made up. */
import { html, type TemplateResult } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'
import { icon } from '../../components/icons.ts'

const meanings = ['Everything it may use', 'Short history, three tools', 'Last exchange, one tool', 'Your question alone', 'No model is asked']

export function levels(): TemplateResult {
  return html`<ul class="swatches">${meanings.map((meaning, level) => html`<li>${bars(level)}<p>${meaning}</p></li>`)}</ul>
    <p class="notice">${bars(1)}<span>Short history, three tools: a provider failed 3 of 10 calls. <a class="link" href="#link">What was left out</a></span></p>`
}

const bars = (level: number) => html`<span class="level" data-level=${level}><span aria-hidden="true"><i></i><i></i><i></i><i></i></span>L${level}</span>`

export function rows(): TemplateResult {
  return html`<p class="footer"><span>gpt-4o-mini</span><span>12,870 + 934 tokens</span><span>$0.0021</span><span>6.2 s</span><span>confidence 0.87</span></p>
    <dl class="rows">
      <div><dt>Input, 7,238 at $0.15 / M</dt><dd>$0.00109</dd></div>
      <div><dt>Output, 934 at $0.60 / M</dt><dd>$0.00056</dd></div>
      <div class="total"><dt>Charged</dt><dd>$0.00165</dd></div>
    </dl>
    <div class="meter">${part('30%')}${part('15%', 'held')}</div>
    <div class="meter near">${part('88%')}${part('6%', 'held')}</div>
    <div class="scale"><i class="hollow" style=${styleMap({ '--at': '68%' })}></i><i style=${styleMap({ '--at': '81%' })}></i></div>
    <p class="notice"><i class="dot running"></i>running<i class="dot"></i>unread<i class="dot hollow"></i>predicted</p>`
}

const part = (share: string, kind = '') => html`<span class=${kind} style=${styleMap({ '--part': share })}></span>`

const shares = { 'system-policy': [17, 11], history: [17, 29], memory: [33, 25], tools: [11, 8], 'tool-results': [11, 16], buffer: [11, 11] } as const

export function lanes(): TemplateResult {
  return html`<div class="lanes">
    <div class="planned">${Object.entries(shares).map(([name, [planned]]) => lane(name, planned))}</div>
    <div class="used">${Object.entries(shares).map(([name, [, used]]) => lane(name, used, name === 'buffer' ? 'held' : ''))}</div>
  </div>`
}

const lane = (name: string, share: number, kind = '') => html`<i class=${kind} style=${styleMap({ '--part': `${share}%`, '--lane': `var(--lane-${name})` })}></i>`

export function calls(): TemplateResult {
  const call = (name: string, about: string, end: TemplateResult) =>
    html`<button type="button" class="call">${icon('tool')}<span class="what"><code>${name}</code> ${about}</span>${end}</button>`
  return html`<div class="call asks" role="group">${icon('tool')}<span class="what"><code>fetch_page</code> cp.pt/horarios</span>
      <span class="chips"><button type="button" class="button">Refuse</button><button type="button" class="button">Allow once</button></span></div>
    ${call('fetch_page', 'cp.pt/horarios', html`<span class="fact faint">running, 1.2 s</span><i class="dot running"></i>`)}
    ${call('document_search', 'taux du livret', html`<bdi class="fact faint">2 passages, 0.31 s</bdi>${icon('next', 'small')}`)}`
}

export function floats(): TemplateResult {
  return html`<div class="menu still" role="menu">
      <button type="button" role="menuitem">Rename</button><button type="button" role="menuitem" class="is-hover">${icon('pin')}Pin</button>
      <button type="button" role="menuitem" disabled>Export</button><button type="button" role="menuitem" class="danger">Delete</button>
    </div>
    <p class="toast still"><span>Deleted: “Names for the boat”.</span><button type="button" class="button plain">Undo</button></p>
    <div class="dialog still"><h2>Delete this conversation?</h2><p>It can be brought back for a moment.</p>
      <p class="chips"><button type="button" class="button danger">Delete</button><button type="button" class="button">Keep</button></p></div>
    <p class="nothing">Conversations will stand here, newest first.</p>
    <div class="ending" data-outcome="interrupted"><p><b>Interrupted.</b> The provider cut off after 36 words; the text received is kept.</p>
      <p class="chips"><button type="button" class="button">Continue</button><button type="button" class="button">Retry</button></p></div>`
}
