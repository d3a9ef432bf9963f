import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { providerVariables, secretVariables } from '../../server/config/secrets.ts'
import { variables } from '../../server/config/variables.ts'

test("the operators' guide names every variable that acts, with its default, and no other", () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/configure.md'), 'utf8')
  const acting = [...Object.keys(variables), ...providerVariables, ...secretVariables.map((name) => `${name}_FILE`)]
  const named = new Set(guide.match(/`[A-Z][A-Z_]{3,}`/g)?.map((name) => name.slice(1, -1)))
  assert.deepEqual([...named].toSorted(), acting.toSorted())

  for (const [name, { otherwise }] of Object.entries(variables)) {
    if (otherwise === null || otherwise === '' || name === 'PARLEY_DATA') continue
    const shown = name.endsWith('_SECONDS') ? Number(otherwise) / 1000 : otherwise
    assert.ok(guide.includes(`| \`${name}\` | ${shown} |`), `${name}, ${shown}`)
  }
})
