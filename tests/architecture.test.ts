/**
 * The house's own law. Each rule runs over the tree as it is, and over small trees with one planted fault each, which it
 * must find: a rule that has never failed proves nothing.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as rules from './architecture/rules.ts'
import type { Rule } from './architecture/rules.ts'
import { sourceTree } from './architecture/source-file.ts'

const root = join(import.meta.dirname, '..')
const paths = globSync(['server/**/*.ts', 'web/**/*.ts', 'protocol/**/*.ts'], { cwd: root })
const house = sourceTree(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])))

interface Clause {
  readonly name: string
  readonly rule: Rule
  /** Small trees that break the rule, each by its name. */
  readonly broken: Readonly<Record<string, Record<string, string>>>
  /** Small trees that look alike and are right. */
  readonly sound?: Readonly<Record<string, Record<string, string>>>
}

const value = 'export const value = 1'
const type = 'export interface Thing { name: string }'

const clauses: readonly Clause[] = [
  {
    name: 'every file has a place in the import law',
    rule: rules.everyFileHasAPlace,
    broken: {
      'a folder nobody placed': { 'server/utils/a.ts': value },
      'a web folder nobody placed': { 'web/helpers/a.ts': value },
    },
  },
  {
    name: 'the server imports downwards only',
    rule: rules.serverImportsDownwards,
    broken: {
      'the turn imports http': { 'server/turn/a.ts': "import '../http/b.ts'", 'server/http/b.ts': value },
      'a type counts': { 'server/lib/a.ts': "import type { Thing } from '../turn/b.ts'", 'server/turn/b.ts': type },
      'a type in passing counts': { 'server/lib/a.ts': "export type A = import('../turn/b.ts').Thing", 'server/turn/b.ts': type },
      'a dynamic import counts': { 'server/turn/a.ts': "await import('../http/b.ts')", 'server/http/b.ts': value },
      'a re-export counts': { 'server/turn/a.ts': "export * from '../http/b.ts'\nexport const c = 1", 'server/http/b.ts': value },
      'a port imports its adapter': { 'server/store/store.ts': "import '../store/sqlite/b.ts'", 'server/store/sqlite/b.ts': value },
      'the turn imports an adapter': { 'server/turn/a.ts': "import '../store/sqlite/b.ts'", 'server/store/sqlite/b.ts': value },
      'http imports what is shared beside adapters': { 'server/http/a.ts': "import '../store/rows.ts'", 'server/store/rows.ts': value },
      'an adapter imports the turn': { 'server/store/sqlite/a.ts': "import '../../turn/b.ts'", 'server/turn/b.ts': value },
      'an adapter imports its sibling': { 'server/store/sqlite/a.ts': "import '../postgres/b.ts'", 'server/store/postgres/b.ts': value },
      'shared code chooses an adapter': { 'server/models/a.ts': "import './librarian/b.ts'", 'server/models/librarian/b.ts': value },
      'an adapter of another port': { 'server/models/librarian/a.ts': "import '../../store/rows.ts'", 'server/store/rows.ts': value },
      'agents import tenants': { 'server/agents/a.ts': "import '../tenants/b.ts'", 'server/tenants/b.ts': value },
      'a part reads the configuration': { 'server/http/a.ts': "import type { Thing } from '../config/b.ts'", 'server/config/b.ts': type },
      'main imports an adapter': { 'server/main.ts': "import './store/sqlite/b.ts'", 'server/store/sqlite/b.ts': value },
      'a worker named by its address': {
        'server/turn/a.ts': "new Worker(new URL('../store/sqlite/b.ts', import.meta.url))",
        'server/store/sqlite/b.ts': value,
      },
    },
    sound: {
      'app imports adapters': { 'server/app.ts': "import './store/sqlite/b.ts'", 'server/store/sqlite/b.ts': value },
      'an adapter imports its port and what is shared': {
        'server/store/sqlite/a.ts': "import '../store.ts'\nimport '../queries/b.ts'",
        'server/store/store.ts': type,
        'server/store/queries/b.ts': value,
      },
      'http imports all layers below': {
        'server/http/a.ts': "import '../turn/b.ts'\nimport '../store/store.ts'",
        'server/turn/b.ts': value,
        'server/store/store.ts': type,
      },
    },
  },
  {
    name: 'the page imports downwards only',
    rule: rules.webImportsDownwards,
    broken: {
      'state imports api': { 'web/state/a.ts': "import '../api/b.ts'", 'web/api/b.ts': value },
      'a component imports a page': { 'web/components/a.ts': "import type { Thing } from '../pages/b.ts'", 'web/pages/b.ts': type },
    },
    sound: { 'a page imports a component': { 'web/pages/a.ts': "import '../components/b.ts'", 'web/components/b.ts': value } },
  },
  {
    name: 'server, page and protocol meet in the protocol only',
    rule: rules.rootsStayApart,
    broken: {
      'the page imports the server': { 'web/state/a.ts': "import type { Thing } from '../../server/lib/b.ts'", 'server/lib/b.ts': type },
      'the server imports the page': { 'server/http/a.ts': "import '../../web/state/b.ts'", 'web/state/b.ts': value },
      'the server imports a test': { 'server/http/a.ts': "import '../../tests/support/b.ts'" },
      'the protocol by a path': { 'server/http/a.ts': "import '../../protocol/b.ts'", 'protocol/b.ts': value },
    },
    sound: { 'the protocol by its name': { 'web/state/a.ts': "import '#protocol/b.ts'", 'protocol/b.ts': value } },
  },
  {
    name: 'the protocol stands on zod and itself',
    rule: rules.protocolStandsOnZod,
    broken: {
      'the protocol imports the server': { 'protocol/a.ts': "import type { Thing } from '../server/lib/b.ts'", 'server/lib/b.ts': type },
      'the protocol imports Node': { 'protocol/a.ts': "import 'node:crypto'" },
      'the protocol imports a package': { 'protocol/a.ts': "import 'fastify'" },
    },
    sound: { 'zod and a neighbour': { 'protocol/a.ts': "import { z } from 'zod'\nimport './b.ts'", 'protocol/b.ts': value } },
  },
  {
    name: 'no import leads back to where it came from',
    rule: rules.noCycles,
    broken: {
      'two files': { 'server/lib/a.ts': "import './b.ts'", 'server/lib/b.ts': "import './a.ts'" },
      'three files, one by a type': {
        'server/lib/a.ts': "import './b.ts'",
        'server/lib/b.ts': "import type { Thing } from './c.ts'",
        'server/lib/c.ts': "export * from './a.ts'\nexport const c = 1",
      },
      'itself': { 'web/state/a.ts': "import './a.ts'" },
    },
    sound: {
      'a diamond': { 'web/state/a.ts': "import './b.ts'\nimport './c.ts'", 'web/state/b.ts': "import './c.ts'", 'web/state/c.ts': value },
    },
  },
  {
    name: 'config/env.ts alone reads the environment',
    rule: rules.environmentInOneFile,
    broken: {
      'process.env': { 'server/app.ts': 'export const port = process.env.PORT' },
      "process['env']": { 'server/lib/a.ts': "export const all = process['env']" },
      'globalThis.process.env': { 'web/state/a.ts': 'export const all = globalThis.process.env' },
      'taken apart': { 'server/lib/a.ts': 'const { env } = process' },
      'imported': { 'server/lib/a.ts': "import { env } from 'node:process'" },
    },
    sound: {
      'in its file': { 'server/config/env.ts': 'export const all = process.env' },
      'another env': { 'server/lib/a.ts': 'const all = options.env' },
    },
  },
  {
    name: 'no barrels',
    rule: rules.noBarrels,
    broken: {
      'an index': { 'server/lib/index.ts': value },
      'only re-exports': { 'web/state/all.ts': "export * from './a.ts'\nexport { value as b } from './b.ts'" },
      'imports passed on': { 'server/lib/all.ts': "import { value } from './a.ts'\nexport { value }" },
    },
  },
  {
    name: 'files, processes, threads and the network are for the outermost parts',
    rule: rules.outsideOnlyAtTheEdge,
    broken: {
      'files in the turn': { 'server/turn/a.ts': "import { readFileSync } from 'node:fs'" },
      'files without the prefix': { 'server/lib/a.ts': "import fs from 'fs'" },
      'files in app.ts': { 'server/app.ts': "import { mkdir } from 'node:fs/promises'" },
      'a process in a port': { 'server/store/store.ts': "import 'node:child_process'" },
      'the network, by import': { 'server/turn/a.ts': "await import('node:https')" },
      'the network, by a global': { 'server/agents/a.ts': "export const page = await fetch('http://127.0.0.1')" },
      'the network, by a socket': { 'server/turn/a.ts': "new WebSocket('ws://127.0.0.1')" },
    },
    sound: {
      'an adapter': { 'server/store/sqlite/a.ts': "import 'node:worker_threads'" },
      'the edge': { 'server/http/a.ts': "import 'node:http'" },
      'a type alone': { 'server/app.ts': "import type { AddressInfo } from 'node:net'" },
      'a fetch of one\'s own': { 'server/turn/a.ts': 'await shelf.fetch(1)' },
    },
  },
  {
    name: 'no driver leaves its folder',
    rule: rules.driversStayHome,
    broken: {
      'SQLite in the turn': { 'server/turn/a.ts': "import type { DatabaseSync } from 'node:sqlite'" },
      'SQLite beside the adapters': { 'server/store/queries/a.ts': "import type { DatabaseSync } from 'node:sqlite'" },
      'Kysely in http': { 'server/http/a.ts': "import type { Kysely } from 'kysely'" },
      'undici in the turn': { 'server/turn/a.ts': "import { request } from 'undici'" },
      'ws in the turn': { 'server/turn/a.ts': "import type { WebSocket } from 'ws'" },
      'Fastify in telemetry': { 'server/telemetry/a.ts': "import type { FastifyBaseLogger } from 'fastify'" },
      'a Fastify plugin in the turn': { 'server/turn/a.ts': "import '@fastify/static'" },
      'a part of a package': { 'server/turn/a.ts': "import 'kysely/helpers/sqlite'" },
      'Fastify in the page': { 'web/state/a.ts': "import type { FastifyError } from 'fastify'" },
    },
    sound: {
      'an address that looks like a package': { 'web/api/a.ts': "export const address = new URL('ws/v2/chat', base.url)" },
      'at home': { 'server/store/schema.ts': "import type { Generated } from 'kysely'", 'server/app.ts': "import Fastify from 'fastify'" },
    },
  },
  {
    name: 'no unsafe HTML',
    rule: rules.noUnsafeHtml,
    broken: {
      'its name': { 'web/components/a.ts': 'export const page = unsafeHTML(text)' },
      'its file, under another name': { 'web/components/a.ts': "import * as u from 'lit/directives/unsafe-svg.js'" },
    },
  },
  {
    name: 'values reach SQL as parameters',
    rule: rules.sqlHasParameters,
    broken: {
      'a template': { 'server/store/sqlite/a.ts': 'database.prepare(`select * from turn where id = ${id}`)' },
      'a sum': { 'server/store/sqlite/a.ts': "database.exec('delete from turn where id = ' + id)" },
      'a name for it': { 'server/store/sqlite/a.ts': 'const text = `delete from ${table}`\ndatabase.exec(text)' },
      'a query of a driver': { 'server/store/postgres/a.ts': 'client.query(`listen ${name}`)' },
      'raw SQL': { 'server/store/queries/a.ts': 'sql.raw(`order by ${field}`)' },
      'by its name in brackets': { 'server/store/sqlite/a.ts': "database['exec'](`drop table ${name}`)" },
    },
    sound: {
      'fixed text': { 'server/store/sqlite/a.ts': "database.exec(`pragma synchronous = full`)\ndatabase.prepare('select ' + 'one')" },
      'a pattern': { 'server/lib/a.ts': '/a(b)/.exec(`${text}`)' },
    },
  },
]

test('the house is there to be read', () => {
  assert.ok(house.size >= 40, `only ${house.size} files were found`)
})

for (const { name, rule, broken, sound = {} } of clauses) {
  test(`${name}`, () => {
    assert.deepEqual(rule(house), [])
  })
  for (const [fault, texts] of Object.entries(broken)) {
    test(`${name}: "${fault}" is found`, () => assert.notEqual(rule(sourceTree(texts)).length, 0))
  }
  for (const [look, texts] of Object.entries(sound)) {
    test(`${name}: "${look}" is fine`, () => assert.deepEqual(rule(sourceTree(texts)), []))
  }
}
