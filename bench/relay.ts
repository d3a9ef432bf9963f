/**
 * What a governed, logged, resumable answer costs beside a proxy that only copies bytes: CPU seconds of the server per
 * million tokens, the same provider, the same streams, in turn. Each stream's text is compared with what was sent.
 */
import { ChatClient, textOf } from '../tests/support/chat-client.ts'
import { completeText } from './support/chat-completions.ts'
import { cpuSeconds, median, startChild, temporaryFolder, type Child } from './support/children.ts'

interface Load {
  readonly name: string
  readonly model: string
  readonly tokens: number
  readonly streams: number
}

interface Figures {
  readonly cpuPerMillionTokens: number | null
  readonly firstDeltaMs: number
  readonly seconds: number
}

/** `stream` counts from 0: every stream has a connection of its own. */
type Ask = (model: string, stream: number) => Promise<{ readonly text: string; readonly firstDeltaMs: number }>

export async function relay(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  const scale = options.smoke ? 0.1 : 1
  const loads: readonly Load[] = [
    { name: 'paced, 20 ms a token', model: 'sim-t200-g20', tokens: 200, streams: Math.max(5, 50 * scale) },
    { name: 'full speed', model: 'sim-t2000', tokens: 2000, streams: Math.max(5, 50 * scale) },
  ]
  using folder = temporaryFolder()
  await using provider = await startChild('tests/support/run-provider-simulator.ts', { args: ['--port', '0'], core: 1 })
  await using pipe = await startChild('bench/support/bare-pipe.ts', { args: [provider.url], core: 0 })
  await using parley = await startChild('server/main.ts', {
    core: 0, environment: { PORT: '0', PARLEY_DATA: folder.path, OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: provider.url },
  })
  const clients = await Promise.all(Array.from({ length: Math.max(...loads.map((load) => load.streams)) }, () => new ChatClient(parley.url).opened()))
  const askPipe: Ask = (model) => completeText(`${pipe.url}/v1/chat/completions`, model)
  const askParley: Ask = (model, stream) => askOverSocket(clients[stream]!, model)

  const lines: string[] = []
  for (const load of loads) {
    await measure(pipe, { ...load, streams: 5 }, askPipe)
    await measure(parley, { ...load, streams: 5 }, askParley)
    const limit = await measure(pipe, load, askPipe)
    const ours = await measure(parley, load, askParley)
    lines.push(describe(load, limit, ours))
  }
  await Promise.all(clients.map((client) => client.close()))
  return lines
}

async function measure(server: Child, load: Load, ask: Ask): Promise<Figures> {
  const before = cpuSeconds(server.pid)
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: load.streams }, (_, stream) => ask(load.model, stream)))
  const seconds = (performance.now() - began) / 1000
  const after = cpuSeconds(server.pid)
  const expected = Array.from({ length: load.tokens }, (_, i) => `t${String(i + 1).padStart(6, '0')}`).join(' ')
  const wrong = answers.filter((answer) => answer.text !== expected).length
  if (wrong > 0) throw new Error(`${wrong} of ${answers.length} answers of ${load.model} were not what was sent`)
  const cpu = before === null || after === null ? null : after - before
  return { seconds, firstDeltaMs: median(answers.map((answer) => answer.firstDeltaMs)), cpuPerMillionTokens: cpu && (cpu / (load.tokens * load.streams)) * 1e6 }
}

async function askOverSocket(client: ChatClient, model: string) {
  const began = performance.now()
  const { turn_id } = await client.ask('Say something long.', { model: `openai/${model}` })
  await client.next('chat.delta', (delta) => delta.turn_id === turn_id, 60_000)
  const firstDeltaMs = performance.now() - began
  return { text: textOf(await client.answer(turn_id, 60_000)), firstDeltaMs }
}

function describe(load: Load, limit: Figures, ours: Figures): string {
  const ratio = (a: number | null, b: number | null) => (a === null || b === null || b === 0 ? 'unknown' : (a / b).toFixed(1))
  const cpu = (figures: Figures) => figures.cpuPerMillionTokens?.toFixed(0) ?? 'unknown'
  return [
    `relay, ${load.name}, ${load.streams} streams of ${load.tokens} tokens:`,
    `  CPU s per million tokens   Parley ${cpu(ours)}, bare pipe ${cpu(limit)}, ratio ${ratio(ours.cpuPerMillionTokens, limit.cpuPerMillionTokens)}`,
    `  median to first delta, ms  Parley ${ours.firstDeltaMs.toFixed(1)}, bare pipe ${limit.firstDeltaMs.toFixed(1)}`,
    `  wall, s                    Parley ${ours.seconds.toFixed(2)}, bare pipe ${limit.seconds.toFixed(2)}`,
  ].join('\n')
}
