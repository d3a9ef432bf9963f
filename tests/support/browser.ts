import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

/** Where Debian and others put it; a test without a browser is skipped with this reason. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']
const executablePath = places.find((place) => existsSync(place))

export const withoutBrowser: string | false = executablePath === undefined ? 'no Chromium is installed' : false

let browser: Promise<Browser> | null = null

/** A page of a browser that nobody used before; what it complains of fails the test when it ends. */
export async function openPage(t: Pick<TestContext, 'after'>, options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly complaints: string[] }> {
  browser ??= chromium.launch({
    executablePath: executablePath!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const context = await (await browser).newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options })
  t.after(() => context.close())
  const complaints: string[] = []
  context.on('weberror', ({ error }) => void complaints.push(error().message))
  context.on('console', (line) => {
    // A socket that could not be opened while the server is away is what the page is there to bear.
    if (line.type() === 'error' && !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(line.text())) complaints.push(line.text())
  })
  return { page: await context.newPage(), context, complaints }
}

/** Ends the browser; for `after` of a file that opened pages. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = null
}
