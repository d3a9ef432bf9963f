import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sharedApp, somebody } from '../http/shared-app.ts'
import { startApp, type Person } from '../support/start-app.ts'
import { untilFound } from '../support/until-found.ts'

const path = '/api/v1/chat/conversations'
const shared = sharedApp()

/** Begins a conversation with a question that has been answered. */
async function say(person: Person, content: string, title = 'A talk'): Promise<any> {
  const { body: conversation } = await person.call('POST', path, { title })
  const { status, body } = await person.call('POST', `${path}/${conversation.id}/messages`, { content, model: 'openai/sim-t2' })
  assert.equal(status, 200)
  return { ...body, conversationId: conversation.id }
}

const search = (person: Person, text: string, more = '') => person.call('GET', `${path}?search=${encodeURIComponent(text)}${more}`)

test('[SE7] a message is found within a second of its commit, with the place to open it at', async () => {
  const ada = somebody(shared())
  const { turn, conversationId } = await say(ada, 'Remember that the lighthouse is called Kéréon.')
  const committed = performance.now()

  const { data, pagination } = await untilFound(ada, 'KEREON', 'Kéréon')

  const took = performance.now() - committed
  assert.ok(took < 1000, `${Math.round(took)} ms`)
  assert.equal(pagination.total_items, 1)
  assert.equal(data[0].id, conversationId)
  assert.deepEqual(data[0].hit, { message_id: turn.message_id, snippet: 'Remember that the lighthouse is called Kéréon.', ranges: [[39, 45]] })
})

test('[SE6] what is found is one’s own, for a colleague and for somebody of the same name in another tenant', async (t) => {
  const app = await startApp(t)
  const people = ['ada@acme', 'bob@acme', 'ada@globex'].map((name) => app.signIn(name))
  for (const [n, person] of people.entries()) await say(person, `The heliotrope of number ${n}`)
  for (const person of people) await untilFound(person, 'heliotrope', 'heliotrope')

  for (const [n, person] of people.entries()) {
    const { body } = await search(person, 'heliotrope number')
    assert.deepEqual(body.data.map((one: any) => one.hit.snippet), [`The heliotrope of number ${n}`])
  }
})

test('[SE8] a conversation that is deleted is hidden from the search at once', async () => {
  const ada = somebody(shared())
  const { conversationId } = await say(ada, 'The heliotrope in the garden')
  await untilFound(ada, 'heliotrope', 'heliotrope')

  await ada.call('DELETE', `${path}/${conversationId}`)

  assert.equal((await search(ada, 'heliotrope')).body.pagination.total_items, 0)
})

test('[SE16] what is found comes in the envelope of every list, and without a search there is no hit', async () => {
  const ada = somebody(shared())
  for (const n of [1, 2, 3]) await say(ada, `budget ${n}`)
  for (const n of [1, 2, 3]) await untilFound(ada, `budget ${n}`, `budget ${n}`)

  const second = await search(ada, 'budget', '&per_page=2&page=2')

  assert.deepEqual(second.body.pagination, { page: 2, page_size: 2, total_items: 3, total_pages: 2, has_next: false, has_previous: true })
  assert.deepEqual(Object.keys(second.body), ['success', 'data', 'pagination', 'timestamp'])
  assert.ok((await ada.call('GET', path)).body.data.every((one: any) => !('hit' in one)))
})

for (const [query, wrong] of [['search=', 'search'], ['search=%20%20', 'search'], [`search=${'x'.repeat(201)}`, 'search'], ['search=a&search=b', 'search']] as const) {
  test(`[SE10] a search asked for with ?${query.slice(0, 20)} is refused by name`, async () => {
    const { status, body } = await somebody(shared()).call('GET', `${path}?${query}`)
    assert.equal(status, 422)
    assert.equal(body.errors[0].path, wrong)
  })
}

test('[SE10] [S23] a question is text: nothing in it commands anything, and no answer speaks of the database', async () => {
  const ada = somebody(shared())
  await say(ada, 'The heliotrope stands in the hall')
  await untilFound(ada, 'heliotrope', 'heliotrope')
  const found = async (text: string) => {
    const { status, body } = await search(ada, text)
    assert.equal(status, 200, text)
    assert.doesNotMatch(JSON.stringify(body), /sqlite|fts5|syntax|near "/i)
    return body.pagination.total_items as number
  }

  for (const nothing of ['%', '_', '*', '""', "'", ';--', '\\', '( ) ^ :', '{}', '[]', '\u0000', '\u202e', '‮', '﷽', '🜏']) assert.equal(await found(nothing), 0, nothing)
  for (const operators of [
    'heliotrope AND zzzqqq', 'heliotrope NOT hall', 'NEAR(heliotrope hall)', 'heliotrope*', '"heliotrope', 'title:heliotrope', "heliotrope' OR '1'='1",
    "heliotrope'; drop table message; --", '^heliotrope', '{title body}: heliotrope', 'heliotrope & !hall', 'heliotrope <-> hall', 'heliotrope:*', '%heliotrope%',
  ]) assert.equal(await found(operators), 1, operators)
  assert.equal(await found('_eliotrop_'), 0)
  assert.equal((await ada.call('GET', path)).body.pagination.total_items, 1)
})

test('[SE10] half a character finds nothing, a question that is too long is refused, and nobody waits for it', async () => {
  const ada = somebody(shared())
  await say(ada, 'heliotrope')
  const began = performance.now()

  const [half, long] = [await ada.call('GET', `${path}?search=%ED%A0%80`), await ada.call('GET', `${path}?search=${'x'.repeat(15_000)}`)]

  assert.deepEqual([half.status, half.body.pagination.total_items, long.status], [200, 0, 422])
  assert.ok(performance.now() - began < 1000)
})

test('[SE10] whatever is searched for, the answer is a list', async () => {
  const ada = somebody(shared())
  await say(ada, 'été 東京 week-end getUserById 🙂 18,400')
  await untilFound(ada, '東京', '東京')
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '' && text.trim().length <= 200), async (text) => {
      const { status, body } = await search(ada, text)
      assert.equal(status, 200)
      for (const { hit } of body.data) for (const [start, end] of hit.ranges) assert.ok(start < end && end <= hit.snippet.length)
    }),
    { numRuns: 100 },
  )
})

test('[SE15] the librarian quotes what the search finds among the asker’s own questions', async (t) => {
  const app = await startApp(t, { withProvider: false })
  const ada = app.signIn('ada@acme')
  const begun = await ada.call('POST', path, { title: 'Brittany' })
  await ada.call('POST', `${path}/${begun.body.id}/messages`, { content: 'Les phares réservés en Bretagne : Kéréon.' })
  await untilFound(ada, 'Kéréon', 'Kéréon')

  const { body } = await ada.call('POST', `${path}/${begun.body.id}/messages`, { content: 'Which phare was it in Bretagne?' })

  assert.match(body.message.content, /This comes closest:\n\n> Les phares réservés en Bretagne : Kéréon\.\n\n— “Brittany”/)
})
