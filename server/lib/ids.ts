import { randomFillSync } from 'node:crypto'

/** c conversation, m message, t turn, r receipt, j job, f frame or request, n node: a process. */
export type IdKind = 'c' | 'm' | 't' | 'r' | 'j' | 'f' | 'n'
export type MakeId = (kind: IdKind, now: number) => string

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID (https://github.com/ulid/spec: 48 bits of milliseconds, 80 of chance, Crockford base 32) behind its kind: `t_01JD7QK4…`. */
export const makeId: MakeId = (kind, now) => {
  let id = ''
  for (let time = now, i = 0; i < 10; i++, time = Math.floor(time / 32)) id = alphabet[time % 32]! + id
  for (const byte of randomFillSync(new Uint8Array(16))) id += alphabet[byte % 32]!
  return `${kind}_${id}`
}
