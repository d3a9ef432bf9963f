import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ConfigError } from '../../server/config/config-error.ts'
import { readEnvironment } from '../../server/config/env.ts'

/** A working directory with a data folder, and a `.env` in it when text is given. */
function workplace(t: TestContext, dotEnv?: string, mode = 0o600): string {
  const directory = mkdtempSync(join(tmpdir(), 'parley-env-'))
  t.after(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'data'))
  if (dotEnv !== undefined) writeFileSync(join(directory, 'data', '.env'), dotEnv, { mode })
  return directory
}

function complaintOf(started: Record<string, string>, directory: string): string {
  try {
    readEnvironment(started, directory)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  assert.fail('the environment was accepted')
}

test('a .env in the data folder is read', (t) => {
  const directory = workplace(t, 'OPENAI_API_KEY="sk-1"\n# a remark\nPORT=9000\n')
  assert.deepEqual(readEnvironment({}, directory), { OPENAI_API_KEY: 'sk-1', PORT: '9000' })
})

test('a .env never overrides what Parley was started with', (t) => {
  const directory = workplace(t, 'PORT=9000\nPARLEY_HOST=::1\n')
  assert.deepEqual(readEnvironment({ PORT: '8000' }, directory), { PORT: '8000', PARLEY_HOST: '::1' })
})

test('the .env is looked for in the folder that PARLEY_DATA names', (t) => {
  const directory = workplace(t, 'PORT=9000\n')
  mkdirSync(join(directory, 'elsewhere'))
  writeFileSync(join(directory, 'elsewhere', '.env'), 'PORT=9001\n', { mode: 0o600 })
  assert.equal(readEnvironment({ PARLEY_DATA: 'elsewhere' }, directory)['PORT'], '9001')
})

for (const mode of [0o644, 0o640, 0o604, 0o620]) {
  test(`a .env with mode ${mode.toString(8)} is refused, with the command that mends it`, (t) => {
    const directory = workplace(t, 'OPENAI_API_KEY=sk-canary\n')
    chmodSync(join(directory, 'data', '.env'), mode)
    const complaint = complaintOf({}, directory)
    assert.match(complaint, new RegExp(`mode 0${mode.toString(8)}, .+: run chmod 600 /`))
    assert.ok(!complaint.includes('canary'))
  })
}

test('a .env cannot say where the data is, because it lies there', (t) => {
  assert.throws(() => readEnvironment({}, workplace(t, 'PARLEY_DATA=/elsewhere\n')), /sets PARLEY_DATA/)
})

test('without a .env, and without a data folder, there is only what Parley was started with', (t) => {
  const directory = workplace(t)
  assert.deepEqual(readEnvironment({ PORT: '1' }, directory), { PORT: '1' })
  assert.deepEqual(readEnvironment({ PORT: '1', PARLEY_DATA: 'nowhere' }, directory), { PORT: '1', PARLEY_DATA: 'nowhere' })
})

test('empty text counts as not set', (t) => {
  assert.deepEqual(readEnvironment({ PORT: '', PARLEY_HOST: '  ' }, workplace(t)), {})
})

test('a key is read from the file that …_FILE names, without the newline at its end', (t) => {
  const directory = workplace(t)
  writeFileSync(join(directory, 'key'), 'sk-1,sk-2\n')
  assert.deepEqual(readEnvironment({ OPENAI_API_KEY_FILE: 'key' }, directory), { OPENAI_API_KEY: 'sk-1,sk-2' })
})

test('every provider takes its key from a file, and so does an endpoint that was added', (t) => {
  const directory = workplace(t)
  writeFileSync(join(directory, 'key'), 'k-1\n')
  const names = ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'GEMINI', 'OPENROUTER', 'GROQ', 'MY_VLLM'].map((name) => `${name}_API_KEY`)
  const started = Object.fromEntries(names.map((name) => [`${name}_FILE`, 'key']))
  const read = readEnvironment({ ...started, PARLEY_OPENAI_COMPATIBLE: 'my-vllm=http://127.0.0.1:8000' }, directory)
  for (const name of names) assert.equal(read[name], 'k-1', name)
})

test('a key file may be named in the .env', (t) => {
  const directory = workplace(t, 'GROQ_API_KEY_FILE=key\n')
  writeFileSync(join(directory, 'key'), 'gsk_1')
  assert.equal(readEnvironment({}, directory)['GROQ_API_KEY'], 'gsk_1')
})

test('a key file that is missing, empty or beside the key itself is named', (t) => {
  const directory = workplace(t)
  writeFileSync(join(directory, 'empty'), '\n')
  assert.match(complaintOf({ OPENAI_API_KEY_FILE: 'missing' }, directory), /_FILE names .+missing, which cannot be read \(ENOENT\): set it to/)
  assert.match(complaintOf({ OPENAI_API_KEY_FILE: 'empty' }, directory), /which is empty: put the secret in it/)
  const complaint = complaintOf({ OPENAI_API_KEY_FILE: 'empty', OPENAI_API_KEY: 'sk-canary' }, directory)
  assert.match(complaint, /^OPENAI_API_KEY and OPENAI_API_KEY_FILE are both set: unset one of them\.$/)
})
