import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root })

/** Relative links of a page, without the part behind `#`; those inside code are examples. */
function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/```.*?```|`[^`\n]*`/gs, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((link) => link[1]!.split('#')[0]!)
  return targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}

for (const page of pages) {
  test(`every link in ${page} leads to something`, () => {
    const missing = linksOf(readFileSync(join(root, page), 'utf8')).filter((link) => !existsSync(join(root, dirname(page), link)))
    assert.deepEqual(missing, [])
  })
}

test('a link that leads nowhere is seen', () => {
  assert.deepEqual(linksOf('See [`a`](a.md#part), [b](https://b) and `[c](c.md)`.'), ['a.md'])
})
