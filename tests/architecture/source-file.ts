import { posix } from 'node:path'
import { parseSync, Visitor } from 'vite'
import type { ESTree, VisitorObject } from 'vite'
import { builtTexts, isBuiltText, propertyName, runsSql } from './syntax.ts'

/** One place in a file that names another module. */
export interface Import {
  readonly specifier: string
  /** The file of the tree that it means; null for packages, Node's own modules and files that are not there. */
  readonly target: string | null
  /** `url` is `new URL('./writer.ts', import.meta.url)`: how a worker names its code. */
  readonly kind: 'static' | 're-export' | 'dynamic' | 'type' | 'url'
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean
  readonly line: number
}

/** What the rules need to know of one file. Lines count from 1. */
export interface SourceFile {
  readonly path: string
  readonly imports: readonly Import[]
  readonly onlyReExports: boolean
  readonly environmentReads: readonly number[]
  /** Uses of the global fetch, WebSocket or EventSource. */
  readonly networkGlobals: readonly number[]
  readonly unsafeHtml: readonly number[]
  /** Where text put together from values reaches `exec(`, `prepare(` or `sql.raw(`. */
  readonly interpolatedSql: readonly number[]
}

/** Source files by path, such as `server/turn/run-turn.ts`. */
export type SourceTree = ReadonlyMap<string, SourceFile>

/** Parses texts by path into the table that the rules read. Throws on a syntax error. */
export function sourceTree(texts: Readonly<Record<string, string>>): SourceTree {
  const paths = new Set(Object.keys(texts))
  return new Map(Object.entries(texts).map(([path, text]) => [path, readSource(path, text, paths)]))
}

function readSource(path: string, text: string, paths: ReadonlySet<string>): SourceFile {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]!.message}`)
  const lineAt = (node: ESTree.Span) => text.slice(0, node.start).split('\n').length
  const imports: Import[] = []
  const addImport: AddImport = (kind, specifier, node, typeOnly = kind === 'type') =>
    void imports.push({ specifier, target: resolveImport(path, specifier, paths), kind, typeOnly, line: lineAt(node) })
  const found: Record<Finding, number[]> = { environmentReads: [], networkGlobals: [], unsafeHtml: [], interpolatedSql: [] }
  const add = (finding: Finding) => (node: ESTree.Span) => void found[finding].push(lineAt(node))

  new Visitor(importVisitor(addImport)).visit(program)
  new Visitor(findingVisitor(program, add)).visit(program)
  return { path, imports, onlyReExports: program.body.length > 0 && program.body.every(isReExport), ...found }
}

type AddImport = (kind: Import['kind'], specifier: string, node: ESTree.Span, typeOnly?: boolean) => void

function importVisitor(add: AddImport): VisitorObject {
  return {
    ImportDeclaration: (node) => add('static', node.source.value, node, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => node.source && add('re-export', node.source.value, node, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add('re-export', node.source.value, node, node.exportKind === 'type'),
    TSImportType: (node) => add('type', node.source.value, node),
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') add('dynamic', node.source.value, node)
    },
    NewExpression(node) {
      const [path, base] = node.arguments
      const relative = node.callee.type === 'Identifier' && node.callee.name === 'URL' && base?.type === 'MemberExpression'
      if (relative && path?.type === 'Literal' && /^\./.test(String(path.value))) add('url', String(path.value), node)
    },
  }
}

type Finding = 'environmentReads' | 'networkGlobals' | 'unsafeHtml' | 'interpolatedSql'

function findingVisitor(program: ESTree.Program, add: (finding: Finding) => (node: ESTree.Span) => void): VisitorObject {
  const built = builtTexts(program)
  const [readsEnvironment, usesNetwork, usesUnsafeHtml, interpolates] =
    [add('environmentReads'), add('networkGlobals'), add('unsafeHtml'), add('interpolatedSql')]
  return {
    MemberExpression(node) {
      if (isProcess(node.object) && propertyName(node) === 'env') readsEnvironment(node)
    },
    VariableDeclarator(node) {
      if (node.id.type !== 'ObjectPattern' || !node.init || !isProcess(node.init)) return
      if (node.id.properties.some((property) => 'key' in property && nameOf(property.key) === 'env')) readsEnvironment(node)
    },
    ImportDeclaration(node) {
      const takesEnv = node.specifiers.some((specifier) => specifier.type === 'ImportSpecifier' && nameOf(specifier.imported) === 'env')
      if (/^(node:)?process$/.test(node.source.value) && takesEnv) readsEnvironment(node)
      if (/\/unsafe-(html|svg|mathml)\.js$/.test(node.source.value)) usesUnsafeHtml(node)
    },
    Identifier(node) {
      if (/^unsafe(HTML|SVG|MathML)$/.test(node.name)) usesUnsafeHtml(node)
    },
    NewExpression(node) {
      if (isNetworkGlobal(node.callee)) usesNetwork(node)
    },
    CallExpression(node) {
      if (isNetworkGlobal(node.callee)) usesNetwork(node)
      if (runsSql(node.callee) && isBuiltText(node.arguments[0], built)) interpolates(node)
    },
  }
}

function resolveImport(path: string, specifier: string, paths: ReadonlySet<string>): string | null {
  const target = specifier.startsWith('#protocol/')
    ? specifier.slice(1)
    : specifier.startsWith('.')
      ? posix.join(posix.dirname(path), specifier)
      : null
  return target !== null && paths.has(target) ? target : null
}

function isReExport(node: ESTree.Program['body'][number]): boolean {
  return (
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && node.declaration === null) ||
    node.type === 'ImportDeclaration'
  )
}

const nameOf = (node: ESTree.Node) => ('name' in node ? node.name : null)

/** `process` and `globalThis.process`. */
function isProcess(node: ESTree.Node): boolean {
  return (node.type === 'Identifier' && node.name === 'process') || (node.type === 'MemberExpression' && propertyName(node) === 'process')
}

const networkGlobals = new Set(['fetch', 'WebSocket', 'EventSource'])

function isNetworkGlobal(callee: ESTree.Node): boolean {
  if (callee.type === 'Identifier') return networkGlobals.has(callee.name)
  const ofGlobal = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'globalThis'
  return ofGlobal && networkGlobals.has(propertyName(callee) ?? '')
}
