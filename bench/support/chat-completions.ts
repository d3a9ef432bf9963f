import { request } from 'undici'

/** Asks an OpenAI-compatible address for a stream and cuts the text out of it. */
export async function completeText(url: string, model: string): Promise<{ readonly text: string; readonly firstDeltaMs: number }> {
  const began = performance.now()
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Say something long.' }] })
  const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  let firstDeltaMs = 0
  let received = ''
  for await (const chunk of answer.body) {
    received += String(chunk)
    if (firstDeltaMs === 0 && received.includes('"content":"t')) firstDeltaMs = performance.now() - began
  }
  const deltas = received.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)
  return { text: Array.from(deltas, ([, json]) => JSON.parse(json!) as string).join(''), firstDeltaMs }
}
