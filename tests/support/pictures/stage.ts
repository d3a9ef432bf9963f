import { openApp } from '../../../server/app.ts'
import { readConfig } from '../../../server/config/config.ts'
import { createLogger } from '../../../server/telemetry/logger.ts'
import { ShiftedClock } from '../cluster/shifted-clock.ts'
import { startProviderSimulator, type ProviderSimulator } from '../provider-simulator.ts'
import { spawnServer, type SpawnedServer } from '../spawn-server.ts'
import { notRead, past } from './texts.ts'

/** What the agents ask for when OpenAI is the only provider. */
export const model = 'gpt-4o-mini'
const day = 24 * 3600 * 1000

/** A running service with conversations of several weeks, and the provider behind it. */
export interface Stage {
  readonly server: SpawnedServer
  readonly provider: ProviderSimulator
  /** From now on every question is answered with this text; `manner` as in provider-simulator-script.ts. */
  answers(text: string, manner?: string): void
}

type Ends = { after(ending: () => unknown): void }

/** `days`: how far back conversations are made; each day takes a moment. */
export async function openStage(t: Ends, days = Number.POSITIVE_INFINITY): Promise<Stage> {
  const provider = await startProviderSimulator()
  t.after(() => provider.close())
  const answers = (text: string, manner = 'sim') => {
    provider.script(model, text.split(/(?<= )|(?<=\n)/))
    provider.answerAs(model, manner)
  }
  const environment = { OPENAI_API_KEY: 'sk-pictures', OPENAI_BASE_URL: provider.url, PARLEY_USER_SENDS: '1000', PARLEY_USER_REQUESTS: '10000' }
  const server = await spawnServer(t, environment)
  await server.kill()
  await livePast(server.directory, environment, answers, days)
  await server.start()
  return { server, provider, answers }
}

/** The conversations of the past are had on their days: the service itself runs under a clock that stands so far back. */
async function livePast(directory: string, environment: Readonly<Record<string, string>>, answers: Stage['answers'], mostDays: number): Promise<void> {
  for (const daysAgo of new Set(past.map(([days]) => days).filter((days) => days <= mostDays))) {
    const clock = new ShiftedClock()
    clock.skew(-daysAgo * day)
    const config = readConfig({ ...environment, PARLEY_DATA: directory, PORT: '0' }, { workingDirectory: directory })
    await using app = await openApp(config, { clock, pageDirectory: null, logger: createLogger({ level: 'error', secrets: [], destination: { write: () => {} } }) })
    for (const [days, question, answer] of past) {
      if (days !== daysAgo) continue
      answers(answer)
      const { id } = await send('POST', `${app.url}/api/v1/chat/conversations`, {})
      await send('POST', `${app.url}/api/v1/chat/conversations/${id}/messages`, { content: question })
      if (!notRead.has(question)) await send('PATCH', `${app.url}/api/v1/chat/conversations/${id}`, { unread: false })
    }
  }
}

async function send(method: string, url: string, body: object): Promise<{ readonly id: string }> {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { readonly id: string }
}
