/** Servers of models that run on this machine, and what endpoints offer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { findLocalServers } from '../../server/models/local-servers.ts'
import { startApp } from '../support/start-app.ts'

/** A server like Ollama: it lists its models, and whoever asks one gets `Yes.` */
async function startLocal(t: TestContext, list: unknown = { data: [{ id: 'nomic-embed-text' }, { id: 'llama3.2', owned_by: 'library' }, { id: 'qwen3' }] }): Promise<number> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/v1/models') return void response.writeHead(200, { 'content-type': 'application/json' }).end(typeof list === 'string' ? list : JSON.stringify(list))
    request.resume().once('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' })
      .end(`data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`))
  }
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const ollamaAt = (port: number) => [{ id: 'ollama', name: 'Ollama', port }]

test('with nothing configured, what runs here answers for every agent, named by what it is', async (t) => {
  const app = await startApp(t, { withProvider: false, overrides: { localServers: ollamaAt(await startLocal(t)) } })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  for (const agent_id of ['AnimA', 'Neo', 'Nexus']) {
    const last = (await client.say('Hello', { agent_id })).at(-1)!

    assert.ok(last.type === 'chat.done' && last.payload.content === 'Yes.')
    assert.deepEqual([last.payload.provider, last.payload.model], ['ollama', 'llama3.2'])
  }
  const { body } = await ada.call('GET', '/api/v1/agents')
  assert.deepEqual(body.data.map((agent: { model: string }) => agent.model), ['ollama/llama3.2', 'ollama/llama3.2', 'ollama/llama3.2'])
})

test('with a key, or when it is turned off, nobody looks', async (t) => {
  const localServers = ollamaAt(await startLocal(t))
  const withKey = await startApp(t, { overrides: { localServers } })
  const off = await startApp(t, { withProvider: false, environment: { PARLEY_FIND_LOCAL: 'false' }, overrides: { localServers } })

  assert.deepEqual([withKey.app.turns.models.configured, withKey.app.turns.models.offered], [['openai'], []])
  assert.deepEqual([off.app.turns.models.configured, off.app.turns.models.offered], [[], []])
})

test('an endpoint of the operator stands behind every agent with what it offers', async (t) => {
  const port = await startLocal(t)
  const app = await startApp(t, { withProvider: false, environment: { PARLEY_OPENAI_COMPATIBLE: `vllm=http://127.0.0.1:${port}` } })
  const client = await app.signIn('ada@acme').connect()

  const last = (await client.say('Hello')).at(-1)!

  assert.ok(last.type === 'chat.done' && last.payload.provider === 'vllm' && last.payload.model === 'llama3.2')
})

test('what is silent, speaks of something else, or belongs to somebody else, is not found, and start waits for none of it', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const odd = await Promise.all(['<html>', '{}', 'null', { data: 'x' }, { data: [] }, { data: [null, 5, { id: '' }, { id: 7 }] }].map((list) => startLocal(t, list)))
  const others = [{ id: 'llamacpp', name: 'llama.cpp', port: await startLocal(t), ownedBy: 'llamacpp' }]
  const began = performance.now()

  const found = await findLocalServers([...ollamaAt((silent.address() as AddressInfo).port), ...odd.flatMap(ollamaAt), ...ollamaAt(1), ...others])

  assert.deepEqual(found, [])
  assert.ok(performance.now() - began < 3000)
})
