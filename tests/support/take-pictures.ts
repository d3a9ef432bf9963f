/** `node tests/support/take-pictures.ts`: the README's pictures, made from the running program. Needs Chromium and a built page. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { closeBrowser, openPage } from './browser.ts'
import { startProviderSimulator } from './provider-simulator.ts'
import { spawnServer } from './spawn-server.ts'

const folder = join(import.meta.dirname, '../../docs/pictures')
const model = 'gpt-4o-mini'
const endings: (() => unknown)[] = []
const t = { after: (ending: () => unknown) => void endings.push(ending) }

const bread = `Bread falls in the oven when its crumb cannot hold what the gas has built. Three causes explain most of it:

1. **It proved too long**, and a finger's dent no longer springs back.
2. **The oven was not hot enough**, so the crust set late.
3. **Too much water** for the flour at hand.

| dent springs back | meaning | do |
| --- | --- | --- |
| at once | too early | wait 15 minutes |
| slowly, half | ready | bake now |
| not at all | too late | fold, shape, prove again |

To bake at 65 % hydration with 500 g of flour:

\`\`\`python
flour = 500
water = flour * 0.65   # 325 g
salt = flour * 0.02    # 10 g
\`\`\``

const train = 'Comptez deux jours pleins. Il n’y a pas de liaison directe : le trajet passe par Barcelone et Madrid, puis gagne Porto par Vigo. L’étape la plus simple reste Madrid, où l’on arrive en fin d’après-midi, d’où un train de nuit'

const provider = await startProviderSimulator()
endings.push(() => provider.close())
const server = await spawnServer(t, { OPENAI_API_KEY: 'sk-pictures', OPENAI_BASE_URL: provider.url })

async function ask(page: Page, name: string, text: string, deltas: string, script = 'sim-t1'): Promise<void> {
  provider.script(model, deltas.split(/(?<= )/))
  provider.answerAs(model, script)
  await page.getByRole('textbox', { name }).fill(text)
  await page.keyboard.press('Enter')
}

const { page } = await openPage(t, { colorScheme: 'light', viewport: { width: 1280, height: 860 } })
for (const [question, answer] of [['Names for the boat', 'Three to try: *Petrel*, *Second Wind*, *Halcyon*.'], ['Reading list on group commit', 'Begin with the paper by DeWitt and others, 1984.'], ['Trip by train, Lyon to Porto', 'By Barcelona and Madrid.']] as const) {
  await page.goto(server.url)
  await ask(page, 'Message', question, answer)
  await page.getByText(/tokens/).waitFor()
}
await page.goto(server.url)
await ask(page, 'Message', 'Why does my bread collapse in the oven?', bread, 'sim-g12')
await page.getByText(/tokens/).waitFor()
await page.waitForTimeout(500)
await page.screenshot({ path: join(folder, 'chat-light.png') })

const dark = await openPage(t, { colorScheme: 'dark', viewport: { width: 1000, height: 620 } })
await dark.page.goto(server.url)
await ask(dark.page, 'Message', 'How long is it from Lyon to Porto without flying?', 'Count on two full days. There is no direct line: the way goes by Barcelona and Madrid, and reaches Porto by Vigo. The simplest stop is Madrid, where one arrives in the late afternoon, in time for the night train', 'sim-g20-stall34')
await dark.page.getByText(/afternoon/).waitFor()
await server.kill()
await server.start()
await dark.page.getByText('Interrupted').waitFor({ timeout: 20_000 })
await dark.page.waitForTimeout(1000)
await dark.page.screenshot({ path: join(folder, 'interrupted-dark.png') })

const phone = await openPage(t, { colorScheme: 'light', viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, locale: 'fr-FR', hasTouch: true })
await phone.page.goto(server.url)
await ask(phone.page, 'Message', 'Combien de temps de Lyon à Porto sans avion ?', train, 'sim-g20-stall36')
await phone.page.getByText(/nuit/).waitFor().catch(() => {})
await phone.page.waitForTimeout(300)
await phone.page.screenshot({ path: join(folder, 'chat-phone.png') })

await closeBrowser()
for (const ending of endings.toReversed()) await ending()
