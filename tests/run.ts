/**
 * What `npm test` runs: `node tests/run.ts [--suite NAME]… [WORD]…`. A word keeps only files whose path holds it; the number
 * of a rule or a check, such as T4 or R16, only tests that cite it.
 *
 * An empty glob, a file without a test and a suite that shrank below its floor fail. What was skipped is listed with
 * its reason at the end. With CI=true a skip fails as well, because there everything is installed; the exception is a
 * reason that starts with "not run:", which says that no such machine can run it.
 */
import { globSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { packedModules } from './support/packed-modules.ts'

interface Suite {
  readonly files: string
  readonly except: readonly string[]
  /** Fewer tests than this mean that some were lost. Raise it as the suite grows. */
  readonly floor: number
  /** Files at a time; there are two cores. */
  readonly concurrency: number
  readonly timeoutMs: number
  /** For the suite as a whole: a file that never ends, because something it started goes on, must not hold everything up. */
  readonly suiteMs: number
  /** FAULTS=full: every round of a fault test; else a seeded sample of them. */
  readonly faults: 'sample' | 'full'
}

const minutes = (count: number) => count * 60_000

const suites: Readonly<Record<string, Suite>> = {
  fast: {
    files: 'tests/**/*.test.ts', except: ['tests/journeys/'], floor: 1000, faults: 'sample',
    concurrency: 2, timeoutMs: minutes(3), suiteMs: minutes(15),
  },
  faults: {
    files: 'tests/faults/*.test.ts', except: [], floor: 1, faults: 'full',
    concurrency: 1, timeoutMs: minutes(10), suiteMs: minutes(45),
  },
  nightly: {
    files: 'tests/**/*.long.ts', except: ['tests/soak/'], floor: 1, faults: 'full',
    concurrency: 1, timeoutMs: minutes(20), suiteMs: minutes(120),
  },
  journeys: {
    files: 'tests/journeys/**/*.test.ts', except: [], floor: 1, faults: 'sample',
    concurrency: 1, timeoutMs: minutes(2), suiteMs: minutes(15),
  },
  soak: {
    files: 'tests/soak/*.long.ts', except: [], floor: 1, faults: 'full',
    concurrency: 1, timeoutMs: minutes(60), suiteMs: minutes(120),
  },
}

interface Skip {
  readonly name: string
  readonly file: string
  readonly reason: string
}

interface Result {
  readonly passed: number
  readonly failed: number
  readonly skips: readonly Skip[]
  readonly complaints: readonly string[]
  readonly files: readonly TimedFile[]
}

interface TimedFile {
  readonly file: string
  readonly milliseconds: number
}

const root = join(import.meta.dirname, '..')

/** Where the processes of tests keep what Node made of each module: most of them load the same ones. */
function withCompileCache(): void {
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'parley-test-compile-cache')
}

/** Before the reporter loads and before children start: closing lines are read by machines too. */
function withoutColour(): void {
  process.env['NO_COLOR'] = '1'
  delete process.env['FORCE_COLOR']
}

async function runSuite(name: string, words: readonly string[]): Promise<Result> {
  const suite = suites[name]!
  const cited = words.filter((word) => /^[A-Z]+\d+$/.test(word))
  const paths = words.filter((word) => !cited.includes(word))
  const found = globSync(suite.files, { cwd: root }).filter((file) => !suite.except.some((folder) => file.startsWith(folder)))
  const files = found.filter((file) => paths.length === 0 || paths.some((word) => file.includes(word))).toSorted()
  if (files.length === 0) {
    return { passed: 0, failed: 0, skips: [], files: [], complaints: [`${name}: no file fits ${[suite.files, ...words].join(' ')}`] }
  }

  process.env['FAULTS'] = suite.faults
  const { spec } = await import('node:test/reporters')
  const events = run({
    cwd: root,
    files: files.map((file) => join(root, file)),
    concurrency: suite.concurrency,
    timeout: suite.timeoutMs,
    testNamePatterns: cited.map((number) => new RegExp(`\\[${number}\\]`)),
    signal: AbortSignal.timeout(suite.suiteMs),
  })
  const skips: Skip[] = []
  const empty = new Set(files)
  const counts = { passed: 0, failed: 0 }
  events.on('test:pass', (test) => {
    const reason = test.skip ?? test.todo
    if (test.details.type === 'suite' || reason === undefined || reason === false) return
    skips.push({ name: test.name, file: relative(test.file), reason: reason === true ? 'no reason given' : reason })
  })
  const complaints: string[] = []
  const timed: TimedFile[] = []
  events.on('test:summary', ({ file, counts: counted, success, duration_ms: milliseconds }) => {
    if (file !== undefined) timed.push({ file: relative(file), milliseconds })
    if (file === undefined) {
      counts.passed = counted.passed
      counts.failed = counted.tests - counted.passed - counted.skipped - counted.todo
      if (!success && counts.failed === 0) complaints.push(`${name}: something outside a test failed, see above`)
    } else if (counted.tests > 0) empty.delete(relative(file))
  })
  for await (const text of events.compose(new spec())) process.stdout.write(text)

  if (cited.length === 0) complaints.push(...[...empty].map((file) => `${file} holds no test`))
  const ran = counts.passed + counts.failed + skips.length
  if (cited.length > 0 && ran === 0) complaints.push(`${name}: no test cites ${cited.join(' or ')}`)
  if (words.length === 0 && ran < suite.floor) complaints.push(`${name}: ${ran} tests ran, and the floor is ${suite.floor}`)
  return { ...counts, skips, complaints, files: timed }
}

const slowestShown = 12

/** Where the time went, so that whoever waits knows what to shorten. */
function slowest(files: readonly TimedFile[]): string {
  const first = files.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, slowestShown)
  return first.map(({ file, milliseconds }) => `  ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${file}`).join('\n')
}

const relative = (file: string | undefined) => (file ?? '').replace(`${root}/`, '')

function report(results: readonly Result[]): boolean {
  const skips = results.flatMap((result) => result.skips)
  const complaints = results.flatMap((result) => result.complaints)
  if (process.env['CI'] === 'true') {
    const wrong = skips.filter((skip) => !skip.reason.startsWith('not run:'))
    complaints.push(...wrong.map((skip) => `skipped where everything is installed: ${skip.name} (${skip.file})`))
  }
  const files = results.flatMap((result) => result.files)
  if (files.length > slowestShown) console.log(`\nThe slowest of ${files.length} files:\n${slowest(files)}`)
  if (skips.length > 0) console.log(`\nSkipped:\n${skips.map((skip) => `  ${skip.reason} (${skip.file}: ${skip.name})`).join('\n')}`)
  if (complaints.length > 0) console.log(`\nFailed besides the tests:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0) + complaints.length
  console.log(`\n${passed} passed, ${failed} failed, ${skips.length} skipped`)
  return failed === 0
}

withoutColour()
withCompileCache()
Object.assign(process.env, await packedModules())
const { values, positionals } = parseArgs({
  options: { suite: { type: 'string', multiple: true, default: ['fast'] } },
  allowPositionals: true,
})
const unknown = values.suite.filter((name) => !Object.hasOwn(suites, name))
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}: choose from ${Object.keys(suites).join(', ')}.`)
  process.exitCode = 2
} else {
  const results: Result[] = []
  for (const name of values.suite) results.push(await runSuite(name, positionals))
  process.exitCode = report(results) ? 0 : 1
}
