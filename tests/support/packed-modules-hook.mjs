/**
 * Loaded into every process and thread of the tests by NODE_OPTIONS (see packed-modules.ts): packages of hundreds of files are taken from
 * one. Plain JavaScript, so that it costs nothing to load.
 */
import { readdirSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const folder = process.env['TESTS_PACKED_MODULES']
const packed = new Map(folder ? readdirSync(folder).map((name) => [name.replace('.mjs', ''), pathToFileURL(`${folder}/${name}`).href]) : [])

registerHooks({
  resolve(specifier, context, next) {
    const url = packed.get(specifier)
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
  },
})
