import { setTimeout as sleep } from 'node:timers/promises'
import { late, type FaultCheck } from './fault-check.ts'

/** Long enough for anything that still wants to write to a closed turn. */
const afterCloseMs = 300

/** An answer is read when it is closed, and again later. */
export const closedStaysClosed: FaultCheck = {
  name: '[R01] what is closed does not change any more',
  caught: { 'written-after-close': /^I5/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    for (const options of ['t5', 't20-g3', 't20-g3-cut7']) {
      const { id, body } = scene.question(device, scene.model(device, options))
      await device.ended((await device.ask(id, body)).turn_id)
    }
    const atOnce = await scene.violations()
    await sleep(afterCloseMs)
    note('read twice')
    return [...atOnce, ...await scene.violations()]
  },
}

/** Other people try all that they can with the ids of a turn that is not theirs, while it runs and after it. */
export const nobodyElseReads: FaultCheck = {
  name: '[S03] no byte of a turn reaches anybody else, whatever they ask with its ids',
  caught: { 'owner-ignored': /^I7/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const ada = await scene.device('ada')
    const thieves = [await scene.device('bob', 'of the same tenant'), await scene.device('ada', 'of another tenant', 'other')]
    const { id, body } = scene.question(ada, scene.model(ada, 't200-g4'))
    const { turn_id, conversation_id } = await ada.ask(id, body)
    await ada.reached(turn_id, 5)
    const began = scene.history.now
    for (const moment of ['while it runs', 'after its end']) {
      if (moment === 'after its end') await ada.ended(turn_id)
      for (const thief of thieves) {
        thief.probe('chat.resume', { turn_id, after: 0 })
        thief.probe('chat.stop', { turn_id })
        thief.probe('subscribe', { conversation_id })
        const paths = [`turns/${turn_id}`, `turns/${turn_id}/receipt`, `conversations/${conversation_id}`]
        for (const path of [...paths, `conversations/${conversation_id}/messages`]) await scene.call(thief, 'GET', `/api/v1/chat/${path}`)
        await scene.call(thief, 'POST', `/api/v1/chat/turns/${turn_id}/stop`)
        await scene.callStream(thief, `/api/v1/chat/turns/${turn_id}/events?after=0`)
      }
    }
    const found = [...await scene.violations()]
    const { turns } = await scene.read()
    if (turns.get(turn_id)?.turn.state !== 'completed') found.push(`somebody else stopped it: ${turns.get(turn_id)?.turn.state}`)
    found.push(...late('an answer among thieves', scene.history.now - began, 5000))
    note(`${thieves.length} thieves, 9 ways, 2 moments`)
    return found
  },
}
