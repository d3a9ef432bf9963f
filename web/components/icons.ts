/** Icons on a 20 px grid, drawn with a 1.5 px line in the colour of their text. They stand beside a word or carry a label. */
import { html, type TemplateResult } from 'lit'

/** By what they mean, so that a word finds them; what points along the text is drawn for left to right and mirrors. */
export const iconPaths = {
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h8',
  new: 'M4 16.25h12M6 13.25l.6-3L13.5 3.4l2.4 2.4L9 12.65z',
  edit: 'M4.5 15.5l.6-3.1L13.6 3.9l2.5 2.5-8.5 8.5zM11.5 6l2.5 2.5',
  search: 'M13.2 13.2 16.5 16.5M14.25 9a5.25 5.25 0 1 1-10.5 0 5.25 5.25 0 0 1 10.5 0z',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  check: 'M4.5 10.5 8 14l7.5-8',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  next: 'M8 5.5l4.5 4.5L8 14.5',
  previous: 'M12 5.5L7.5 10l4.5 4.5',
  down: 'M5.5 8l4.5 4.5L14.5 8',
  send: 'M10 16V4.5M5 9.25 10 4.25l5 5',
  stop: 'M6.5 5.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  attach: 'M15.5 9.5l-5.6 5.6a3.5 3.5 0 0 1-5-5l6-6a2.3 2.3 0 0 1 3.3 3.3l-5.8 5.8a1.1 1.1 0 0 1-1.6-1.6l5.2-5.2',
  copy: 'M8.5 7h6A1.5 1.5 0 0 1 16 8.5v6a1.5 1.5 0 0 1-1.5 1.5h-6A1.5 1.5 0 0 1 7 14.5v-6A1.5 1.5 0 0 1 8.5 7zM13 4.5A1 1 0 0 0 12 4H5a1 1 0 0 0-1 1v7a1 1 0 0 0 .5 1',
  wrap: 'M3.5 5.5h13M3.5 10h10.75a2.25 2.25 0 0 1 0 4.5H10.5M12.25 12.5l-2 2 2 2M3.5 14.5H7',
  again: 'M15.6 10.5a5.7 5.7 0 1 1-1.5-4.3l1.4 1.5M15.5 3.75v4h-4',
  good: 'M7 9.25V16H4.25V9.25zM7 9.25l3-5.75c1.2 0 1.9.9 1.7 2L11.1 8.25h3.7a1.4 1.4 0 0 1 1.4 1.7l-1 4.9A1.5 1.5 0 0 1 13.7 16H7',
  bad: 'M7 10.75V4H4.25v6.75zM7 10.75l3 5.75c1.2 0 1.9-.9 1.7-2l-.6-2.75h3.7a1.4 1.4 0 0 0 1.4-1.7l-1-4.9A1.5 1.5 0 0 0 13.7 4H7',
  out: 'M10 12V3.75M6.75 6.5 10 3.5l3.25 3M4.5 10.5v5.75h11V10.5',
  in: 'M10 3.5v8.25M6.75 9 10 12l3.25-3M4.5 10.5v5.75h11V10.5',
  pin: 'M7.5 3.5h5M8.25 3.5v5L6 11.25h8L11.75 8.5v-5M10 11.25v5.25',
  archive: 'M4 4.5h12V8H4zM5 8v7a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V8M8.25 11h3.5',
  forget: 'M4.5 6h11M8 6V4.25h4V6M6 6l.7 10h6.6L14 6M8.75 9v4.25M11.25 9v4.25',
  pane: 'M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4zM12.5 4v12',
  tool: 'M16 6.7a3.9 3.9 0 0 1-5.2 4.6L6.5 15.6a1.5 1.5 0 0 1-2.1-2.1l4.3-4.3a3.9 3.9 0 0 1 4.6-5.2L11 6.3 11.5 8.5l2.2.5z',
  memory: 'M6 3.5h8a.5.5 0 0 1 .5.5v12.5L10 13.25 5.5 16.5V4a.5.5 0 0 1 .5-.5z',
  page: 'M6 3.5h5.5L15 7v9a.5.5 0 0 1-.5.5h-8.5a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5zM11.25 3.5V7.25H15',
  clock: 'M16.5 10a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM10 6.25V10l2.5 1.75',
  lock: 'M6 9h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1zM7 9V6.75a3 3 0 0 1 6 0V9',
  unlock: 'M6 9h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1zM7 9V6.75a3 3 0 0 1 5.7-1.3',
  debate: 'M3.5 4.5h8.5v6H7.5L5 12.5v-2H3.5zM14.5 8h2v6h-1.5v2l-2.5-2H9',
  usage: 'M4 16v-4.5M8 16V6M12 16V9M16 16V4',
  settings: 'M3.5 6.5h6M13.5 6.5h3M3.5 13.5h3M10.5 13.5h6M13.5 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM10.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
} as const
export type IconName = keyof typeof iconPaths

export function icon(name: IconName, variant = ''): TemplateResult {
  return html`<svg class="icon icon-${name} ${variant}" viewBox="0 0 20 20" aria-hidden="true"><path d=${iconPaths[name]}></path></svg>`
}

/** The same for elements that are made by hand. */
export function iconElement(name: IconName): SVGElement {
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  drawn.setAttribute('class', `icon icon-${name}`)
  drawn.setAttribute('viewBox', '0 0 20 20')
  drawn.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', iconPaths[name])
  drawn.append(path)
  return drawn
}
