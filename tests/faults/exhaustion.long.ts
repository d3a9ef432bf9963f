import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fewFiles, smallHeap, tooLittleMemory, tooManyConnections, turnWeight } from '../support/cluster/exhaustion-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

if (existsSync('/proc/self/limits')) faultChecks({ launcher: ['sh', '-c', `ulimit -n ${fewFiles}; exec "$0" "$@"`] }, [tooManyConnections])
else test('[R33] a server with more connections than it may have open', { skip: 'not run: this system does not say how many that are' }, () => {})

faultChecks({ environment: { NODE_OPTIONS: `--max-old-space-size=${smallHeap}`, FAULT_TURN_MEBIBYTES: String(turnWeight) } }, [tooLittleMemory])
