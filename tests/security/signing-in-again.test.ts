/** A socket may be signed in by a frame, also a second time, and as somebody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp } from '../support/start-app.ts'
import { testIdentity } from '../support/test-identity.ts'
import { WireClient } from './wire-client.ts'
import { marker, startWorld } from './world.ts'

const native = '/ws/v2/chat'

test('[S01] a socket that somebody else signs in to is told nothing more of who had it before', async (t) => {
  const { app, ada, ids } = await startWorld(t)
  app.provider.script('sim-hold2-g3', Array.from({ length: 20 }, () => `${marker} `))
  const client = await new WireClient(app.url, native, { token: ada.token }).opened()
  t.after(() => client.end())
  client.send({ type: 'subscribe', data: {} })
  client.send({ type: 'subscribe', data: { conversation_id: ids.conversation } })
  client.send({ type: 'chat.send', data: { conversation_id: ids.conversation, content: 'Go on', model: 'openai/sim-hold2-g3' } })
  await client.until((frames) => frames.some(({ type }) => type === 'chat.delta'))

  client.send({ type: 'auth', data: { token: 'bob@acme' } })
  const asAda = await client.answers()
  app.provider.release('sim-hold2-g3')
  await app.app.turns.liveTurns.idle()
  await ada.call('PATCH', `/api/v1/chat/conversations/${ids.conversation}`, { title: marker })

  assert.equal(asAda.at(-1)?.type, 'connected')
  assert.equal(asAda.at(-1)?.payload['user_id'], 'bob')
  assert.deepEqual(await client.answers(), [])
})

test('a fresh token of the same user does not interrupt what the socket follows', async (t) => {
  const { app, ada, ids } = await startWorld(t)
  const client = await new WireClient(app.url, native, { token: ada.token }).opened()
  t.after(() => client.end())
  client.send({ type: 'chat.send', data: { conversation_id: ids.conversation, content: 'Go on', model: 'openai/sim-t20-hold2' } })
  await client.until((frames) => frames.some(({ type }) => type === 'chat.delta'))

  client.send({ type: 'auth', data: { token: ada.token } })
  await client.until((frames) => frames.filter(({ type }) => type === 'connected').length === 2)
  app.provider.release('sim-t20-hold2')
  await client.until((frames) => frames.some(({ type }) => type === 'chat.done'))

  assert.equal(client.frames.find(({ type }) => type === 'chat.done')?.payload['content'], app.provider.expectedText('sim-t20-hold2'))
})

/** Sign-in that takes its time, as one does that asks a database: the longer for ada. */
function slowIdentity() {
  const { limitsUsers, identify } = testIdentity()
  return { limitsUsers, identify: async (credentials: Parameters<typeof identify>[0]) => {
    await sleep(credentials.bearer === 'ada@acme' ? 60 : 10)
    return identify(credentials)
  } }
}

test('of two sign-ins under way the later one counts, whichever is decided first', async (t) => {
  const app = await startApp(t, { overrides: { identity: slowIdentity() } })
  const client = await new WireClient(app.url, native, { token: 'ada@acme' }).opened()
  t.after(() => client.end())

  client.send({ type: 'auth', data: { token: 'bob@acme' } })
  await sleep(200)

  assert.deepEqual((await client.answers()).filter(({ type }) => type === 'connected').map(({ payload }) => payload['user_id']), ['bob'])
})

test('a socket that closes before its sign-in is decided leaves nothing behind', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SOCKETS: '2' }, overrides: { identity: slowIdentity() } })
  for (let n = 0; n < 6; n++) {
    const client = await new WireClient(app.url, native, { token: 'ada@acme' }).opened()
    client.end()
    await client.closed()
  }
  await sleep(150)

  const client = await new WireClient(app.url, native, { token: 'ada@acme' }).opened()
  t.after(() => client.end())
  await client.until((frames) => frames.length > 0)

  assert.equal(client.frames[0]?.type, 'connected')
})

test('a sign-in that finds no place gives back no place that it does not have', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SOCKETS: '2' } })
  const open = async (token: string) => {
    const client = await new WireClient(app.url, native, { token }).opened()
    t.after(() => client.end())
    await client.until((frames) => frames.length > 0)
    return client
  }
  const [ada] = [await open('ada@acme'), await open('ada@acme'), await open('bob@acme'), await open('bob@acme')]
  ada!.send({ type: 'auth', data: { token: 'bob@acme' } })
  await ada!.closed()

  await open('ada@acme')
  const second = await open('ada@acme')

  assert.equal(second.frames[0]?.payload['code'], 'too_many_sockets')
})
