import assert from 'node:assert/strict'
import { after, suite, test, type TestContext } from 'node:test'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { startApp } from '../support/start-app.ts'
import { TcpFault } from '../support/tcp-fault.ts'

const path = '/api/v1/chat/conversations'

/** Two processes' worth of server on one database, the second over a wire that can be cut; ada on both. */
async function twoNodes(t: TestContext) {
  const postgres = await sharedPostgres()
  const url = new URL(await postgres.makeDatabase())
  const wire = await TcpFault.open(postgres.port)
  t.after(() => wire[Symbol.asyncDispose]())
  const one = await startApp(t, { environment: { DATABASE_URL: url.href } })
  const other = await startApp(t, { environment: { DATABASE_URL: Object.assign(new URL(url), { port: String(wire.port) }).href } })
  return { wire, here: one.signIn('ada@acme'), there: other.signIn('ada@acme') }
}

suite('two nodes', { skip: postgresMissing }, () => {
  after(endPostgres)

  test('[T28] a turn that runs elsewhere says how far its log has come', async (t) => {
    const { here, there } = await twoNodes(t)
    const client = await here.connect()
    const { turn_id } = await client.ask('Count', { model: 'openai/sim-t500-g20' })
    await client.next('chat.delta', ({ seq }) => seq >= 5)

    const { body } = await there.call('GET', `/api/v1/chat/turns/${turn_id}`)

    assert.equal(body.state, 'running')
    assert.ok(body.last >= 5, `${body.last} rows`)
    client.send('chat.stop', { turn_id })
    await client.answer(turn_id)
  })

  test('[T33] whoever is subscribed hears how things stand once its node can hear again', async (t) => {
    const { wire, here, there } = await twoNodes(t)
    const { body: { id } } = await here.call('POST', path, { title: 'Before' })
    const client = await there.connect()
    client.send('subscribe', { conversation_id: id })
    client.send('subscribe', {})
    const { payload: { rev } } = await client.next('subscribed', ({ conversation_id }) => conversation_id === id)
    await client.next('subscribed', ({ conversation_id }) => conversation_id === null)

    wire.goAway()
    await here.call('PATCH', `${path}/${id}`, { title: 'Meanwhile' })
    wire.restore()

    await client.next('subscribed', ({ conversation_id }) => conversation_id === null)
    const again = await client.next('subscribed', ({ conversation_id }) => conversation_id === id)
    assert.ok(again.payload.rev! > rev!, `${again.payload.rev} after ${rev}`)
  })
})
