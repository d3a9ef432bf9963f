import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../server/store/store.ts'
import { frameRows, routeRows, type RouteRow } from './access-table.ts'
import { clientFrame, wirePath } from './frame-matrix.ts'
import { WireClient } from './wire-client.ts'
import { makeThing, startWorld, type ThingIds } from './world.ts'

/** What routes and frames call. */
const methods = [
  'openTurn', 'createConversation', 'changeConversation', 'deleteConversation', 'bindSession', 'findConversation', 'findTurn', 'findMessage', 'findReceipt',
  'findSessionConversation', 'readLog', 'readHistory', 'listConversations', 'listMessages', 'readBranch', 'rateTurn', 'check',
] as const satisfies readonly (keyof Store)[]

const secret = 'SELECT parts FROM message WHERE tenant_id'

/** A store in which one method breaks, in the two ways that a method can. */
class Breaking {
  method: keyof Store | null = null
  how: 'throws' | 'rejects' = 'throws'

  readonly wrap = (real: Store): Store => new Proxy(real, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      if (name !== this.method) return value.bind(target) as unknown
      return () => {
        if (this.how === 'throws') throw new TypeError(secret)
        return Promise.reject(new Error(secret))
      }
    },
  })
}

for (const how of ['throws', 'rejects'] as const) {
  test(`[S34] whatever ${how} behind a route or a frame, it is a 500 that says nothing and a line that says it, and the process lives`, async (t) => {
    const breaking = new Breaking()
    const { app, ada } = await startWorld(t, { overrides: { store: breaking.wrap } })
    let broken = 0
    for (const method of methods) {
      const ids = await makeThing(ada, 'hers')
      breaking.method = method
      breaking.how = how
      const logged = app.lines.length
      const frames = await answersToFrames(app.url, ada.token, ids)
      const answers = await answersOfRoutes(app.url, ada.token, ids)
      const told = [...answers.map(({ text }) => text), ...frames].join('\n')
      breaking.method = null
      broken += answers.filter(({ status }) => status === 500).length

      assert.doesNotMatch(told, /SELECT|TypeError|at async|node:internal|\.ts/, method)
      assert.deepEqual(answers.filter(({ status, text }) => status === 500 && JSON.parse(text).code !== 'internal'), [], method)
      if (method !== 'check') assert.ok(app.lines.slice(logged).some((line) => line.includes(secret)), `${method} is in no line`)
      assert.equal((await ada.call('GET', '/api/v1/chat/conversations')).status, 200)
    }
    assert.ok(broken >= 10, `${broken} requests met it`)
  })
}

/** Every route; what deletes comes last. */
async function answersOfRoutes(url: string, token: string, ids: ThingIds): Promise<readonly { readonly status: number; readonly text: string }[]> {
  const ask = async ([name, row]: readonly [string, RouteRow]) => {
    const [method = '', path = ''] = name.split(' ')
    const address = url + path.replace('{chat}', '/api/v1/chat').replace(/:id|\*/, row.access === 'turn' ? ids.turn : ids.conversation)
    const headers = { authorization: `Bearer ${token}`, ...(row.body && { 'content-type': 'application/json' }) }
    const response = await fetch(address, { method, redirect: 'manual', headers, ...(row.body && { body: JSON.stringify(row.body) }) })
    return { status: response.status, text: await response.text() }
  }
  const rows = Object.entries(routeRows)
  const deletes = ([name]: readonly [string, RouteRow]) => name.startsWith('DELETE')
  const answers = await Promise.all(rows.filter((row) => !deletes(row)).map(ask))
  return [...answers, ...(await Promise.all(rows.filter(deletes).map(ask)))]
}

/** Every frame of both wires, on sockets that must stay open. */
async function answersToFrames(url: string, token: string, ids: ThingIds): Promise<readonly string[]> {
  return Promise.all(Object.entries(frameRows).map(async ([wire, rows]) => {
    const client = await new WireClient(url, wirePath(wire, ids), { token }).opened()
    for (const [type, row] of Object.entries(rows)) for (const ask of row.asks) client.send(clientFrame(wire, type, ask(ids)))
    const answers = await client.answers()
    assert.equal(client.closeCode, null)
    client.end()
    return JSON.stringify(answers)
  }))
}
