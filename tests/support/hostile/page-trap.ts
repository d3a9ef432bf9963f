/** A page in which whatever a text makes happen is noticed: scripts, dialogs, reports of the policy, requests elsewhere, navigations. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { openPage } from '../browser.ts'

export interface TrappedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Goes there itself, which is no finding. */
  go(address: string): Promise<void>
  /** What happened since the last time, once the page has come to rest; each thing in words. */
  findings(): Promise<readonly string[]>
}

/** What a browser asks its maker by itself, whatever the page. */
const ownCalls = /^CONNECT [\w.-]+\.(?:googleapis|google|gvt1)\.com:443 /

/** Whatever is not on this machine is asked for here, and gets no answer: also what no page is told of, as a connection made in advance. */
async function openCanary(t: Pick<TestContext, 'after'>, heard: (line: string) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (data) => {
      heard(data.toString('latin1').split('\r\n', 1)[0]!)
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

export async function openTrap(t: Pick<TestContext, 'after'>, origin: string): Promise<TrappedPage> {
  const findings: string[] = []
  const canary = await openCanary(t, (line) => {
    if (!ownCalls.test(line)) findings.push(`a connection elsewhere: ${line}`)
  })
  const { page, context } = await openPage(t, { proxy: { server: `http://127.0.0.1:${canary}`, bypass: '127.0.0.1' } })
  let going = 0
  await context.exposeBinding('__trapped', (_source, what: string) => void findings.push(what))
  await context.addInitScript(setTrap)
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url())
    if (asked !== origin && protocol.startsWith('http')) findings.push(`a request to ${request.url()}`)
  })
  context.on('page', () => findings.push('a window was opened'))
  page.on('dialog', (dialog) => {
    findings.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('download', (download) => findings.push(`a download of ${download.url()}`))
  page.on('crash', () => findings.push('the page crashed'))
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame() && going === 0 && !frame.url().startsWith(`${origin}/chat`)) findings.push(`it went to ${frame.url()}`)
  })
  return {
    page, context,
    async go(address) {
      going += 1
      await page.goto(address)
      going -= 1
    },
    async findings() {
      findings.push(...await page.evaluate(provoke).catch((error: Error) => [`the page went away: ${error.message}`]))
      await page.waitForTimeout(60)
      return findings.splice(0)
    },
  }
}

/** Runs in every frame before anything else. */
function setTrap(): void {
  const trapped = (what: string) => void (Reflect.get(window, '__trapped') as (what: string) => unknown)(what)
  const setPwn = () => trapped('__pwn was set')
  Object.defineProperty(window, '__pwn', { get: () => undefined, set: setPwn, configurable: false })
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'] as const) Object.defineProperty(window, name, { value: () => trapped(`${name}() was called`), configurable: false })
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => trapped(`the policy reports ${effectiveDirective}: ${blockedURI} ${sample}`))
}

/**
 * Runs in the page: opens what can be opened, touches every element as a pointer and a keyboard would, and looks for what could act
 * when it is clicked. Resolves with what it sees.
 */
async function provoke(): Promise<readonly string[]> {
  const seen: string[] = []
  for (const folded of document.querySelectorAll('details')) folded.open = true
  const told = ['mouseover', 'mouseenter', 'mousemove', 'pointerenter', 'focus', 'focusin', 'animationstart', 'transitionend', 'toggle', 'load', 'error']
  const follows = /^(?:https?:|mailto:|#|\/|$)/i
  for (const element of document.querySelectorAll('body *')) {
    for (const name of told) element.dispatchEvent(new Event(name, { bubbles: false }))
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) seen.push(`${element.localName} has ${name}`)
      if (/^(?:href|xlink:href|action|formaction|ping|data)$/.test(name) && !follows.test(value)) seen.push(`${element.localName} has ${name}=${value.slice(0, 60)}`)
      if (/^(?:src|srcset|poster|background)$/.test(name) && !/^(?:data:|blob:|\/)/.test(value)) seen.push(`${element.localName} has ${name}=${value.slice(0, 60)}`)
      if (name === 'name' && element.closest('parley-prose') !== null) seen.push(`${element.localName} is called ${value}`)
    }
  }
  if (document.querySelector('script:not([type="module"][src^="/"]), base, object, embed, meta[http-equiv]') !== null) seen.push('an element stands in the page that must not')
  await new Promise(requestAnimationFrame)
  return seen
}
