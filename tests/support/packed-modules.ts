/**
 * A store's threads load Kysely, which has 300 files: 100 ms of a processor for each thread, and the tests start a thousand of them.
 * From one file it takes 5 ms. So the tests' processes load the same code from one file, which Vite's bundler made of it.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Of modules alone, without state that a process must have once only under its own name. */
const packages = ['kysely', 'zod'] as const

const hook = join(import.meta.dirname, 'packed-modules-hook.mjs')
const root = join(import.meta.dirname, '../..')

/** What the processes of tests are to be started with. Packs what was not packed yet in these versions. */
export async function packedModules(): Promise<{ readonly TESTS_PACKED_MODULES: string; readonly NODE_OPTIONS: string }> {
  const folder = join(tmpdir(), `parley-test-modules-${packages.map((name) => `${name}-${versionOf(name)}`).join('-')}`)
  if (!existsSync(folder)) await pack(folder)
  return { TESTS_PACKED_MODULES: folder, NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` }
}

/** The same for processes that a test gives an environment of its own. */
export function packedModulesHere(): Readonly<Record<string, string>> {
  const { TESTS_PACKED_MODULES: folder, NODE_OPTIONS: options } = process.env
  return folder === undefined || options === undefined ? {} : { TESTS_PACKED_MODULES: folder, NODE_OPTIONS: options }
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version
}

/** It appears whole: others may be packing beside this process. */
async function pack(folder: string): Promise<void> {
  const { build } = await import('vite')
  const outDir = mkdtempSync(`${folder}-`)
  await build({
    configFile: false, root, logLevel: 'error', ssr: { noExternal: true },
    build: {
      outDir, emptyOutDir: false, ssr: true, minify: false,
      rollupOptions: { input: Object.fromEntries(packages.map((name) => [name, fileURLToPath(import.meta.resolve(name))])), output: { format: 'esm', entryFileNames: '[name].mjs' } },
    },
  })
  // Some tests run as somebody else.
  chmodSync(outDir, 0o755)
  try {
    renameSync(outDir, folder)
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}
