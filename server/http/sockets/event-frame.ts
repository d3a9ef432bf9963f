import type { TurnEvent } from '#protocol/turn-events.ts'
import { isoTime, type Clock } from '../../lib/clock.ts'

const frames = new WeakMap<TurnEvent, Buffer>()

/** An event as a frame of the native wire, in bytes: written out once, and held once, however many sockets it waits for. Its id is its place in the log. */
export function eventFrame(event: TurnEvent, clock: Clock): Buffer {
  let frame = frames.get(event)
  if (frame === undefined) {
    const { turn_id, seq } = event.payload
    frame = Buffer.from(JSON.stringify({ type: event.type, id: `${turn_id}:${seq}`, timestamp: isoTime(clock.now()), payload: event.payload }))
    frames.set(event, frame)
  }
  return frame
}
