/** Focus goes from message to message, so that a reader and a screen reader are where they look. */

/** To the message before (-1) or after (1) the one that has focus, else the one at the top of what is seen. */
export function jumpMessage(root: ParentNode, direction: -1 | 1): void {
  const messages = [...root.querySelectorAll<HTMLElement>('[data-message]')]
  const held = messages.findIndex((message) => message.contains(document.activeElement))
  const at = held >= 0 ? held : firstSeen(messages, direction)
  const next = messages[Math.min(messages.length - 1, Math.max(0, at + direction))]
  if (next === undefined) return
  next.tabIndex = -1
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'start' })
}

/** From nowhere, Up begins at the last message, and Down at the one after the first that is seen. */
function firstSeen(messages: readonly HTMLElement[], direction: -1 | 1): number {
  if (direction === -1) return messages.length
  const top = messages[0]?.parentElement?.getBoundingClientRect().top ?? 0
  return messages.findIndex((message) => message.getBoundingClientRect().bottom > top + 1)
}
