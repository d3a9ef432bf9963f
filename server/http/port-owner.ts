import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** `process 1234 (node)`: who listens on a TCP port, where the system lets us see it (Linux's /proc); else null. */
export function portOwner(port: number): string | null {
  try {
    const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
    const pid = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((name) => holdsSocket(name, inodes))
    return pid === undefined ? null : `process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`
  } catch {
    return null
  }
}

/** Columns of /proc/net/tcp (proc_net_tcp in the kernel's documentation): 1 local address:port in hex, 3 state (0A is listening), 9 inode. */
function listeningInodes(table: string, port: number): readonly string[] {
  const rows = readFileSync(table, 'utf8').trim().split('\n').slice(1).map((row) => row.trim().split(/\s+/))
  return rows.filter((row) => row[3] === '0A' && Number.parseInt(row[1]!.split(':')[1]!, 16) === port).map((row) => `socket:[${row[9]}]`)
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((descriptor) => inodes.has(linkOf(`${folder}/${descriptor}`)))
  } catch {
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
