/** The languages that code is coloured in, each loaded when it is first met, and the names that models give them. */

export const languages = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  dart: () => import('highlight.js/lib/languages/dart'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  elixir: () => import('highlight.js/lib/languages/elixir'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  http: () => import('highlight.js/lib/languages/http'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
} as const

type LanguageName = keyof typeof languages

const otherNames: Readonly<Record<string, LanguageName>> = {
  sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', h: 'c', 'c++': 'cpp', cc: 'cpp', hpp: 'cpp', 'c#': 'csharp', cs: 'csharp', patch: 'diff', docker: 'dockerfile',
  ex: 'elixir', exs: 'elixir', golang: 'go', gql: 'graphql', hs: 'haskell', toml: 'ini', conf: 'ini', js: 'javascript', jsx: 'javascript', mjs: 'javascript', cjs: 'javascript',
  jsonc: 'json', json5: 'json', kt: 'kotlin', tex: 'latex', make: 'makefile', md: 'markdown', pl: 'perl', ps1: 'powershell', pwsh: 'powershell', py: 'python', python3: 'python',
  rb: 'ruby', rs: 'rust', sass: 'scss', less: 'scss', postgresql: 'sql', postgres: 'sql', mysql: 'sql', sqlite: 'sql', ts: 'typescript', tsx: 'typescript', mts: 'typescript',
  html: 'xml', svg: 'xml', xhtml: 'xml', vue: 'xml', yml: 'yaml',
}

/** From what stands behind the marks of a fence, in small letters, to the language. */
export const languageNames: ReadonlyMap<string, LanguageName> = new Map([
  ...(Object.keys(languages) as LanguageName[]).map((name) => [name, name] as const),
  ...Object.entries(otherNames),
])
