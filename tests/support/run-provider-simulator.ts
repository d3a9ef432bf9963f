/** The simulator as a process of its own: `node tests/support/run-provider-simulator.ts --port 18080`. Ends on SIGTERM or SIGINT. */
import { parseArgs } from 'node:util'
import { startProviderSimulator } from './provider-simulator.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '18080' }, host: { type: 'string', default: '127.0.0.1' } } })
const simulator = await startProviderSimulator({ port: Number(values.port), host: values.host })
console.log(`provider simulator at ${simulator.url}`)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close())
