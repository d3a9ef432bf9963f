/** `npm run bench [-- --smoke] [name …]`: every claim about speed, each beside its limit in the same run. */
import { parseArgs } from 'node:util'
import { acknowledge } from './acknowledge.ts'
import { relay } from './relay.ts'
import { search } from './search.ts'
import { tokens } from './tokens.ts'
import { web } from './web.ts'

const benches = { acknowledge, relay, search, web, tokens }

const { values, positionals } = parseArgs({ options: { smoke: { type: 'boolean', default: false } }, allowPositionals: true })
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) throw new Error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)

for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  for (const line of await bench({ smoke: values.smoke })) console.log(line)
}
