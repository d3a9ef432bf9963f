import { after, before } from 'node:test'
import { startApp, type Person, type StartOptions, type TestApp } from '../support/start-app.ts'

/** One app for the tests of a file that only ask and are refused: they stay apart by asking as different people. */
export function sharedApp(options?: StartOptions): () => TestApp {
  let app: TestApp
  const endings: (() => unknown)[] = []
  before(async () => {
    app = await startApp({ after: (end) => void endings.push(end as () => unknown) }, options)
  })
  after(async () => {
    for (const end of endings) await end()
  })
  return () => app
}

let people = 0

/** Somebody who has nothing yet. */
export function somebody(app: TestApp): Person {
  people += 1
  const letters = [...String(people)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  return app.signIn(`somebody${letters}@acme`)
}
