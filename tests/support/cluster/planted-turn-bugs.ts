import diagnostics from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { LiveTurn } from '../../../server/turn/live-turn.ts'
import type { LiveTurns } from '../../../server/turn/live-turns.ts'
import type { FaultSwitches } from './fault-switches.ts'

/** Bugs in how turns are followed, planted into the turns of a server that runs. */
export function plantTurnBugs(liveTurns: LiveTurns, switches: FaultSwitches): void {
  const find = liveTurns.find.bind(liveTurns)
  liveTurns.find = (actor, turnId) => {
    const live = switches.has('owner-ignored') ? (liveTurns.all().find((turn) => turn.turnId === turnId) ?? null) : find(actor, turnId)
    return live && switches.has('cursor-off-by-one') ? offByOne(live) : live
  }
  diagnostics.subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket }
    socket.once('close', () => {
      if (switches.has('disconnect-stops')) for (const live of liveTurns.all()) live.end({ kind: 'stopped' })
    })
  })
}

/** Whoever joins a turn that has begun gets each row one place late. */
function offByOne(live: LiveTurn): LiveTurn {
  const begun = live.last > 0
  return new Proxy(live, {
    get(turn, name) {
      if (name === 'eventAt') return (seq: number) => turn.eventAt(begun && seq > 1 ? seq - 1 : seq)
      const value: unknown = Reflect.get(turn, name, turn)
      return typeof value === 'function' ? value.bind(turn) : value
    },
  })
}
