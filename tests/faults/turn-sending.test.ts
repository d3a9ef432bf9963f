import { test } from 'node:test'
import { faultChecks } from '../support/cluster/fault-check.ts'
import { duplicateSend, lostAcknowledgement } from '../support/cluster/sending-checks.ts'

faultChecks({}, [duplicateSend, lostAcknowledgement])

test('[R19] one message sent to two nodes makes one turn', { skip: 'not run: there is one node so far' }, () => {})
