import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a rename or a deletion beside `file` survive a power loss. Windows has no such call, and journals names itself. */
export function syncDirectory(file: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(dirname(file), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
