import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LanguageModel } from '../../server/models/language-model.ts'
import { librarianModel } from '../../server/models/librarian/librarian-model.ts'
import { modelShelf, type ShelfAdapters } from '../../server/models/model-shelf.ts'
import { openAICompatibleProviders } from '../../server/models/openai-compatible/openai-compatible-model.ts'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { hear } from './ask.ts'

const librarian = librarianModel(async () => [])

/** Adapters that remember with which address they were connected. */
function recordingAdapters(): ShelfAdapters & { readonly addresses: Record<string, string> } {
  const addresses: Record<string, string> = {}
  const connect: ShelfAdapters['connect'] = ({ id, baseUrl }) => {
    addresses[id] = baseUrl
    return (model): LanguageModel => ({ provider: id, model, stream: librarian.stream })
  }
  return { addresses, librarian, connect }
}

test('a model of a configured provider answers, and others are not found', async (t) => {
  const simulator = await startProviderSimulator()
  const providers = openAICompatibleProviders()
  t.after(async () => {
    await providers[Symbol.asyncDispose]()
    await simulator.close()
  })
  const shelf = modelShelf([{ id: 'groq', keys: ['k'], baseUrl: simulator.url }], { librarian, connect: providers.connect })

  const answer = await hear(shelf.find('groq', 'sim-t3')!)

  assert.equal(answer.text, simulator.expectedText('sim-t3'))
  assert.deepEqual(shelf.configured, ['groq'])
  assert.equal(shelf.find('openai', 'sim-t3'), null)
})

test('the librarian is always there, and is not among the configured', () => {
  const shelf = modelShelf([], recordingAdapters())

  assert.equal(shelf.find('librarian', 'librarian'), librarian)
  assert.deepEqual(shelf.configured, [])
})

test('known providers have an address of their own, which a base URL replaces; an unknown one needs a base URL', () => {
  const adapters = recordingAdapters()

  const known = ['openai', 'openrouter', 'groq'].map((id) => ({ id, keys: [], baseUrl: null }))

  modelShelf([...known, { id: 'ollama', keys: [], baseUrl: 'http://127.0.0.1:11434/v1' }], adapters)
  const moved = recordingAdapters()
  modelShelf([{ id: 'openai', keys: [], baseUrl: 'https://proxy.example' }], moved)

  assert.deepEqual(adapters.addresses, {
    openai: 'https://api.openai.com/v1',
    openrouter: 'https://openrouter.ai/api/v1',
    groq: 'https://api.groq.com/openai/v1',
    ollama: 'http://127.0.0.1:11434/v1',
  })
  assert.deepEqual(moved.addresses, { openai: 'https://proxy.example' })
  assert.throws(() => modelShelf([{ id: 'mine', keys: [], baseUrl: null }], adapters), /mine/)
})

test('the same name gives the same object, and names without end do not fill the memory', () => {
  const shelf = modelShelf([{ id: 'openai', keys: [], baseUrl: null }], recordingAdapters())

  const often = shelf.find('openai', 'often')
  const once = shelf.find('openai', 'once')
  for (let n = 0; n < 300; n++) {
    shelf.find('openai', `name-${n}`)
    assert.equal(shelf.find('openai', 'often'), often)
  }

  assert.notEqual(shelf.find('openai', 'once'), once)
})
