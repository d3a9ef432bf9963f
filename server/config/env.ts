/**
 * The one file that reads the environment. What the process was started with comes first; a `.env` in the data folder
 * fills in what it left out; a secret may lie in a file of its own, named by `<NAME>_FILE`.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment.ts'
import { secretVariablesOf } from './secrets.ts'

/**
 * The environment with the `.env` of the data folder under it and secrets read from their files. Empty text counts as
 * not set. Throws ConfigError when a file cannot be read or others may read it.
 */
export function readEnvironment(started: Environment = process.env, workingDirectory = process.cwd()): Environment {
  const own = withoutEmpty(started)
  const file = join(resolve(workingDirectory, own['PARLEY_DATA'] ?? 'data'), '.env')
  const merged = { ...withoutEmpty(readDotEnv(file)), ...own }
  return withSecretFiles(merged, workingDirectory)
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== undefined && text.trim() !== ''))
}

/** Opened once and judged by what was opened, so that the file cannot change in between. */
function readDotEnv(path: string): Environment {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return {}
    throw new ConfigError([`${path} cannot be read (${codeOf(error)}): let the user that starts Parley own it.`], { cause: error })
  }
  try {
    return parseDotEnv(path, file)
  } finally {
    closeSync(file)
  }
}

function parseDotEnv(path: string, file: number): Environment {
  const found = fstatSync(file)
  if (!found.isFile()) throw new ConfigError([`${path} is not a file: move it away.`])
  const mode = found.mode & 0o777
  // Windows keeps no such modes.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0')
    throw new ConfigError([`${path} has mode ${shown}, so others can read the keys in it: run chmod 600 ${path}`])
  }
  const values = parseEnv(readFileSync(file, 'utf8'))
  if (values['PARLEY_DATA'] !== undefined) {
    throw new ConfigError([`${path} sets PARLEY_DATA, but lies in the folder that PARLEY_DATA names: set it where Parley is started.`])
  }
  return values
}

function withSecretFiles(environment: Environment, workingDirectory: string): Environment {
  const read: Record<string, string | undefined> = { ...environment }
  const problems: string[] = []
  for (const name of secretVariablesOf(environment)) {
    const path = environment[`${name}_FILE`]
    if (path === undefined) continue
    delete read[`${name}_FILE`]
    if (environment[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set: unset one of them.`)
    else read[name] = readSecret(name, resolve(workingDirectory, path), problems)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return read
}

function readSecret(name: string, path: string, problems: string[]): string | undefined {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret !== '') return secret
    problems.push(`${name}_FILE names ${path}, which is empty: put the secret in it, or unset ${name}_FILE.`)
  } catch (error) {
    problems.push(`${name}_FILE names ${path}, which cannot be read (${codeOf(error)}): set it to a file that Parley may read.`)
  }
  return undefined
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
