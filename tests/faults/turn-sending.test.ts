import { faultChecks } from '../support/cluster/fault-check.ts'
import { duplicateSend, lostAcknowledgement } from '../support/cluster/sending-checks.ts'

faultChecks({}, [duplicateSend, lostAcknowledgement])
