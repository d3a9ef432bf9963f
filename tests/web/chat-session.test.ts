import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerFrame } from '#protocol/chat-frames.ts'
import { openLocalStore, type KeyValueStore } from '../../web/api/local-store.ts'
import type { ConversationChange, Rest } from '../../web/api/rest.ts'
import { openChatSession } from '../../web/pages/chat-session.ts'
import type { Connection } from '../../web/state/chat-state.ts'
import { accepted, conversation, frame, message } from './made.ts'

/** A browser's storage, in memory. */
function memory(): KeyValueStore & { readonly keys: () => readonly string[] } {
  const map = new Map<string, string>()
  return {
    get length() {
      return map.size
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  }
}

const emptyRest: Rest = {
  agents: async () => [],
  conversations: async () => ({ items: [], next_page: null }),
  branch: async (id) => ({ conversation: conversation(id), messages: [] }),
  rate: async () => message('m_2'),
  change: async (id, change) => conversation(id, change),
  remove: async () => {},
  restore: async (id) => conversation(id),
  search: async () => ({ found: [], total: 0 }),
  stop: async () => {},
}

/** One page over a storage: what it sent, and a way to let the server speak. */
function openPage(store: KeyValueStore, conversationId: string | null = null) {
  const sent: (readonly [type: string, data: unknown])[] = []
  const made: string[] = []
  const searched: string[] = []
  const timers: (() => void)[] = []
  const changed: (readonly [id: string, change: ConversationChange])[] = []
  const looked = { at: true }
  let speak: { frame: (frame: ServerFrame) => void; lost: (how: Connection) => void } | null = null
  let count = store.length
  const session = openChatSession(
    {
      rest: {
        ...emptyRest,
        change: async (id, change) => {
          changed.push([id, change])
          return conversation(id, { rev: 9, ...change })
        },
        search: async (_shelf, question) => {
          searched.push(question)
          return { found: [], total: 0 }
        },
      },
      store: openLocalStore(store),
      openSocket: (on) => {
        speak = on
        return { send: (type, data) => void sent.push([type, data]), wake: () => {}, close: () => {} }
      },
      after: (_milliseconds, callback) => void timers.push(callback),
      now: () => new Date('2026-11-20T09:32:17.000Z'),
      makeId: () => `id${++count}`,
      onMade: (id) => void made.push(id),
      onGo: (id) => void made.push(id === null ? 'left' : `back ${id}`),
      isLookedAt: () => looked.at,
    },
    conversationId,
  )
  session.start()
  const hear = (heard: ServerFrame) => speak!.frame(heard)
  const connect = () => hear(frame('connected', { user_id: 'local', protocol: 'parley.v2', server_time: '2026-11-20T09:32:17.000Z' }))
  const sends = () => sent.filter(([type]) => type === 'chat.send').map(([, data]) => data as { client_message_id: string; content: string; conversation_id?: string })
  const pause = () => timers.splice(0).forEach((ring) => ring())
  return { session, made, searched, changed, looked, sends, hear, connect, pause }
}

test('a question that was not acknowledged survives a reload and leaves under the same id', () => {
  const store = memory()
  const before = openPage(store)
  before.connect()
  before.session.ask('Hello?')

  const after = openPage(store)
  after.connect()

  assert.deepEqual(after.sends(), before.sends())
  assert.equal(after.sends().length, 1)
})

test('an acknowledged question is not kept', () => {
  const store = memory()
  const page = openPage(store)
  page.connect()
  page.session.ask('Hello?')
  page.hear(accepted(page.sends()[0]!.client_message_id))

  assert.deepEqual(store.keys(), [])
  assert.deepEqual(page.made, ['c_1'])
})

test('the next question goes into the conversation that the first one made', () => {
  const page = openPage(memory())
  page.connect()
  page.session.ask('One')
  page.session.ask('Two')
  page.hear(accepted(page.sends()[0]!.client_message_id))
  page.hear(frame('chat.done', doneOf('c_1')))

  assert.deepEqual(page.sends().map(({ content, conversation_id }) => [content, conversation_id]), [['One', undefined], ['Two', 'c_1']])
})

test('what is asked without a connection is kept and leaves with it', () => {
  const page = openPage(memory())
  page.session.ask('Hello?')
  assert.deepEqual(page.sends(), [])
  page.connect()

  assert.equal(page.sends().length, 1)
})

test('a question taken back in one tab does not leave from another', () => {
  const store = memory()
  const page = openPage(store)
  page.session.ask('Hello?')
  page.session.storeChanged(store.keys()[0]!, null)
  page.connect()

  assert.deepEqual(page.sends(), [])
})

test('a question that waits in another tab is shown here too', () => {
  const store = memory()
  openPage(store, 'c_1').session.ask('From the other tab')
  const fresh = memory()
  const here = openPage(fresh, 'c_1')
  const key = store.keys()[0]!
  fresh.setItem(key, store.getItem(key)!)
  here.session.storeChanged(key, fresh.getItem(key))

  assert.equal(here.session.state.outbox[0]?.content, 'From the other tab')
})

test('a draft survives a reload, for its own conversation only', () => {
  const store = memory()
  openPage(store, 'c_1').session.saveDraft('half a thought')

  assert.equal(openPage(store, 'c_1').session.draft(), 'half a thought')
  assert.equal(openPage(store, 'c_2').session.draft(), '')
  assert.equal(openPage(store).session.draft(), '')
})

test('a browser without storage loses the keeping and nothing else', () => {
  const forbidden = new Proxy(memory(), {
    get: () => {
      throw new Error('storage is forbidden')
    },
  })
  const page = openPageOver(forbidden)

  assert.equal(page.sends().length, 1)
})

function openPageOver(store: KeyValueStore) {
  const safe = memory()
  const page = openPage(safe)
  const kept = openLocalStore(store)
  kept.saveDraft('new', 'x')
  kept.saveOutbox([], [{ client_message_id: 'k' }])
  assert.deepEqual([kept.outbox(), kept.drafts(), kept.agent()], [[], {}, null])
  page.connect()
  page.session.ask('Hello?')
  return page
}

test('what an older page kept in another shape is left alone', () => {
  const store = memory()
  store.setItem('parley.outbox.a', '{"old": true}')
  store.setItem('parley.outbox.b', 'not JSON')
  const page = openPage(store)
  page.connect()

  assert.deepEqual(page.sends(), [])
})

test('deleting the open conversation leaves its address, and deleting another does not', async () => {
  const page = openPage(memory(), 'c_1')
  await page.session.remove('c_2')
  assert.deepEqual(page.made, [])
  await page.session.remove('c_1')

  assert.deepEqual(page.made, ['left'])
})

const unreadAnswer = frame('conversation', { conversation_id: 'c_1', change: 'settled', conversation: conversation('c_1', { unread: true, rev: 5 }) })

test('an answer on the screen of somebody who looks is read, and that is said once', async () => {
  const page = openPage(memory(), 'c_1')
  await new Promise((resolve) => setImmediate(resolve))
  page.hear(unreadAnswer)
  page.session.chooseAgent('Neo')
  await new Promise((resolve) => setImmediate(resolve))

  assert.deepEqual(page.changed, [['c_1', { unread: false }]])
  assert.equal(page.session.state.list.items[0]?.unread, false)
})

test('an answer that nobody looks at stays unread until somebody does', async () => {
  const page = openPage(memory(), 'c_1')
  await new Promise((resolve) => setImmediate(resolve))
  page.looked.at = false
  page.hear(unreadAnswer)
  assert.deepEqual(page.changed, [])
  page.looked.at = true
  page.session.wake()

  assert.deepEqual(page.changed, [['c_1', { unread: false }]])
})

test('what was put away comes back with one word, and stays on the screen meanwhile', async () => {
  const page = openPage(memory(), 'c_1')
  await page.session.archive('c_1', true)
  assert.deepEqual(page.session.state.undoable, { change: 'archived', id: 'c_1', title: 'c_1', was_open: false })
  await page.session.undo()

  assert.deepEqual(page.changed, [['c_1', { archived: true }], ['c_1', { archived: false }]])
  assert.deepEqual([page.made, page.session.state.undoable], [[], null])
})

test('what is typed without a pause is one search, and none once the field is cleared', () => {
  const page = openPage(memory())
  for (const text of ['l', 'lo', 'loaf']) page.session.search(text)
  page.pause()
  page.session.search('loaf tin')
  page.session.search('')
  page.pause()

  assert.deepEqual(page.searched, ['loaf'])
})

test('undo brings back what was deleted last, to the screen if it stood there', async () => {
  const page = openPage(memory(), 'c_1')
  await page.session.remove('c_1')
  page.session.open(null)
  await page.session.undo()

  assert.deepEqual(page.made, ['left', 'back c_1'])
  assert.equal(page.session.state.undoable, null)
})

test('what is written where a conversation was deleted begins a new one', () => {
  const page = openPage(memory(), 'c_1')
  page.connect()
  page.hear(frame('conversation', { conversation_id: 'c_1', change: 'deleted', conversation: null }))
  page.session.ask('Hello?')

  assert.deepEqual(page.sends().map(({ content, conversation_id }) => [content, conversation_id]), [['Hello?', undefined]])
})

function doneOf(conversationId: string) {
  return {
    conversation_id: conversationId, turn_id: 't_1', response_id: 'm_2', epoch: 'e1', seq: 1, outcome: 'completed' as const, content: '', provider: null, model: null,
    requested_model: null, token_count: null, usage: null, cost: null, confidence: null, receipt_id: 'r_1', reasoning_ms: null, total_ms: 1,
  }
}
