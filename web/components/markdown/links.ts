/** Links of an answer leave the page, and say where they lead before they are followed. */
import { element } from './elements.ts'

export function furnishLink(link: HTMLAnchorElement): void {
  const place = placeOf(link.href)
  if (place === null) return link.replaceWith(...link.childNodes)
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
  link.className = 'link'
  link.title = place
  if (!misleads(link.textContent ?? '', place)) return
  const shown = element('span', 'leads-to')
  shown.textContent = `(${place})`
  link.append(' ', shown)
}

/** The host as the network knows it (letters that look alike are told apart), or the address that is written to. */
function placeOf(address: string): string | null {
  const url = URL.parse(address)
  if (url === null) return null
  return url.protocol === 'mailto:' ? url.pathname : url.host
}

/** Words that look like an address, but of another place. */
export function misleads(words: string, place: string): boolean {
  const named = /(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}/u.exec(words.replace(/^\s*https?:\/\/(?:[^/?#@\s]*@)?/i, ''))?.[0]
  return named !== undefined && !place.toLowerCase().endsWith(named.toLowerCase()) && !place.toLowerCase().split(':')[0]!.endsWith(named.toLowerCase())
}
