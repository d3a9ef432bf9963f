/**
 * What a disk may hold after the power went: a process is recorded by strace, and from its writes and flushes every state is
 * built that a disk which keeps its word about flushing could be left in. What was flushed is there; of what was written since,
 * none, all, or any part may be.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

type DiskEvent =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number }
  | { readonly kind: 'flush'; readonly file: string }
  /** A line that the process said to whoever listens. */
  | { readonly kind: 'said'; readonly line: string }

export const straceMissing = (): boolean => spawnSync('strace', ['-V']).error !== undefined

/** How a process is recorded: what stands before its command. */
export const recordedBy = (log: string): readonly string[] => ['strace', '-f', '-qq', '-y', '-xx', '-s', '1000000', '-e', 'trace=pwrite64,write,fsync,fdatasync,ftruncate', '-e', 'signal=none', '-o', log]

/** The events of the database's files and of standard output, in the order in which they were begun; a flush where it ended. */
export function readRecord(log: string): readonly DiskEvent[] {
  const events: DiskEvent[] = []
  const unfinished = new Map<string, string>()
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const [, pid, call] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (pid === undefined || call === undefined) continue
    if (call.endsWith('<unfinished ...>')) {
      unfinished.set(pid, call)
      if (!/^fd?a?t?a?sync/.test(call)) events.push(...eventOf(call))
    } else if (call.startsWith('<... ')) {
      const begun = unfinished.get(pid) ?? ''
      if (/^fd?a?t?a?sync/.test(begun)) events.push(...eventOf(begun))
    } else events.push(...eventOf(call))
  }
  return events
}

function eventOf(call: string): readonly DiskEvent[] {
  const [, name, descriptor, path] = /^(\w+)\((\d+)<([^>]*)>/.exec(call) ?? []
  if (name === undefined || path === undefined) return []
  const file = basename(plain(path).toString())
  if (name === 'write' && descriptor === '1') return textOf(call).toString().trimEnd().split('\n').map((line) => ({ kind: 'said', line }))
  if (file !== 'parley.db' && file !== 'parley.db-wal') return []
  if (name === 'fsync' || name === 'fdatasync') return [{ kind: 'flush', file }]
  if (name === 'ftruncate') return [{ kind: 'cut', file, length: Number(/, (\d+)/.exec(call)![1]) }]
  if (name === 'pwrite64') return [{ kind: 'write', file, bytes: textOf(call), at: Number(/", \d+, (\d+)/.exec(call)![1]) }]
  throw new Error(`A database file is written in a way that is not understood: ${call.slice(0, 80)}`)
}

const textOf = (call: string): Buffer => plain(/"((?:\\x[0-9a-f]{2})*)"/.exec(call)![1]!)
const plain = (escaped: string): Buffer => Buffer.from(escaped.replaceAll('\\x', ''), 'hex')

/** Of the writes that were not flushed: which are on disk. */
export type Survivors = 'none' | 'all' | 'all but half of the last' | 'any'

/** A disk with the two files of a database, as it is written and flushed. */
export class Disk {
  readonly #flushed = new Map<string, Buffer>()
  readonly #pending: Exclude<DiskEvent, { kind: 'said' | 'flush' }>[] = []

  constructor(files: Readonly<Record<string, Buffer>>) {
    for (const [name, bytes] of Object.entries(files)) this.#flushed.set(name, bytes)
  }

  take(event: DiskEvent): void {
    if (event.kind === 'said') return
    if (event.kind !== 'flush') {
      this.#pending.push(event)
      return
    }
    const [kept, rest] = [this.#pending.filter(({ file }) => file === event.file), this.#pending.filter(({ file }) => file !== event.file)]
    for (const each of kept) apply(this.#flushed, each)
    this.#pending.splice(0, this.#pending.length, ...rest)
  }

  /** Whether anything is written that was not flushed. */
  get unflushed(): boolean {
    return this.#pending.length > 0
  }

  /** Writes into `directory` what is found there after the power went now. */
  loseInto(directory: string, survivors: Survivors, random: () => number): void {
    const files = new Map(this.#flushed)
    const last = this.#pending.length - 1
    for (const [i, event] of this.#pending.entries()) {
      if (survivors === 'none' || (survivors === 'any' && random() < 0.5)) continue
      const torn = event.kind === 'write' && ((survivors === 'all but half of the last' && i === last) || (survivors === 'any' && random() < 0.3))
      apply(files, torn ? { ...event, bytes: event.bytes.subarray(0, Math.floor(event.bytes.length / 2)) } : event)
    }
    for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes)
  }
}

function apply(files: Map<string, Buffer>, event: Exclude<DiskEvent, { kind: 'said' | 'flush' }>): void {
  const before = files.get(event.file) ?? Buffer.alloc(0)
  if (event.kind === 'cut') {
    files.set(event.file, Buffer.concat([before, Buffer.alloc(Math.max(0, event.length - before.length))]).subarray(0, event.length))
    return
  }
  const after = Buffer.alloc(Math.max(before.length, event.at + event.bytes.length))
  before.copy(after)
  event.bytes.copy(after, event.at)
  files.set(event.file, after)
}
