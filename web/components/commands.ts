/** What can be asked for in words: one table, which the palette and the composer's `/` share. */
import type { Agent } from '#protocol/agent.ts'
import type { Conversation } from '#protocol/conversation.ts'
import { languageChoices, themes, type Preferences } from '../api/preferences.ts'
import { phrases } from '../i18n/language.ts'
import { fuzzyMatch, type Match } from '../state/fuzzy.ts'
import type { ShortcutId } from './shortcut-table.ts'

export interface Command {
  /** What is typed behind the slash: small letters, words with a space between. */
  readonly name: string
  readonly label: string
  /** What is typed behind the name is its own: a title, words to search for. */
  readonly takesText?: boolean
  readonly shortcut?: ShortcutId
  /** The event that asks for it, and what goes with it. */
  readonly event: string
  readonly detail: (text: string) => unknown
}

/** What the commands depend on. */
export interface CommandGround {
  readonly agents: readonly Agent[]
  /** Who answers next. */
  readonly agent: Agent | null
  /** The open conversation; null while it is new. */
  readonly conversation: Conversation | null
  readonly running: boolean
  readonly preferences: Preferences
}

export function commandsOn(ground: CommandGround): readonly Command[] {
  const { conversation, running } = ground
  return [
    { ...phrases.commands.new, event: 'go', detail: () => ({ id: null, message_id: null }), shortcut: 'new_conversation' },
    { ...phrases.commands.search, event: 'open-search', detail: (text) => text, takesText: true, shortcut: 'search' },
    ...(running ? [{ ...phrases.commands.stop, event: 'stop', detail: () => undefined, shortcut: 'stop' } as const] : []),
    ...(conversation === null ? [] : conversationCommands(conversation)),
    { ...phrases.commands.archives, event: 'show-shelf', detail: () => 'archive' },
    { ...phrases.commands.shortcuts, event: 'show-shortcuts', detail: () => undefined, shortcut: 'list' },
    ...preferenceCommands(ground.preferences),
  ]
}

/** One for each agent that does not answer already. */
export function agentCommands({ agents, agent }: CommandGround): readonly Command[] {
  return agents
    .filter(({ id }) => id !== agent?.id)
    .map(({ id, name }) => ({ name: `${phrases.commands.agent.name} ${name.toLowerCase()}`, label: phrases.commands.agent.label(name), event: 'choose-agent', detail: () => id }))
}

function conversationCommands({ id, pinned, archived }: Conversation): readonly Command[] {
  const { pin, unpin, archive, unarchive, rename, delete: remove } = phrases.commands
  return [
    { ...rename, event: 'start-rename', detail: (text) => ({ id, title: text }), takesText: true },
    { ...(pinned ? unpin : pin), event: 'pin', detail: () => ({ id, pinned: !pinned }) },
    { ...(archived ? unarchive : archive), event: 'archive', detail: () => ({ id, archived: !archived }) },
    { ...remove, event: 'remove', detail: () => id },
  ]
}

function preferenceCommands({ theme, language }: Preferences): readonly Command[] {
  const others = <Choice extends string>(choices: readonly Choice[], chosen: Choice) => choices.filter((choice) => choice !== chosen)
  return [
    ...others(themes, theme).map((choice) => ({
      name: `${phrases.commands.theme.name} ${phrases.themes[choice].toLowerCase()}`, label: phrases.commands.theme.label(phrases.themes[choice]),
      event: 'choose-theme', detail: () => choice,
    })),
    ...others(languageChoices, language).map((choice) => ({
      name: `${phrases.commands.language.name} ${phrases.languages[choice].toLowerCase()}`, label: phrases.commands.language.label(phrases.languages[choice]),
      event: 'choose-language', detail: () => choice,
    })),
  ]
}

export interface FoundCommand {
  readonly command: Command
  readonly match: Match
  /** What was typed behind the name. */
  readonly text: string
}

/** Commands that fit what is typed, the best first; the order of the table where they fit alike. `by` says which of their texts is looked at. */
export function findCommands(commands: readonly Command[], typed: string, by: 'name' | 'label'): readonly FoundCommand[] {
  const found = commands.flatMap((command): FoundCommand[] => {
    const text = command.takesText === true ? textBehind(command.name, typed) : null
    if (text !== null) return [{ command, match: { score: Infinity, ranges: [] }, text }]
    const match = fuzzyMatch(typed, command[by])
    return match === null ? [] : [{ command, match, text: '' }]
  })
  return found.toSorted((a, b) => (a.match.score === b.match.score ? 0 : b.match.score - a.match.score))
}

function textBehind(name: string, typed: string): string | null {
  return typed.toLowerCase().startsWith(`${name} `) ? typed.slice(name.length + 1).trim() : null
}

/** What is typed behind the slash of a text that begins with one; null where it is no command: a path, a second line. */
export function commandTyped(text: string): string | null {
  return /^\/(?![/\s])[^\n]*$/.test(text) || text === '/' ? text.slice(1) : null
}
