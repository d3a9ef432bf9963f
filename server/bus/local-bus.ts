import { EventEmitter } from 'node:events'
import { actorKey } from '../lib/actor.ts'
import type { Bus } from './bus.ts'

/** The bus of a single process. */
export function localBus(): Bus {
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    publish: (message) => void emitter.emit(actorKey(message.actor), message),
    subscribe(actor, listener) {
      emitter.on(actorKey(actor), listener)
      return () => void emitter.off(actorKey(actor), listener)
    },
  }
}
