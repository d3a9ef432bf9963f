import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { limits } from '#protocol/limits.ts'
import { fileNames, naughtyStrings as naughty, sample, utf8Sequences as sequences, withoutCorpora as skip } from '../support/hostile/corpora.ts'
import { routeRows } from './access-table.ts'
import { rowName } from './route-matrix.ts'
import { WireClient } from './wire-client.ts'
import { makeThing, sharedWorld } from './world.ts'

const world = sharedWorld()
const chat = '/api/v1/chat'

test('[W06] a title comes back as it was, in an answer, in the list and over a socket, or is refused', async (t) => {
  const { app } = world()
  const person = app.signIn('titles@acme')
  const { items, figure } = sample(naughty, 150)
  t.diagnostic(figure)
  const client = await new WireClient(app.url, '/ws/v2/chat', { token: person.token }).opened()
  client.send({ type: 'subscribe', data: {} })
  await client.until((frames) => frames.some(({ type }) => type === 'subscribed'))
  const kept: string[] = []
  for (const title of items) {
    const { status, body } = await person.call('POST', `${chat}/conversations`, { title })
    const trimmed = title.trim()
    const allowed = trimmed !== '' && trimmed.length <= limits.titleCharacters && title.isWellFormed()
    assert.equal(status, allowed ? 201 : 422, JSON.stringify(title))
    if (allowed) kept.push(trimmed)
    if (allowed) assert.equal((await person.call('GET', `${chat}/conversations/${body.id}`)).body.title, trimmed)
  }
  await client.until((frames) => frames.filter(({ type }) => type === 'conversation').length >= kept.length)

  const heard = client.frames.filter(({ type }) => type === 'conversation').map(({ payload }) => (payload['conversation'] as { title: string }).title)
  client.end()
  assert.deepEqual(heard, kept)
  const listed = (await person.call('GET', `${chat}/conversations?per_page=100`)).body.data.map(({ title }: { title: string }) => title)
  assert.deepEqual([...listed].sort(), kept.slice(-100).sort())
})

test('[W06] a question and an answer come back as they were, by every wire', async (t) => {
  const { app } = world()
  const person = app.signIn('texts@acme')
  const { items, figure } = sample(naughty.filter((text) => text.trim() !== '' && text.isWellFormed()), 40)
  t.diagnostic(figure)
  const client = await new WireClient(app.url, '/ws/v2/chat', { token: person.token }).opened()
  t.after(() => client.end())
  for (const text of items) {
    app.provider.script('sim-s66', [text, ` ${text}`])
    client.send({ type: 'chat.send', data: { content: text, model: 'openai/sim-s66' } })
    await client.until((frames) => frames.some(({ type }) => type === 'chat.done' || type === 'chat.failed' || type === 'error'))
    const frames = await client.answers()
    const done = frames.find(({ type }) => type === 'chat.done')?.payload
    assert.equal(done?.['content'], `${text} ${text}`, JSON.stringify(text))

    const stream = await (await fetch(`${app.url}${chat}/turns/${String(done?.['turn_id'])}/events`, { headers: { authorization: `Bearer ${person.token}` } })).text()
    const events = stream.split('\n\n').filter((event) => event !== '').map((event) => event.split('\n'))
    assert.deepEqual([...new Set(events.map((lines) => lines.map((line) => line.split(': ')[0]).join()))], ['id,event,data'])
    const { body } = await person.call('GET', `${chat}/conversations/${String(done?.['conversation_id'])}/messages`)
    assert.deepEqual(body.data.map(({ content }: { content: string }) => content), [text, `${text} ${text}`])
    assert.equal(app.provider.calls.at(-1)!.messages.at(-1)!.content, text)
  }
})

