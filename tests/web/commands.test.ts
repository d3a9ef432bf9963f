import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieOf, readPreferences } from '../../web/api/preferences.ts'
import { heightAboveKeyboard } from '../../web/app/keyboard.ts'
import { agentCommands, commandsOn, commandTyped, findCommands, type CommandGround } from '../../web/components/commands.ts'
import { movedSelection } from '../../web/components/option-list.ts'
import { initialState } from '../../web/state/chat-state.ts'
import { addPage, emptyList } from '../../web/state/conversation-list.ts'
import { tabTitle } from '../../web/state/selectors.ts'
import { answering, conversation } from './made.ts'

const agent = (id: string) => ({ id, name: id, description: '', model: null, built_in: true })
const ground: CommandGround = { agents: [agent('Neo'), agent('Nexus')], agent: agent('Neo'), conversation: null, running: false, preferences: { theme: 'system', language: 'system' } }
const names = (on: Partial<CommandGround>) => [...commandsOn({ ...ground, ...on }), ...agentCommands({ ...ground, ...on })].map(({ name }) => name)
const asked = (typed: string, on: Partial<CommandGround> = {}) => {
  const [found] = findCommands([...commandsOn({ ...ground, ...on }), ...agentCommands({ ...ground, ...on })], typed, 'name')
  return found === undefined ? null : [found.command.event, found.command.detail(found.text)]
}

test('only what can be done now is offered', () => {
  assert.ok(!names({}).includes('rename') && !names({}).includes('stop'))
  assert.ok(names({ conversation: conversation('c_1'), running: true }).join().includes('stop,rename,pin,archive,delete'))
  assert.ok(names({ conversation: conversation('c_1', { pinned: true, archived: true }) }).join().includes('rename,unpin,unarchive,delete'))
  assert.ok(!names({}).includes('agent neo') && names({}).includes('agent nexus'))
})

test('no two commands have the same name', () => {
  const all = names({ conversation: conversation('c_1'), running: true })

  assert.equal(new Set(all).size, all.length)
})

test('a command is found by a few of its letters, and takes what is typed behind its name', () => {
  const open = { conversation: conversation('c_1') }
  assert.deepEqual(asked('arch', open), ['archive', { id: 'c_1', archived: true }])
  assert.deepEqual(asked('rename', open), ['start-rename', { id: 'c_1', title: '' }])
  assert.deepEqual(asked('rename  The Boat ', open), ['start-rename', { id: 'c_1', title: 'The Boat' }])
  assert.deepEqual(asked('search salt and rye'), ['open-search', 'salt and rye'])
  assert.deepEqual(asked('ag nex'), ['choose-agent', 'Nexus'])
  assert.deepEqual(asked('theme d'), ['choose-theme', 'dark'])
  assert.equal(asked('xyzzy'), null)
})

test('a slash begins a command only at the beginning, on one line, and not in a path', () => {
  assert.deepEqual(['/', '/re', '/rename x'].map(commandTyped), ['', 're', 'rename x'])
  assert.deepEqual(['', 'and/or', '//', '/ x', '/etc\nfstab'].map(commandTyped), [null, null, null, null, null])
})

test('the arrows go round the ends of a list, and other keys do not move', () => {
  assert.deepEqual([movedSelection('ArrowDown', 2, 3), movedSelection('ArrowUp', 0, 3), movedSelection('Enter', 0, 3), movedSelection('ArrowDown', 0, 0)], [0, 2, null, null])
})

test('a preference is read back from the cookie that keeps it, and anything else is as the system has it', () => {
  const cookies = [cookieOf('theme', 'dark', '', false), cookieOf('language', 'fr', '/parley', true)].map((cookie) => cookie.split(';')[0]).join('; ')

  assert.deepEqual(readPreferences(`a=b; ${cookies}; c=d`), { theme: 'dark', language: 'fr' })
  assert.deepEqual(readPreferences('parley_theme=<script>; xparley_language=fr'), { theme: 'system', language: 'system' })
  assert.match(cookieOf('theme', 'system', '', false), /^parley_theme=system; Path=\/; Max-Age=0; SameSite=Lax$/)
  assert.match(cookieOf('language', 'fr', '/parley', true), /; Path=\/parley; .*; Secure$/)
})

test('the tab says what runs in it, and that something elsewhere was not read', () => {
  const words = { product: 'Parley', conversation: 'Conversation', new_conversation: 'New' }
  const unread = { ...initialState('new:1', null), list: addPage(emptyList, [conversation('c_2', { unread: true })], null) }

  assert.equal(tabTitle(answering(), words), '○ c_1 · Parley')
  assert.equal(tabTitle(unread, words), '● New · Parley')
  assert.equal(tabTitle({ ...unread, open: { ...unread.open, key: 'c_2', id: 'c_2' } }, words), 'c_2 · Parley')
})

test('a keyboard that covers the page leaves what is above it; a page that is only magnified, or has become smaller itself, is left alone', () => {
  assert.equal(heightAboveKeyboard(800, 460, 1), 460)
  assert.equal(heightAboveKeyboard(800, 400, 2), null)
  assert.equal(heightAboveKeyboard(460, 460, 1), null)
  assert.equal(heightAboveKeyboard(800, 740, 1), null)
})
