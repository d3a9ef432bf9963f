/** The keys of the page: one table, which the page listens by and the list of shortcuts shows. */
import { phrases } from '../i18n/language.ts'

export type Modifier = 'control' | 'shift' | 'alt'

export interface Shortcut {
  readonly label: string
  /** Modifiers first. `control` is Command where there is one. */
  readonly keys: readonly string[]
}

/** By what they do. Those of the composer and of menus are listened for where they act. */
export const shortcuts = {
  palette: { label: phrases.shortcut_palette, keys: ['control', 'K'] },
  search: { label: phrases.shortcut_search, keys: ['control', 'shift', 'F'] },
  new_conversation: { label: phrases.new_conversation, keys: ['control', 'shift', 'O'] },
  message_before: { label: phrases.shortcut_message_before, keys: ['alt', 'ArrowUp'] },
  message_after: { label: phrases.shortcut_message_after, keys: ['alt', 'ArrowDown'] },
  stop: { label: phrases.shortcut_escape, keys: ['Escape'] },
  send: { label: phrases.send, keys: ['Enter'] },
  line: { label: phrases.shortcut_line, keys: ['shift', 'Enter'] },
  edit_last: { label: phrases.shortcut_edit_last, keys: ['ArrowUp'] },
  commands: { label: phrases.shortcut_commands, keys: ['/'] },
  list: { label: phrases.shortcuts, keys: ['?'] },
} as const satisfies Readonly<Record<string, Shortcut>>
export type ShortcutId = keyof typeof shortcuts

const isApple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')
const names: Readonly<Record<string, string>> = {
  control: isApple ? '⌘' : phrases.key_control,
  shift: isApple ? '⇧' : phrases.key_shift,
  alt: isApple ? '⌥' : 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: phrases.key_escape,
  Enter: phrases.key_enter,
}

/** As they stand on the keyboard. */
export function keysOf(id: ShortcutId): readonly string[] {
  return shortcuts[id].keys.map((key) => names[key] ?? key)
}

/** Is it this shortcut? A key that only comes with Shift, such as `?`, is known by itself. */
export function isShortcut(event: KeyboardEvent, id: ShortcutId): boolean {
  const keys: readonly string[] = shortcuts[id].keys
  const key = keys.at(-1)!
  const control = isApple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    control === keys.includes('control') &&
    event.altKey === keys.includes('alt') &&
    (event.shiftKey === keys.includes('shift') || key === '?')
  )
}
