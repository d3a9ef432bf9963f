import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { openApp, type App, type Overrides } from '../../server/app.ts'
import { readConfig } from '../../server/config/config.ts'
import { createLogger } from '../../server/telemetry/logger.ts'

export interface LocalApp {
  readonly app: App
  readonly port: number
}

/** The app as `npm start` opens it, with the sign-in that `PARLEY_AUTH=local` means: whoever reaches it is its user. Without a provider. */
export async function openLocalApp(overrides: Overrides = {}): Promise<LocalApp & { close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-local-'))
  const pageDirectory = join(directory, 'page')
  mkdirSync(join(pageDirectory, 'assets'), { recursive: true })
  writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html><title>Parley</title>')
  writeFileSync(join(pageDirectory, 'assets', 'page.js'), 'export {}\n')
  const config = readConfig({ PORT: '0', PARLEY_AUTH: 'local', PARLEY_DATA: join(directory, 'data') }, { workingDirectory: directory })
  const app = await openApp(config, { pageDirectory, logger: silent, ...overrides })
  return {
    app, port: Number(new URL(app.url).port),
    async close() {
      await app[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** One for all tests of a file. */
export function localApp(overrides: Overrides = {}): () => LocalApp {
  let opened: Awaited<ReturnType<typeof openLocalApp>> | null = null
  before(async () => {
    opened = await openLocalApp(overrides)
  })
  after(() => opened?.close())
  return () => opened!
}

const silent = createLogger({ level: 'silent', secrets: [] })
