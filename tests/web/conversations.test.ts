import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addPage, applyChange, emptyList, inGroups, onShelf, withoutVanished } from '../../web/state/conversation-list.ts'
import { draftOf, withDraft } from '../../web/state/drafts.ts'
import { conversation } from './made.ts'

const at = (id: string, updated_at: string, rev = 1) => conversation(id, { updated_at, rev })

test('conversations stand newest first, each once, in its newest state', () => {
  const first = addPage(emptyList, [at('a', '2026-11-20T08:00:00.000Z'), at('b', '2026-11-20T07:00:00.000Z', 5)], 2)
  const list = addPage(first, [at('b', '2026-11-19T07:00:00.000Z', 4), at('c', '2026-11-20T09:00:00.000Z')], null)

  assert.deepEqual(list.items.map((item) => [item.id, item.rev]), [['c', 1], ['a', 1], ['b', 5]])
  assert.equal(list.readings.current.next_page, null)
})

test('what a fresh first page should show and does not is gone; older rows stay', () => {
  const list = addPage(emptyList, [at('a', '2026-11-20T08:00:00.000Z'), at('b', '2026-11-20T07:00:00.000Z'), at('c', '2026-11-01T07:00:00.000Z')], null)
  const fresh = [at('b', '2026-11-20T07:00:00.000Z')]

  assert.deepEqual(withoutVanished(list, fresh, 2).items.map((item) => item.id), ['b', 'c'])
  assert.deepEqual(withoutVanished(list, fresh, null).items.map((item) => item.id), ['b'])
})

test('a frame changes one row, a deleted conversation leaves, and an archived one changes its shelf', () => {
  const list = addPage(emptyList, [at('a', '2026-11-20T08:00:00.000Z'), at('b', '2026-11-20T07:00:00.000Z')], null)
  const renamed = applyChange(list, { conversation_id: 'b', change: 'changed', conversation: conversation('b', { title: 'New', rev: 2 }) })
  const gone = applyChange(renamed, { conversation_id: 'a', change: 'deleted', conversation: null })
  const archived = applyChange(gone, { conversation_id: 'b', change: 'changed', conversation: conversation('b', { archived: true, rev: 3 }) })

  assert.equal(renamed.items.find((item) => item.id === 'b')?.title, 'New')
  assert.deepEqual(gone.items.map((item) => item.id), ['b'])
  assert.deepEqual(onShelf(archived, 'current'), [])
  assert.deepEqual(onShelf(archived, 'archive').map((item) => item.id), ['b'])
})

test('pinned conversations stand before the others, in the list as the server orders it', () => {
  const pin = (id: string, hour: number) => ({ ...at(id, `2026-11-20T0${hour}:00:00.000Z`), pinned: true })
  const list = addPage(emptyList, [at('new', '2026-11-20T09:00:00.000Z'), pin('old', 1), pin('older', 0)], null)
  const unpinned = applyChange(list, { conversation_id: 'old', change: 'changed', conversation: { ...pin('old', 1), pinned: false, rev: 2 } })

  assert.deepEqual(list.items.map((item) => item.id), ['old', 'older', 'new'])
  assert.deepEqual(inGroups(list.items, new Date('2026-11-20T12:00:00.000Z'))[0], { group: 'pinned', items: list.items.slice(0, 2) })
  assert.deepEqual(unpinned.items.map((item) => item.id), ['older', 'new', 'old'])
})

test('a fresh first page that holds only pinned conversations says nothing of the others', () => {
  const pinned = { ...at('p', '2026-11-01T07:00:00.000Z'), pinned: true }
  const list = addPage(emptyList, [pinned, at('a', '2026-11-20T08:00:00.000Z')], null)

  assert.deepEqual(withoutVanished(list, [pinned], 2).items.map((item) => item.id), ['p', 'a'])
})

test('what is fetched of one shelf leaves the other alone', () => {
  const list = addPage(emptyList, [at('a', '2026-11-20T08:00:00.000Z')], null)
  const both = addPage(withoutVanished(list, [], null, 'archive'), [{ ...at('z', '2026-11-20T09:00:00.000Z'), archived: true }], null, 'archive')

  assert.deepEqual([onShelf(both, 'current').map((item) => item.id), onShelf(both, 'archive').map((item) => item.id)], [['a'], ['z']])
  assert.deepEqual([list.readings.archive.loaded, both.readings.archive.loaded], [false, true])
})

test('days are those of the calendar: one minute before midnight is yesterday', () => {
  const now = new Date(2026, 10, 20, 9, 30)
  const items = [
    at('today', new Date(2026, 10, 20, 0, 0).toISOString()),
    at('yesterday', new Date(2026, 10, 19, 23, 59).toISOString()),
    at('week', new Date(2026, 10, 13, 0, 0).toISOString()),
    at('older', new Date(2026, 10, 12, 23, 59).toISOString()),
  ]

  assert.deepEqual(inGroups(items, now).map(({ group, items: found }) => [group, found.map((item) => item.id)]), [
    ['today', ['today']],
    ['yesterday', ['yesterday']],
    ['last_seven_days', ['week']],
    ['older', ['older']],
  ])
})

test('every conversation has its own draft, and an empty one is not kept', () => {
  const drafts = withDraft(withDraft(withDraft({}, 'c_1', 'one'), 'new', 'two'), 'c_1', '  ')

  assert.deepEqual(drafts, { new: 'two' })
  assert.equal(draftOf(drafts, 'c_1'), '')
})
