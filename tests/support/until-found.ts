import { setTimeout as wait } from 'node:timers/promises'
import type { Person } from './start-app.ts'

/** Searches until what is found holds `text`, as somebody would who knows it is there; gives up after some seconds, so that what follows says what is missing. */
export async function untilFound(person: Person, search: string, text: string, milliseconds = 10_000): Promise<any> {
  const path = `/api/v1/chat/conversations?search=${encodeURIComponent(search)}`
  for (const began = performance.now(); ; await wait(20)) {
    const { body } = await person.call('GET', path)
    if (JSON.stringify(body).includes(text) || performance.now() - began > milliseconds) return body
  }
}
