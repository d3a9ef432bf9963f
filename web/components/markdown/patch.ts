/** Makes elements that stand equal to others that were just made, and touches only what differs. */
import { patchCode } from './code-block.ts'
import type { Level } from './open-path.ts'

/** Makes the children of `target`, from one index on, equal to those of `source`. */
export function patchChildren(target: Element, source: ParentNode, from = 0): void {
  patchBehind(target, [...source.childNodes], from, 0, patchOrReplace)
}

/**
 * The same for children of which the first is what is left of a path: in each of its elements, what the level says is not
 * in `source` any more stays as it stands.
 */
export function patchPath(target: Element, source: ParentNode, from: number, levels: readonly Level[]): void {
  patchBehind(target, [...source.childNodes], from, 0, (held, wanted, index) => (index === 0 ? patchLevel(held, wanted, levels) : patchOrReplace(held, wanted)))
}

function patchLevel(held: ChildNode, wanted: ChildNode, levels: readonly Level[]): void {
  const [level, ...inner] = levels
  const box = level === undefined ? null : boxOf(held)
  if (level === undefined || box === null || held.nodeName !== wanted.nodeName) return patchOrReplace(held, wanted)
  const { kept, settled } = level
  // Code keeps how it is looked at; a list that began elsewhere keeps its number.
  if (settled === 0 && box === held) patchAttributes(held as Element, wanted as Element)
  patchBehind(box, [...(boxOf(wanted)?.childNodes ?? [])], settled, kept, (heldChild, wantedChild, index) =>
    index === kept ? patchLevel(heldChild, wantedChild, inner) : patchOrReplace(heldChild, wantedChild),
  )
}

/** Where the children of a block stand, when it has elements of its own around them. */
function boxOf(node: Node): Element | null {
  if (!(node instanceof HTMLElement)) return null
  if (node.classList.contains('code')) return node.querySelector('code')
  return node.classList.contains('scroll') ? node.querySelector('tbody') : node
}

/** Puts `wanted`, without the first `skipped`, at `offset` places further on, and ends the children there. */
function patchBehind(target: Element, wanted: readonly ChildNode[], offset: number, skipped: number, patch: (held: ChildNode, wanted: ChildNode, index: number) => void): void {
  let held = childAt(target, offset + skipped)
  wanted.forEach((node, index) => {
    if (index < skipped) return
    const next = held?.nextSibling ?? null
    if (held === null) target.append(node)
    else patch(held, node, index)
    held = next
  })
  while (held !== null) {
    const next: ChildNode | null = held.nextSibling
    held.remove()
    held = next
  }
}

/** Where counting may begin: in front of it nothing changes any more. */
const marks = new WeakMap<Element, { readonly index: number; readonly before: ChildNode }>()

/** The child with this index, or null. Counting from the first each time would take longer the more is finished. */
function childAt(parent: Element, index: number): ChildNode | null {
  const mark = marks.get(parent)
  const known = mark !== undefined && mark.index <= index && mark.before.parentNode === parent
  let before = known ? mark.before : null
  for (let at = known ? mark.index : 0; at < index; at++) {
    const next: ChildNode | null = before === null ? parent.firstChild : before.nextSibling
    if (next === null) break
    before = next
  }
  if (before !== null && index > 0) marks.set(parent, { index, before })
  return before === null ? parent.firstChild : before.nextSibling
}

function patchOrReplace(held: ChildNode, wanted: ChildNode): void {
  if (!patchNode(held, wanted)) held.replaceWith(wanted)
}

/** False when they are of different kinds and one must replace the other. */
function patchNode(held: ChildNode, wanted: ChildNode): boolean {
  if (held.nodeName !== wanted.nodeName) return false
  if (held instanceof Text && wanted instanceof Text) patchText(held, wanted.data)
  if (held instanceof HTMLElement && wanted instanceof HTMLElement && held.classList.contains('code')) return patchCode(held, wanted, patchChildren)
  if (held instanceof Element && wanted instanceof Element) {
    patchAttributes(held, wanted)
    patchChildren(held, wanted)
  }
  return true
}

/** Text that only grew is added to, so that a selection in it stays. */
function patchText(held: Text, wanted: string): void {
  if (held.data === wanted) return
  if (wanted.startsWith(held.data)) held.appendData(wanted.slice(held.data.length))
  else held.data = wanted
}

function patchAttributes(held: Element, wanted: Element): void {
  for (const name of held.getAttributeNames()) if (!wanted.hasAttribute(name)) held.removeAttribute(name)
  for (const name of wanted.getAttributeNames()) {
    const value = wanted.getAttribute(name)!
    if (held.getAttribute(name) !== value) held.setAttribute(name, value)
  }
}
