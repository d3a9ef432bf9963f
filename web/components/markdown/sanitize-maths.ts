/** The second wall, for a formula: MathML without links, styles, names or anything that could be asked for elsewhere. */
import DOMPurify from 'dompurify'

const attributes = (
  'class display displaystyle scriptlevel mathvariant form fence separator stretchy symmetric largeop movablelimits accent accentunder minsize maxsize ' +
  'lspace rspace width height depth voffset linethickness notation columnspan rowspan flush frame'
).split(' ')
const tags = (
  'math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts ' +
  'mtable mtr mtd mstyle mpadded mphantom menclose #text'
).split(' ')

export function sanitizeMaths(markup: string): DocumentFragment {
  return DOMPurify.sanitize(markup, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ADD_URI_SAFE_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    /** No attribute holds an address. */
    ALLOWED_URI_REGEXP: /^(?!)/,
    RETURN_DOM_FRAGMENT: true,
  })
}
