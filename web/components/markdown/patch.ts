/** Makes the children of `target`, from one index on, equal to those of `source`, and touches only what differs. */
export function patchChildren(target: Element, source: ParentNode, from = 0): void {
  const wanted = [...source.childNodes]
  wanted.forEach((node, index) => {
    const held = target.childNodes[from + index]
    if (held === undefined) target.append(node)
    else if (!patchNode(held, node)) held.replaceWith(node)
  })
  while (target.childNodes.length > from + wanted.length) target.lastChild!.remove()
}

/** False when they are of different kinds and one must replace the other. */
function patchNode(held: ChildNode, wanted: ChildNode): boolean {
  if (held.nodeName !== wanted.nodeName) return false
  if (held instanceof Text && wanted instanceof Text) patchText(held, wanted.data)
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
