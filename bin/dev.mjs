// `npm run dev`: the server, restarted when its code changes, and Vite with the page. When one ends, or on Ctrl-C, both do.
import { spawn } from 'node:child_process'

const parts = [
  ['node', '--watch', '--watch-path=server', '--watch-path=protocol', '--watch-preserve-output', 'server/main.ts', '--development'],
  ['vite'],
]

const running = new Set()
let endCode = null

/** Ends both, once; the first to go says how. */
function end(code) {
  if (endCode !== null) return
  endCode = code
  for (const child of running) child.kill('SIGTERM')
}

// Before anything starts, so that no Ctrl-C comes too early.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0))

for (const [command, ...words] of parts) {
  const child = spawn(command, words, { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  running.add(child)
  child.on('error', (error) => {
    console.error(`dev: ${command} cannot be started: ${error.message}`)
    end(1)
  })
  child.on('close', (code) => {
    running.delete(child)
    end(code ?? 1)
    if (running.size === 0) process.exitCode = endCode
  })
}
