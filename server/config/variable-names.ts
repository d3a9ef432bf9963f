import type { Environment } from './environment.ts'
import { nearestName } from './nearest-name.ts'
import { providerVariables, secretVariables } from './secrets.ts'
import { unavailableVariables } from './unavailable.ts'
import { variables } from './variables.ts'

const actingNames = [...Object.keys(variables), ...providerVariables, ...secretVariables.map((name) => `${name}_FILE`)]

/** What is not built yet is refused by name; a PARLEY_ name that nobody knows is a mistake, never ignored. */
export function* problemsOfNames(environment: Environment): Generator<string> {
  for (const name of Object.keys(environment).filter((key) => environment[key] !== undefined).toSorted()) {
    const part = unavailableVariables[name] ?? unavailableVariables[name.replace(/_FILE$/, '')]
    if (part !== undefined) yield `${name} is set, but ${part} is not available in this version: unset ${name}.`
    else if (name.startsWith('PARLEY_') && !actingNames.includes(name)) yield unknownName(name)
  }
}

function unknownName(name: string): string {
  const nearest = nearestName(name, [...actingNames, ...Object.keys(unavailableVariables)])
  return `${name} is not a variable of Parley: ${nearest === null ? 'unset it' : `did you mean ${nearest}? Set that, or unset ${name}`}.`
}
