/**
 * The import law as a table: where each file stands, and what may be imported from where. A file under `server/` or
 * `web/` that no row covers is a violation too, so a new folder takes its place here first.
 */

/** From the top of the house down: a layer imports what stands below it, and its own folder. */
export const layers = [
  'http', 'debate', 'turn', 'tools', 'memory', 'domain', 'ports', 'egress', 'telemetry', 'lib', 'protocol',
] as const
export type Layer = (typeof layers)[number]

/** What stands outside that order. */
export type Station = Layer | 'entry' | 'app' | 'config' | 'adapter'

export interface Place {
  /** A file, or a folder with a slash at its end. The longest that fits counts. */
  readonly path: string
  readonly station: Station
  /** Adapters: the port's folder, whose shared files stand beside the adapters. */
  readonly family?: string
}

export const serverPlaces: readonly Place[] = [
  { path: 'server/main.ts', station: 'entry' },
  { path: 'server/cli.ts', station: 'app' },
  { path: 'server/app.ts', station: 'app' },
  { path: 'server/config/', station: 'config' },

  { path: 'server/http/', station: 'http' },
  { path: 'server/turn/', station: 'turn' },
  { path: 'server/search/', station: 'memory' },
  { path: 'server/jobs/', station: 'domain' },
  { path: 'server/agents/', station: 'domain' },
  { path: 'server/tenants/', station: 'domain' },
  { path: 'server/money/', station: 'domain' },

  { path: 'server/store/store.ts', station: 'ports' },
  { path: 'server/store/search-index.ts', station: 'ports' },
  { path: 'server/store/job.ts', station: 'ports' },
  { path: 'server/bus/bus.ts', station: 'ports' },
  { path: 'server/models/language-model.ts', station: 'ports' },
  { path: 'server/models/model-catalog.ts', station: 'ports' },
  { path: 'server/tenants/identity.ts', station: 'ports' },

  { path: 'server/store/', station: 'adapter', family: 'store' },
  { path: 'server/store/sqlite/', station: 'adapter', family: 'store' },
  { path: 'server/store/postgres/', station: 'adapter', family: 'store' },
  { path: 'server/bus/', station: 'adapter', family: 'bus' },
  { path: 'server/models/', station: 'adapter', family: 'models' },
  { path: 'server/models/anthropic/', station: 'adapter', family: 'models' },
  { path: 'server/models/google/', station: 'adapter', family: 'models' },
  { path: 'server/models/openai-compatible/', station: 'adapter', family: 'models' },
  { path: 'server/models/librarian/', station: 'adapter', family: 'models' },
  { path: 'server/tenants/local/', station: 'adapter', family: 'tenants' },

  { path: 'server/egress/', station: 'egress' },
  { path: 'server/telemetry/', station: 'telemetry' },
  { path: 'server/lib/', station: 'lib' },
  { path: 'protocol/', station: 'protocol' },
]

/** The page: each folder, and the folders it may import besides itself. */
export const webImports: Readonly<Record<string, readonly string[]>> = {
  'web/app/': ['web/pages/', 'web/components/', 'web/api/', 'web/state/', 'web/i18n/', 'web/styles/', 'web/lib/', 'protocol/'],
  'web/pages/': ['web/components/', 'web/api/', 'web/state/', 'web/i18n/', 'web/styles/', 'web/lib/', 'protocol/'],
  'web/components/': ['web/api/', 'web/state/', 'web/i18n/', 'web/styles/', 'web/lib/', 'protocol/'],
  'web/api/': ['web/state/', 'web/lib/', 'protocol/'],
  'web/state/': ['protocol/'],
  'web/i18n/': ['protocol/'],
  'web/styles/': [],
  'web/frames/': [],
  'web/lib/': [],
}

/** Where a process starts there is little to say. */
export const entryImports: readonly Station[] = ['app', 'config', 'ports', 'telemetry', 'lib', 'protocol']

/** All that an adapter sees besides its own folder and what it shares with its siblings. */
export const adapterImports: readonly Station[] = ['ports', 'egress', 'telemetry', 'lib', 'protocol']

/** Node's modules that reach files, processes, threads or the network, and who may use them. */
export const outsideModules = new Set([
  'fs', 'fs/promises', 'net', 'tls', 'dgram', 'dns', 'dns/promises', 'http', 'https', 'http2',
  'child_process', 'cluster', 'worker_threads', 'inspector', 'vm',
])
export const outsideStations: readonly Station[] = ['adapter', 'config', 'egress', 'http']
export const outsideFiles: readonly string[] = ['server/main.ts', 'server/cli.ts']

/** Packages whose types stay where they are used: each with its folders and files. */
export const driverHomes: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['server/store/sqlite/'],
  kysely: ['server/store/'],
  pg: ['server/store/postgres/', 'server/bus/postgres-bus.ts'],
  '@pydantic/genai-prices': ['server/models/catalog.ts'],
  undici: ['server/models/', 'server/egress/'],
  'eventsource-parser': ['server/models/'],
  '@orama/*': ['server/lib/search/'],
  ws: ['server/http/'],
  fastify: ['server/http/', 'server/app.ts'],
  '@fastify/*': ['server/http/', 'server/app.ts'],
  pino: ['server/telemetry/'],
  'prom-client': ['server/telemetry/'],
  lit: ['web/'],
  'lit/*': ['web/'],
  dompurify: ['web/'],
  'markdown-it': ['web/'],
  'highlight.js': ['web/'],
  temml: ['web/'],
  '@mermaid-js/*': ['web/'],
  vite: ['vite.config.ts'],
}
