import { offeredModels } from './offered-models.ts'

/** A program that serves models on this machine. */
export interface LocalServer {
  readonly id: string
  readonly name: string
  readonly port: number
  /** What its list of models says of their owner, where others may listen on that port. */
  readonly ownedBy?: string
}

export interface FoundServer {
  readonly id: string
  readonly name: string
  readonly baseUrl: string
  readonly models: readonly string[]
}

/** Where they listen when nobody told them otherwise. */
export const usualLocalServers: readonly LocalServer[] = [
  { id: 'ollama', name: 'Ollama', port: 11_434 },
  { id: 'lmstudio', name: 'LM Studio', port: 1234 },
  { id: 'llamacpp', name: 'llama.cpp', port: 8080, ownedBy: 'llamacpp' },
]

/** Whoever listens on loopback answers at once, and that nobody listens is known at once. */
const patienceMs = 500

/** The ones that run here and offer a model, in the order of the list; asked side by side. */
export async function findLocalServers(servers: readonly LocalServer[]): Promise<readonly FoundServer[]> {
  const answers = await Promise.all(servers.map(async ({ id, name, port, ownedBy }): Promise<FoundServer | null> => {
    const baseUrl = `http://127.0.0.1:${port}/v1`
    const offered = await offeredModels(baseUrl, null, patienceMs)
    if (!offered || offered.models.length === 0 || (ownedBy !== undefined && offered.ownedBy !== ownedBy)) return null
    return { id, name, baseUrl, models: offered.models }
  }))
  return answers.filter((found) => found !== null)
}
