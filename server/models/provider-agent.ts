import { Agent } from 'undici'

/** The connections of one process to providers. Redirects are not followed, so a key never reaches a host that it was not meant for. */
export function providerAgent(): Agent {
  return new Agent({
    // Deadlines belong to the caller, who alone knows whether a turn waits for its first delta or for the next.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A host that does not even answer the knock is given up early, so that another can be tried.
    connect: { timeout: 10_000 },
    // One turn, one socket: closing it is how a provider learns that nobody listens any more.
    allowH2: false,
    pipelining: 1,
  })
}
