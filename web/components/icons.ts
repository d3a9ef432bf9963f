/** Icons on a 20 px grid, drawn with a 1.5 px line in the colour of their text. They stand beside a word or carry a label. */
import { html, type TemplateResult } from 'lit'

const paths = {
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h8',
  new: 'M4 16.25h12M6 13.25l.6-3L13.5 3.4l2.4 2.4L9 12.65z',
  search: 'M13.2 13.2 16.5 16.5M14.25 9a5.25 5.25 0 1 1-10.5 0 5.25 5.25 0 0 1 10.5 0z',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  down: 'M5.5 8l4.5 4.5L14.5 8',
  copy: 'M8.5 7h6A1.5 1.5 0 0 1 16 8.5v6a1.5 1.5 0 0 1-1.5 1.5h-6A1.5 1.5 0 0 1 7 14.5v-6A1.5 1.5 0 0 1 8.5 7zM13 4.5A1 1 0 0 0 12 4H5a1 1 0 0 0-1 1v7a1 1 0 0 0 .5 1',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  archive: 'M4 4.5h12v3.25H4zM5 7.75v7.25a.75.75 0 0 0 .75.75h8.5a.75.75 0 0 0 .75-.75V7.75M8.25 10.5h3.5',
  back: 'M12 5.5 7.5 10l4.5 4.5',
  settings: 'M3.5 6.5h6M13.5 6.5h3M3.5 13.5h3M10.5 13.5h6M13.5 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM10.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  check: 'M4.5 10.5 8 14l7.5-8',
  stop: 'M6.5 5.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
} as const
export type IconName = keyof typeof paths

export function icon(name: IconName, variant = ''): TemplateResult {
  return html`<svg class="icon icon-${name} ${variant}" viewBox="0 0 20 20" aria-hidden="true"><path d=${paths[name]}></path></svg>`
}

/** The same for elements that are made by hand. */
export function iconElement(name: IconName): SVGElement {
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  drawn.setAttribute('class', `icon icon-${name}`)
  drawn.setAttribute('viewBox', '0 0 20 20')
  drawn.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', paths[name])
  drawn.append(path)
  return drawn
}
