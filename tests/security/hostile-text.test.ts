import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '#protocol/limits.ts'
import { naughtyStrings as naughty, sample, utf8Sequences as sequences, withoutCorpora as skip } from '../support/hostile/corpora.ts'
import { WireClient } from './wire-client.ts'
import { sharedWorld } from './world.ts'

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
