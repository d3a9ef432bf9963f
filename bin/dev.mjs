// `npm run dev`: the server, started again when its code changes, and Vite with the page. When one ends, or on Ctrl-C, both
// do; only a server that failed waits for the change that mends it. (`node --watch` talks to worker threads in messages of
// its own, which the store's threads would have to know.)
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'

const watched = ['server', 'protocol']
const quietMs = 100

let server = null
let page = null
let quiet = null
let changed = false
let ending = false

function start(command, words) {
  const child = spawn(command, words, { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  child.on('error', (error) => {
    console.error(`dev: ${command} cannot be started: ${error.message}`)
    end(1)
  })
  return child
}

function startServer() {
  changed = false
  server = start('node', ['server/main.ts', '--development'])
  server.once('close', (code) => {
    server = null
    if (ending) return
    if (changed) startServer()
    else if (code === 0) end(0)
    else console.error('dev: the server ended, and starts again with the next change')
  })
}

/** Saving touches several files: the server is asked to end once they have been quiet for a moment. */
function noteChange() {
  clearTimeout(quiet)
  quiet = setTimeout(() => {
    changed = true
    if (server) server.kill('SIGTERM')
    else startServer()
  }, quietMs)
}

/** Ends both, once; the first to go says how. */
function end(code) {
  if (ending) return
  ending = true
  process.exitCode = code
  clearTimeout(quiet)
  for (const watcher of watchers) watcher.close()
  server?.kill('SIGTERM')
  page?.kill('SIGTERM')
}

const watchers = watched.map((folder) => watch(folder, { recursive: true }, noteChange))
// Before anything starts, so that no Ctrl-C comes too early.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0))
startServer()
page = start('vite', [])
page.once('close', (code) => end(code ?? 1))
