import assert from 'node:assert/strict'

const patienceMs = 5000

/** The page draws a frame after what was done: looked at until it is what is expected, and compared for good when patience ends. */
export async function becomes<T>(read: () => Promise<T>, expected: T, words = 'the page'): Promise<void> {
  await lookAt(read, (value) => assert.deepEqual({ [words]: value }, { [words]: expected }))
}

/** The same for a text that a pattern describes. */
export async function comesToMatch(read: () => Promise<string>, pattern: RegExp, words = 'the page'): Promise<void> {
  await lookAt(read, (value) => assert.ok(pattern.test(value), `${words}: ${value}`))
}

async function lookAt<T>(read: () => Promise<T>, judge: (value: T) => void): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const value = await read()
    try {
      return judge(value)
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
