/** The second wall: whatever the renderer wrote, only these elements and attributes become part of the page. */
import DOMPurify from 'dompurify'

const tags =
  'a blockquote br code del em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul'.split(' ')
const attributes = ['href', 'title', 'start', 'class', 'align']
/** Every other attribute must look like an address that one may follow. */
const notAddresses = ['title', 'start', 'class', 'align']

/** Sanitised elements, not text: nothing between the wall and the page is parsed again. */
export function sanitize(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ADD_URI_SAFE_ATTR: notAddresses,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
    RETURN_DOM_FRAGMENT: true,
  })
}
