import { EventEmitter } from 'node:events'
import { actorKey } from '../lib/actor.ts'
import type { Bus } from './bus.ts'

/** The bus of a single process. */
export function localBus(): Bus {
  const messages = new EventEmitter().setMaxListeners(0)
  const everybodys = new EventEmitter().setMaxListeners(0)
  const signals = new EventEmitter().setMaxListeners(0)
  return {
    publish(message) {
      messages.emit(actorKey(message.actor), message)
      everybodys.emit('message', message)
    },
    subscribe(actor, listener) {
      messages.on(actorKey(actor), listener)
      return () => void messages.off(actorKey(actor), listener)
    },
    subscribeAll(listener) {
      everybodys.on('message', listener)
      return () => void everybodys.off('message', listener)
    },
    signal: (signal) => void signals.emit('signal', signal),
    hear(listener) {
      signals.on('signal', listener)
      return () => void signals.off('signal', listener)
    },
    // In one process nothing gets lost.
    onGap: () => () => {},
  }
}
