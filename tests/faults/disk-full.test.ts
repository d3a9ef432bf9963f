import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { fileSizeRoom, fullDisk, mountSmallDisk } from '../support/cluster/full-disk-checks.ts'

if (spawnSync('prlimit', ['--version']).status === 0) faultChecks({}, [fullDisk(fileSizeRoom, true)])
else test('[R32] a server that may not grow its files', { skip: 'not run: there is no prlimit here' }, () => {})

const disk = mountSmallDisk()
if (disk) {
  faultChecks({ directory: disk.directory }, [fullDisk(disk, false)])
  after(() => disk[Symbol.dispose]())
} else {
  test('[R32] a server whose disk is full', { skip: 'not run: a small file system cannot be mounted here' }, () => {})
}

test('[R32] the same for uploads', { skip: 'not run: there are no uploads yet' }, () => {})
