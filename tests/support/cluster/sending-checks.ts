import { isDeepStrictEqual } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene } from './bench.ts'
import type { Device } from './device.ts'
import { within, type FaultCheck } from './fault-check.ts'

/** Sends of one message, half of them over sockets and half over REST. */
const sends = 50

interface Reply {
  readonly turn: string
  readonly message: string
  readonly response: string
}

export const duplicateSend: FaultCheck = {
  name: '[R19] one message sent 50 times over sockets and REST, and again after a restart, makes one turn',
  caught: { 'repeated-id-opens-again': /replies|calls|I[14]/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const devices = await Promise.all(Array.from({ length: sends / 2 }, (_, i) => scene.device('ada', `tab ${i}`)))
    const [first] = devices as [Device]
    const conversation = (await scene.call(first, 'POST', '/api/v1/chat/conversations', { title: 'Once' })).body.id as string
    const { id, body } = scene.question(first, scene.model(first, 't20-g5'))
    const question = { ...body, conversation_id: conversation }

    const replies = [await sendEverywhere(scene, devices, id, question)]
    await within(bench.patienceMs, first.quiet().catch(() => null))
    await bench.server.signal('SIGTERM')
    await bench.server.start()
    await Promise.all(devices.map((device) => device.connect()))
    replies.push(await sendEverywhere(scene, devices, id, question))

    const different = replies.flat().filter((reply) => !isDeepStrictEqual(reply, replies[0]![0]))
    const found = different.map((reply) => `replies differ: ${JSON.stringify(reply)}`)
    const calls = scene.calls.length
    if (calls !== 1) found.push(`${calls} calls of the provider`)
    found.push(...await otherWords(scene, first, id, { ...question, content: `${question.content}, or something else` }))
    await within(bench.patienceMs, Promise.all(devices.map((device) => device.quiet().catch(() => null))))
    note(`${replies.flat().length} equal replies, ${calls} call`)
    // Each tab sent the same words: what is stored is compared with the first of them.
    return [...found.slice(0, 5), ...await scene.violations()]
  },
}

type QuestionInConversation = { readonly content: string; readonly model: string; readonly conversation_id: string }

/** Sends on every socket and, as often, over REST, all at once. Resolves with what each was told. */
async function sendEverywhere(
  scene: Scene, devices: readonly Device[], id: string, question: QuestionInConversation,
): Promise<readonly (Reply | string)[]> {
  const { conversation_id, ...rest } = question
  const path = `/api/v1/chat/conversations/${conversation_id}/messages`
  const overSockets = devices.map((device) => device.ask(id, question).then(
    ({ turn_id, message_id, response_id }): Reply => ({ turn: turn_id, message: message_id, response: response_id }),
    (error: Error) => error.message,
  ))
  const overRest = devices.map(async (device, i): Promise<Reply | string> => {
    // Some wait for the answer, some for the acknowledgement only.
    const { status, body } = await scene.call(device, 'POST', path, { ...rest, client_message_id: id, stream: i % 2 === 0 })
    return status < 300 ? { turn: body.turn.id, message: body.turn.message_id, response: body.turn.response_id } : `${status}`
  })
  return Promise.all([...overSockets, ...overRest])
}

/** The same id with other words is refused on every wire. */
async function otherWords(scene: Scene, device: Device, id: string, question: QuestionInConversation): Promise<readonly string[]> {
  const { conversation_id, ...rest } = question
  const path = `/api/v1/chat/conversations/${conversation_id}/messages`
  const { status, body } = await scene.call(device, 'POST', path, { ...rest, client_message_id: id })
  const isRefused = status === 409 && body.code === 'client_message_id_reused'
  const overRest = isRefused ? [] : [`other words under the same id were answered ${status} over REST`]
  const before = scene.history.of('refused').length
  device.probe('chat.send', { ...question, client_message_id: id })
  await within(2000, device.until(() => scene.history.of('refused').length > before || undefined, 'a refusal', 2000).catch(() => null))
  const code = scene.history.of('refused').at(-1)?.code
  return code === 'client_message_id_reused' ? overRest : [...overRest, `other words under the same id were answered ${code} on the socket`]
}

/** The socket goes before the acknowledgement can be read; the client sends again on its next one. */
export const lostAcknowledgement: FaultCheck = {
  name: '[R20] a message whose acknowledgement was lost is sent again and makes one turn',
  rounds: { sample: 20, full: 200 },
  caught: { 'repeated-id-opens-again': /^I[14]/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    let lost = 0
    let sent = 0
    while (sent < rounds && found.length === 0) {
      using scene = bench.scene()
      for (let tab = 0; tab < tabsOfScene; tab++) lost += await loseOne(scene) ? 1 : 0
      sent += tabsOfScene
      found.push(...await scene.violations())
    }
    note(`${lost} of ${sent} acknowledgements lost`)
    return lost < sent / 4 ? [...found, `only ${lost} of ${sent} acknowledgements were lost`] : found
  },
}

const tabsOfScene = 20

/** Resolves with whether the first acknowledgement was lost. */
async function loseOne(scene: Scene): Promise<boolean> {
  const { bench } = scene
  const device = await scene.device('ada')
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  await new Promise<void>((flushed) => device.send(id, body, flushed))
  await sleep(bench.random() * 3)
  const isLost = !scene.history.of('accepted').some(({ accepted }) => accepted.client_message_id === id)
  device.cut()
  await device.acknowledged(id)
  await within(bench.patienceMs, device.quiet().catch(() => null))
  device.leave()
  return isLost
}
