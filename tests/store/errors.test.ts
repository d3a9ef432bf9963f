import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '../../server/store/store.ts'
import { toStoreError } from '../../server/store/described-error.ts'
import { describeError } from '../../server/store/sqlite/errors.ts'

const sqliteError = (errcode: number, message: string) => Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })

const codes = [
  { name: 'SQLITE_FULL', error: sqliteError(13, 'database or disk is full'), code: 'disk_full' },
  { name: 'SQLITE_IOERR_WRITE', error: sqliteError(778, 'disk I/O error'), code: 'disk_full' },
  { name: 'SQLITE_IOERR_SHMSIZE', error: sqliteError(4874, 'disk I/O error'), code: 'disk_full' },
  { name: 'SQLITE_BUSY', error: sqliteError(5, 'database is locked'), code: 'store_unavailable' },
  { name: 'SQLITE_CORRUPT', error: sqliteError(11, 'database disk image is malformed'), code: 'store_unavailable' },
  { name: 'SQLITE_IOERR_READ', error: sqliteError(266, 'disk I/O error'), code: 'store_unavailable' },
  { name: 'an error that is not SQLite\'s', error: new TypeError('x is not a function'), code: 'store_unavailable' },
  { name: 'what is no error at all', error: 'just text', code: 'store_unavailable' },
] as const

for (const { name, error, code } of codes) {
  test(`[ST24] ${name} becomes ${code}, and crosses from a thread as it is`, () => {
    const described = describeError(error)

    const raised = toStoreError(structuredClone(described))

    assert.ok(raised instanceof StoreError)
    assert.equal(raised.code, code)
    assert.equal(raised.message, error instanceof Error ? error.message : error)
  })
}
