/** Where two ids meet: one's own and one of ada's, in every order, and the shelves that all users share. */
import assert from 'node:assert/strict'
import type { Person } from '../support/start-app.ts'
import { untilFound } from '../support/until-found.ts'
import { frameRows } from './access-table.ts'
import { clientFrame, wirePath } from './frame-matrix.ts'
import type { MatrixResult } from './route-matrix.ts'
import { WireClient } from './wire-client.ts'
import { idsOfNothing, makeThing, marker, toldIn, type ThingIds, type World } from './world.ts'

const chat = '/api/v1/chat'
const native = Object.keys(frameRows)[0]!

export async function runMeetings(world: World): Promise<MatrixResult> {
  const findings: string[] = []
  let cells = 0
  const before = await world.adasState()
  for (const name of ['bob@acme', 'ada@globex']) {
    const person = world.app.signIn(name)
    const own = await makeThing(person, 'of one’s own')
    for (const [what, meet] of Object.entries(meetings)) {
      cells += 1
      const said = await meet(world, person, own)
      const told = toldIn(JSON.stringify(said), { ...world.ids, clientMessage: marker })
      if (told.length > 0) findings.push(`${name}: ${what} told ${told.join(', ')}`)
    }
  }
  if ((await world.adasState()) !== before) findings.push('what is ada’s changed')
  return { cells, findings }
}

/** Each resolves with all that was answered, and rejects where an answer is not what it must be. */
const meetings: Readonly<Record<string, (world: World, person: Person, own: ThingIds) => Promise<unknown>>> = {
  async 'a message in one’s own conversation under a client message id of ada’s'({ ids }, person, own) {
    const { status, body } = await person.call('POST', `${chat}/conversations/${own.conversation}/messages`, { content: 'Mine', model: 'openai/sim-t2', client_message_id: ids.clientMessage })
    assert.equal(status, 200)
    return body
  },
  async 'a message in ada’s conversation under a client message id of one’s own'({ ids }, person, own) {
    const send = (id: string) => person.call('POST', `${chat}/conversations/${id}/messages`, { content: 'What is of one’s own?', model: 'openai/sim-t1', client_message_id: own.clientMessage })
    const [hers, nothing] = await Promise.all([send(ids.conversation), send(idsOfNothing(ids).conversation)])
    assert.deepEqual({ ...hers.body, request_id: '' }, { ...nothing.body, request_id: '' })
    return hers.body
  },
  async 'the events of one’s own turn after an event of ada’s'({ ids }, person, own) {
    return (await person.call('GET', `${chat}/turns/${own.turn}/events`, undefined, { 'last-event-id': `${ids.epoch}:3` })).body
  },
  async 'frames with one id of each'({ app, ids }, person, own) {
    const client = await new WireClient(app.url, native, { token: person.token }).opened()
    client.send(clientFrame(native, 'chat.send', { conversation_id: own.conversation, content: 'Mine', model: 'openai/sim-t2', client_message_id: ids.clientMessage }))
    await client.until((frames) => frames.some(({ type }) => type === 'chat.done' || type === 'error'))
    client.send(clientFrame(native, 'chat.send', { conversation_id: ids.conversation, content: 'Hers', client_message_id: own.clientMessage }))
    client.send(clientFrame(native, 'chat.resume', { turn_id: own.turn, epoch: ids.epoch, after: 3 }))
    client.send(clientFrame(native, 'subscribe', { conversation_id: own.conversation }))
    client.send(clientFrame(native, 'unsubscribe', { conversation_id: ids.conversation }))
    const answers = await client.answers()
    assert.ok(answers.some(({ type }) => type === 'subscribed'))
    client.end()
    return answers
  },
  async 'a session of one’s own with a client message id of ada’s'({ app, ids }, person, own) {
    const wire = '/ws/{session_id}'
    const client = await new WireClient(app.url, wirePath(wire, own), { token: person.token }).opened()
    client.send(clientFrame(wire, 'chat', { message: 'Mine', model: 'openai/sim-t2', client_message_id: ids.clientMessage }))
    await client.until((frames) => frames.some(({ type }) => type === 'ws:chat_stream_end' || type === 'ws:error'))
    client.end()
    return client.frames
  },
  async 'the librarian, asked about what ada told it'({ ada, app }, person) {
    const teller = app.signIn(ada.token)
    const ask = async (by: Person, content: string) => {
      const { body } = await by.call('POST', `${chat}/conversations`, {})
      const answered = await by.call('POST', `${chat}/conversations/${body.id}/messages`, { content, model: 'librarian/librarian' })
      await by.call('DELETE', `${chat}/conversations/${body.id}`)
      return answered.body
    }
    const told = `The indigo parcel from Lisbon is kept at ${marker}.`
    const begun = await teller.call('POST', `${chat}/conversations`, {})
    await teller.call('POST', `${chat}/conversations/${begun.body.id}/messages`, { content: told, model: 'librarian/librarian' })
    await untilFound(teller, 'indigo parcel', 'is kept at')
    const question = 'Where is the indigo parcel from Lisbon kept?'
    const [hers, heard] = [await ask(teller, question), await ask(person, question)]
    await teller.call('DELETE', `${chat}/conversations/${begun.body.id}`)
    assert.match(hers.message.content, new RegExp(marker), 'ada herself is quoted what she said')
    assert.equal(heard.turn.state, 'completed')
    return heard
  },
}
