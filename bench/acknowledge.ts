/** From asking to the acknowledgement, which comes after a commit that is on disk: beside one fdatasync of the same disk, and for a long conversation beside a short one. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ChatClient } from '../tests/support/chat-client.ts'
import { median, startChild, temporaryFolder } from './support/children.ts'

export async function acknowledge(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  const rounds = options.smoke ? 30 : 300
  const long = options.smoke ? 40 : 1000
  using folder = temporaryFolder()
  await using provider = await startChild('tests/support/run-provider-simulator.ts', { args: ['--port', '0'], core: 1 })
  await using parley = await startChild('server/main.ts', {
    core: 0, environment: { PORT: '0', PARLEY_DATA: folder.path, OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: provider.url },
  })
  const client = await new ChatClient(parley.url).opened()
  const sync = syncMs(folder.path, rounds)
  const fresh = await timed(rounds, async () => (await client.ask('Hello', { model: 'openai/sim-t1' })).turn_id, client)
  const first = await client.ask('Hello', { model: 'openai/sim-t1' })
  await client.answer(first.turn_id)
  const inOne = { conversation_id: first.conversation_id, model: 'openai/sim-t1' }
  const ask = async () => (await client.ask('Hello again', inOne)).turn_id
  const short = await timed(20, ask, client)
  await timed(long, ask, client)
  const after = await timed(20, ask, client)
  await client.close()
  return [
    `acknowledgement: median ${fresh.acknowledged.toFixed(2)} ms; one fdatasync here ${sync.toFixed(2)} ms; ratio ${(fresh.acknowledged / sync).toFixed(1)}`,
    `whole turn of one token: median ${short.answered.toFixed(1)} ms in a conversation of 20 turns, ${after.answered.toFixed(1)} ms after ${long} more; ratio ${(after.answered / short.answered).toFixed(2)}`,
  ]
}

async function timed(rounds: number, ask: () => Promise<string>, client: ChatClient): Promise<{ readonly acknowledged: number; readonly answered: number }> {
  const acknowledged: number[] = []
  const answered: number[] = []
  for (let n = 0; n < rounds; n++) {
    const began = performance.now()
    const turnId = await ask()
    acknowledged.push(performance.now() - began)
    await client.next(`chat.done`, (done) => done.turn_id === turnId)
    answered.push(performance.now() - began)
  }
  return { acknowledged: median(acknowledged), answered: median(answered) }
}

/** One page written and forced to disk: what no durable commit can go below. */
function syncMs(folder: string, rounds: number): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const page = new Uint8Array(4096)
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  return median(times)
}
