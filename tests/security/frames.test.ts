import assert from 'node:assert/strict'
import { test } from 'node:test'
import { socketFrames } from '../../server/http/named-schemas.ts'
import { frameRows } from './access-table.ts'
import { runFrameMatrix } from './frame-matrix.ts'
import { idNames } from './mounted-routes.ts'
import { startWorld } from './world.ts'

test('[S01] every frame that a client can send has a row that says who is told what, and every row a frame', () => {
  const framesOf = (wires: Readonly<Record<string, object>>) => Object.fromEntries(Object.entries(wires).map(([wire, frames]) => [wire, Object.keys(frames).sort()]))
  const spoken = framesOf(Object.fromEntries(Object.entries(socketFrames).map(([wire, { client }]) => [wire, client])))
  assert.deepEqual(framesOf(frameRows), spoken)
})

test('[S01] every field of a frame that looks like an id is thought of in its row', () => {
  for (const [wire, { client }] of Object.entries(socketFrames)) {
    for (const [type, schema] of Object.entries(client)) assert.deepEqual(idNames(schema), frameRows[wire]?.[type]?.names, `${wire} ${type}`)
  }
})

test('[S01] [S02] [S05] nobody but the owner is told anything by any id, by any frame, on either socket', async (t) => {
  const { cells, findings } = await runFrameMatrix(await startWorld(t))
  assert.deepEqual(findings, [])
  assert.ok(cells > 40, `${cells} cells`)
  t.diagnostic(`${cells} cells`)
})

test('[S01] the same holds under a base path', async (t) => {
  const { findings } = await runFrameMatrix(await startWorld(t, { basePath: '/parley' }))
  assert.deepEqual(findings, [])
})
