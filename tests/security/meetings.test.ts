import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { startApp } from '../support/start-app.ts'
import { runMeetings } from './meetings.ts'
import { runStreamTheft } from './stream-theft.ts'
import { startWorld } from './world.ts'

test('[S02] an id of one’s own opens nothing of somebody else’s beside it', async (t) => {
  const { cells, findings } = await runMeetings(await startWorld(t))
  assert.deepEqual(findings, [])
  assert.ok(cells >= 12, `${cells} cells`)
})

test('[S03] a turn that streams is followed, stopped and held up by its owner alone', async (t) => {
  const { cells, findings } = await runStreamTheft(await startWorld(t))
  assert.deepEqual(findings, [])
  assert.ok(cells >= 26, `${cells} cells`)
})

test('[S03] the same holds when the turn runs on another node', { skip: postgresMissing }, async (t) => {
  t.after(endPostgres)
  const environment = { DATABASE_URL: await (await sharedPostgres()).makeDatabase() }
  const world = await startWorld(t, { environment })
  const other = await startApp(t, { environment })

  const { cells, findings } = await runStreamTheft(world, other.url)

  assert.deepEqual(findings, [])
  assert.ok(cells >= 26, `${cells} cells`)
})
