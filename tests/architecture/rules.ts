import {
  adapterImports, driverHomes, entryImports, layers, outsideFiles, outsideModules, outsideStations, serverPlaces, webImports,
} from './import-law.ts'
import type { Layer, Place, Station } from './import-law.ts'
import type { Import, SourceFile, SourceTree } from './source-file.ts'

/** What a rule found, one sentence per place, such as `server/turn/a.ts:3 imports …`. Empty: the rule holds. */
export type Rule = (tree: SourceTree) => readonly string[]

type Complain = (file: SourceFile, imported: Import) => string | null

const everywhere = ['server/', 'web/', 'protocol/']

function filesIn(tree: SourceTree, folders: readonly string[]): readonly SourceFile[] {
  return [...tree.values()].filter((file) => folders.some((folder) => file.path.startsWith(folder)))
}

const at = (file: SourceFile, line: number) => `${file.path}:${line}`

/** Every import of these folders for which `complain` has words. */
function importsOf(tree: SourceTree, folders: readonly string[], complain: Complain): readonly string[] {
  return filesIn(tree, folders).flatMap((file) =>
    file.imports.flatMap((imported) => {
      const complaint = complain(file, imported)
      return complaint === null ? [] : [`${at(file, imported.line)} ${complaint}`]
    }),
  )
}

export function placeOf(path: string): Place | null {
  const fits = serverPlaces.filter((place) => (place.path.endsWith('/') ? path.startsWith(place.path) : path === place.path))
  return fits.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null
}

/** Every file of the server and the page has a place in the table. */
export const everyFileHasAPlace: Rule = (tree) =>
  filesIn(tree, everywhere)
    .filter(({ path }) => (path.startsWith('web/') ? path.split('/').length > 2 && webFolder(path) === null : placeOf(path) === null))
    .map(({ path }) => `${path} has no place in the import law`)

/** The server imports downwards only. */
export const serverImportsDownwards: Rule = (tree) =>
  importsOf(tree, ['server/', 'protocol/'], (file, imported) => {
    const from = placeOf(file.path)
    const to = imported.target === null ? null : placeOf(imported.target)
    if (from === null || to === null || mayImport(from, to, file.path, imported.target!)) return null
    return `(${from.station}) may not import ${imported.target} (${to.station})`
  })

function mayImport(from: Place, to: Place, path: string, target: string): boolean {
  if (from.station === 'entry') return entryImports.includes(to.station)
  if (from.station === 'app') return to.station !== 'entry'
  if (from.station === 'adapter') return adapterImports.includes(to.station) || isBeside(from, to)
  if (from.station === 'config') return to.station === 'config' || to.station === 'lib' || to.station === 'protocol'
  const [own, other] = [rank(from.station), rank(to.station)]
  return own !== null && other !== null && (other > own || (other === own && (from.station === 'ports' || sameFolder(path, target))))
}

/** Adapters of one port share the files beside them and do not know each other. */
function isBeside(from: Place, to: Place): boolean {
  if (to.station !== 'adapter' || from.family !== to.family) return false
  return from.path === to.path || to.path === `server/${to.family}/`
}

function rank(station: Station): number | null {
  const found = layers.indexOf(station as Layer)
  return found === -1 ? null : found
}

function sameFolder(path: string, other: string): boolean {
  return path.split('/')[1] === other.split('/')[1] || [path, other].every((file) => file.startsWith('protocol/'))
}

/** The page imports downwards only; state knows the protocol and nothing else. */
export const webImportsDownwards: Rule = (tree) =>
  importsOf(tree, ['web/'], (file, imported) => {
    const folder = webFolder(file.path)
    if (folder === null || imported.target === null || imported.target.startsWith(folder)) return null
    return webImports[folder]!.some((allowed) => imported.target!.startsWith(allowed)) ? null : `may not import ${imported.target}`
  })

const webFolder = (path: string) => Object.keys(webImports).find((folder) => path.startsWith(folder)) ?? null

const roots = new Set(['server', 'web', 'protocol', 'tests', 'bench'])

/** The page and the server meet in the protocol only, and neither knows tests or benches. */
export const rootsStayApart: Rule = (tree) =>
  importsOf(tree, everywhere, (file, imported) => {
    const own = file.path.split('/')[0]!
    const other = imported.specifier.startsWith('.') ? resolved(file.path, imported.specifier).split('/')[0]! : own
    if (other === own || !roots.has(other)) return null
    return other === 'protocol' ? 'reaches the protocol by a path; its name is #protocol/…' : `may not import from ${other}/`
  })

const resolved = (path: string, specifier: string) => new URL(specifier, `file:///${path}`).pathname.slice(1)

/** The protocol stands on zod and itself. */
export const protocolStandsOnZod: Rule = (tree) =>
  importsOf(tree, ['protocol/'], (_file, { specifier }) => (/^(zod$|\.\/|#protocol\/)/.test(specifier) ? null : `imports ${specifier}`))

/** No import leads back to where it came from, types included. A worker's address is not an import. */
export const noCycles: Rule = (tree) => {
  const settled = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) return void cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (settled.has(path)) return
    for (const { target, kind } of tree.get(path)!.imports) if (target !== null && kind !== 'url') visit(target, [...trail, path])
    settled.add(path)
  }
  for (const path of tree.keys()) visit(path, [])
  return cycles
}

/** Only config/env.ts reads the environment. */
export const environmentInOneFile: Rule = (tree) =>
  filesIn(tree, everywhere)
    .filter((file) => file.path !== 'server/config/env.ts')
    .flatMap((file) => file.environmentReads.map((line) => `${at(file, line)} reads process.env`))

/** No file that only passes on what others export. */
export const noBarrels: Rule = (tree) =>
  filesIn(tree, everywhere)
    .filter((file) => /(^|\/)index\.[mc]?tsx?$/.test(file.path) || file.onlyReExports)
    .map((file) => `${file.path} is a barrel`)

/** Files, processes, threads and the network are for the outermost parts. A type alone reaches none of them. */
export const outsideOnlyAtTheEdge: Rule = (tree) => [
  ...importsOf(tree, ['server/'], (file, { specifier, typeOnly }) =>
    outsideModules.has(specifier.replace(/^node:/, '')) && !typeOnly && !isAtTheEdge(file.path) ? `may not import ${specifier}` : null),
  ...filesIn(tree, ['server/'])
    .filter((file) => !isAtTheEdge(file.path))
    .flatMap((file) => file.networkGlobals.map((line) => `${at(file, line)} uses the network`)),
]

const isAtTheEdge = (path: string) => outsideFiles.includes(path) || outsideStations.includes(placeOf(path)?.station ?? 'lib')

/** No driver leaves its folder, types included. */
export const driversStayHome: Rule = (tree) =>
  importsOf(tree, everywhere, (file, { specifier }) => {
    const homes = driverHomes[specifier] ?? driverHomes[`${specifier.split('/')[0]}/*`] ?? driverHomes[specifier.split('/')[0]!]
    return homes === undefined || homes.some((home) => file.path.startsWith(home)) ? null : `may not import ${specifier}`
  })

/** Text of models never becomes markup unsanitised. */
export const noUnsafeHtml: Rule = (tree) =>
  filesIn(tree, everywhere).flatMap((file) => file.unsafeHtml.map((line) => `${at(file, line)} uses unsafe HTML`))

/** Values reach SQL as parameters. */
export const sqlHasParameters: Rule = (tree) =>
  filesIn(tree, ['server/']).flatMap((file) => file.interpolatedSql.map((line) => `${at(file, line)} puts a value into SQL text`))