test('[W06] bytes that are no UTF-8 are refused, and bytes that are come back the same', { skip }, async () => {
  const { app } = world()
  const person = app.signIn('bytes@acme')
  assert.ok(sequences.length > 100)
  for (const { hex, valid } of sequences) {
    const bytes = Buffer.from(hex, 'hex')
    // A control character would have to be escaped in JSON.
    if (bytes.some((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c)) continue
    const body = Buffer.concat([Buffer.from('{"title":"'), bytes, Buffer.from('"}')])
    const response = await fetch(`${app.url}${chat}/conversations`, { method: 'POST', headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' }, body })
    const answer = await response.json() as { readonly title?: string }
    if (!valid) assert.equal(response.status, 400, hex)
    else if (bytes.toString().trim() === '') assert.equal(response.status, 422, hex)
    else assert.deepEqual([response.status, Buffer.from(answer.title!).toString('hex')], [201, Buffer.from(bytes.toString().trim()).toString('hex')], hex)
  }
})

interface Field {
  readonly method: string
  readonly url: string
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Every field of every body that may be a string. */
function stringFields(): readonly Field[] {
  return world().routes.flatMap(({ method, url, options }) => {
    if (!(options.schema?.body instanceof z.ZodType) || !url.startsWith(`${chat}/`)) return []
    const { properties = {} } = z.toJSONSchema(options.schema.body, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, { type?: string; enum?: unknown; anyOf?: { type?: string }[] }> }
    const mayBeText = Object.entries(properties).filter(([, field]) => field.enum === undefined && [field, ...(field.anyOf ?? [])].some(({ type }) => type === 'string'))
    return mayBeText.map(([name]) => ({ method, url, name, body: routeRows[rowName(method, url)]?.body ?? {} }))
  })
}

test('[W06] in every string of every body, naughty strings and file names are taken as they are or refused, and no log line breaks', async (t) => {
  const { app, ada } = world()
  const fields = stringFields()
  const { items, figure } = sample([...naughty, ...fileNames], 30)
  const logged = app.lines.length
  const wrong: string[] = []
  for (const { method, url, name, body } of fields) {
    const thing = await makeThing(ada, 'hers')
    const path = url.replace(':id', url.includes('/turns/') ? thing.turn : thing.conversation)
    for (const text of items) {
      const answer = await ada.call(method, path, { ...body, [name]: text })
      if (answer.status >= 500) wrong.push(`${method} ${url}: ${name} ${JSON.stringify(text)} was answered with ${answer.status}`)
      const told = (answer.body ?? {})[name] as unknown
      if (answer.status < 300 && typeof told === 'string' && told !== text && told !== text.trim()) wrong.push(`${method} ${url}: ${name} ${JSON.stringify(text)} came back as ${JSON.stringify(told)}`)
    }
  }
  await app.app.turns.liveTurns.idle()
  t.diagnostic(`${figure} in ${fields.length} fields: ${fields.map(({ method, name }) => `${method} ${name}`).join(', ')}`)
  assert.ok(fields.length >= 7)
  assert.deepEqual(wrong, [])
  for (const line of app.lines.slice(logged)) {
    assert.equal(line.indexOf('\n'), line.length - 1)
    assert.equal(typeof JSON.parse(line), 'object')
  }
})

test('[W06] naughty strings can be searched for, and what is found is what was said', async (t) => {
  const { app } = world()
  const person = app.signIn('finder@acme')
  const { items, figure } = sample(naughty.filter((text) => text.trim() !== '' && text.isWellFormed() && text.length <= 150), 25)
  t.diagnostic(figure)
  const said = items.map((text) => `zephyr ${text}`)
  for (const [place, text] of items.entries()) {
    const { body: { id } } = await person.call('POST', `${chat}/conversations`, {})
    await person.call('POST', `${chat}/conversations/${id}/messages`, { content: said[place], model: 'openai/sim-t1' })
    const { status } = await person.call('GET', `${chat}/conversations?search=${encodeURIComponent(text.trim())}`)
    assert.ok(status === 200 || status === 422, `${status} for ${JSON.stringify(text)}`)
  }
  const all = async () => (await person.call('GET', `${chat}/conversations?search=zephyr&per_page=100`)).body
  for (let left = 100; left > 0 && (await all()).pagination.total_items < items.length; left--) await sleep(50)
  const snippets = (await all()).data.map(({ hit }: { hit: { snippet: string } }) => hit.snippet.replace(/^…|…$/g, '')) as string[]

  assert.equal(snippets.length, items.length)
  // A snippet is one line: a space stands for each break.
  const lines = said.map((text) => text.replace(/\s/g, ' '))
  assert.deepEqual(snippets.filter((snippet) => !lines.some((text) => text.includes(snippet))), [])
})
