import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp } from '../support/start-app.ts'
import { terminalOf, textOf } from '../support/chat-client.ts'

/** How long a commit takes to come back to whoever asked for it. Whoever reads the store sees it at once. */
const wayBackMs = 200

/** Two tabs, of which the second finds a turn in the store whose opening the first has not heard of yet. */
async function foundEarly(t: TestContext) {
  const app = await startApp(t, {
    overrides: {
      store: (store) => ({
        ...store,
        async openTurn(command) {
          const opened = await store.openTurn(command)
          await sleep(wayBackMs)
          return opened
        },
      }),
    },
  })
  const ada = app.signIn('ada@acme')
  const [one, two] = [await ada.connect(), await ada.connect()]
  const conversation = (await ada.call('POST', '/api/v1/chat/conversations', {})).body.id as string
  const turn = async (model: string): Promise<string> => {
    one.send('chat.send', { content: 'Hello', conversation_id: conversation, model })
    for (;;) {
      const { body } = await ada.call('GET', `/api/v1/chat/conversations/${conversation}`)
      if (body.running_turn_id !== null) return body.running_turn_id as string
    }
  }
  return { app, ada, one, two, turn }
}

test('[T28] whoever finds a turn before its asker has heard of it follows it from its first row to its end', async (t) => {
  const { app, two, turn } = await foundEarly(t)
  const turnId = await turn('openai/sim-t30-g3')

  two.send('chat.resume', { turn_id: turnId, after: 0 })

  assert.equal(textOf(await two.answer(turnId)), app.provider.expectedText('sim-t30-g3'))
})

test('[T28] the same over server-sent events', async (t) => {
  const { ada, turn } = await foundEarly(t)
  const turnId = await turn('openai/sim-t30-g3')

  const { body } = await ada.call('GET', `/api/v1/chat/turns/${turnId}/events?after=0`)

  assert.match(String(body), /event: chat\.done/)
})

test('[T22] a stop of a turn that its asker has not heard of yet stops it', async (t) => {
  const { one, two, turn } = await foundEarly(t)
  const turnId = await turn('openai/sim-t5000-g5')

  two.send('chat.stop', { turn_id: turnId })

  assert.equal(terminalOf(await one.answer(turnId)).payload.outcome, 'stopped')
})

test('[T31] a drain that begins while a turn is opened waits for it, and ends it when its time is over', async (t) => {
  const { app, ada, one, turn } = await foundEarly(t)
  const turnId = await turn('openai/sim-t5000-g5')

  await app.app.drain(300)

  assert.equal(terminalOf(one.events(turnId)).payload.outcome, 'interrupted')
  await app.restart()
  const { body } = await ada.call('GET', `/api/v1/chat/turns/${turnId}`)
  assert.equal(body.failure.code, 'server_stopped')
})
