import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { build, type Plugin } from 'vite'

/** A wall that lets everything through, as the real one would with a policy that trusts any text. */
const noWall = `
  const make = (name) => { try { return trustedTypes.createPolicy(name, { createHTML: (text) => text }) } catch { return null } }
  const policy = make('dompurify') ?? make('parley')
  export function sanitize(html) {
    const template = document.createElement('template')
    template.innerHTML = policy.createHTML(html)
    return template.content
  }`

/** The page with a renderer that passes HTML on and nothing behind it that takes it out. The product knows none of it. */
export async function buildCarelessPage(t: Pick<TestContext, 'after'>): Promise<string> {
  let planted = 0
  const careless: Plugin = {
    name: 'careless',
    enforce: 'pre',
    transform(code, id) {
      if (id.endsWith('/markdown/sanitize.ts')) return (planted += 1), noWall
      if (!id.endsWith('/markdown/renderer.ts')) return null
      const passing = code.replace('html: false', 'html: true')
      if (passing !== code) planted += 1
      return passing
    },
  }
  const directory = await buildPage(t, [careless])
  if (planted !== 2) throw new Error(`${planted} of 2 bugs could be planted`)
  return directory
}

/** The page as it is, in a folder that goes with the test. */
export async function buildPage(t: Pick<TestContext, 'after'>, plugins: readonly Plugin[] = []): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'parley-built-page-'))
  t.after(() => rmSync(outDir, { recursive: true, force: true }))
  const configFile = join(import.meta.dirname, '../../../vite.config.ts')
  await build({ configFile, root: join(configFile, '../web'), logLevel: 'error', build: { outDir, emptyOutDir: true, minify: plugins.length === 0 }, plugins: [...plugins] })
  return outDir
}
