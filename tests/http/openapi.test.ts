import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientFrames, serverFrames } from '#protocol/chat-frames.ts'
import { chatPrefixes } from '../../server/http/routes/routes.ts'
import { startApp } from '../support/start-app.ts'
import { sharedApp } from './shared-app.ts'

const shared = sharedApp()

async function description(app = shared()): Promise<any> {
  const response = await fetch(`${app.url}/openapi.json`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type')!, /^application\/json/)
  return response.json()
}

test('every route of the contract is described, by both names of the chat routes', async () => {
  const { paths, openapi } = await description()
  const chat = ['get /conversations', 'post /conversations', 'get /conversations/{id}', 'patch /conversations/{id}', 'delete /conversations/{id}', 'post /conversations/{id}/restore', 'get /conversations/{id}/messages', 'get /conversations/{id}/branch',
    'post /conversations/{id}/messages', 'get /turns/{id}', 'get /turns/{id}/events', 'post /turns/{id}/stop', 'post /turns/{id}/regenerate', 'post /turns/{id}/edit', 'post /turns/{id}/rating', 'get /turns/{id}/receipt']
  const others = ['get /api/v1/agents', 'get /api/v1/models', 'get /api/health', 'get /readyz', 'get /metrics', 'get /openapi.json', 'get /', 'get /chat', 'get /chat/{path}', 'get /frames/diagram']
  const expected = [...others, ...chatPrefixes.flatMap((prefix) => chat.map((route) => route.replace(' ', ` ${prefix}`)))]

  const described = Object.entries<object>(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))

  assert.equal(openapi, '3.1.0')
  assert.deepEqual(described.toSorted(), expected.toSorted())
})

test('every reference leads somewhere, no schema stands twice, and the whole is of bounded size', async () => {
  const api = await description()
  const text = JSON.stringify(api)
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!)

  assert.ok(references.length > 20)
  for (const reference of references) assert.ok(reference.startsWith('#/components/schemas/') && reference.split('/').at(-1)! in api.components.schemas, reference)
  const bodies = Object.values(api.components.schemas).map((schema) => JSON.stringify(schema))
  assert.equal(new Set(bodies).size, bodies.length)
  assert.ok(text.length < 200_000)
  assert.equal(text.includes('$defs'), false)
})

test('what goes in and out is described as it is checked', async () => {
  const { paths, components } = await description()
  const list = paths['/api/v1/chat/conversations'].get
  const send = paths['/api/v1/chat/conversations/{id}/messages'].post

  assert.deepEqual(list.parameters.map((parameter: any) => [parameter.name, parameter.in, parameter.required]), [['page', 'query', false], ['per_page', 'query', false], ['archived', 'query', false], ['search', 'query', false]])
  assert.deepEqual(send.parameters.map((parameter: any) => [parameter.name, parameter.in, parameter.required]), [['id', 'path', true]])
  assert.equal(send.requestBody.content['application/json'].schema.additionalProperties, false)
  assert.deepEqual(send.requestBody.content['application/json'].schema.required, ['content'])
  assert.deepEqual(Object.keys(send.responses), ['200', '202', 'default'])
  assert.deepEqual(components.schemas.Conversation.required.includes('rev'), true)
  assert.ok(paths['/api/v1/chat/turns/{id}/events'].get.responses['200'].content['text/event-stream'])
  assert.equal(paths['/api/v1/chat/conversations/{id}'].delete.responses['204'].content, undefined)
})

test('the frames of both sockets are described by type', async () => {
  const { 'x-websockets': sockets } = await description()
  assert.deepEqual(Object.keys(sockets['/ws/v2/chat'].client), Object.keys(clientFrames))
  assert.deepEqual(Object.keys(sockets['/ws/v2/chat'].server), Object.keys(serverFrames))
  assert.deepEqual(sockets['/ws/v2/chat'].server['chat.delta'], { $ref: '#/components/schemas/ChatDelta' })
  assert.ok(sockets['/ws/{session_id}'].server['ws:chat_stream_end'].properties.cost_info)
})

test('a base path is named as the server’s address', async (t) => {
  const { servers } = await description(await startApp(t, { environment: { PARLEY_BASE_PATH: '/parley' } }))
  assert.deepEqual(servers, [{ url: '/parley' }])
})
