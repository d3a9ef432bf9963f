/**
 * What a simulated model answers is written in its name, so that a test, a bench and the simulator agree without talking:
 * `sim-t200-g20` is 200 tokens, 20 ms apart. A name that does not begin with `sim` gets the default answer.
 *
 *   t<N>     tokens                          default 20      think    three reasoning deltas first
 *   g<MS>    between two writes              default 0       tool     a tool call; its arguments hold the tokens
 *   f<MS>    before the first token          default 0       badtool  the same with arguments that are not JSON
 *   h<MS>    before the response head        default 0       u        every token with characters of two to four bytes
 *   b<N>     tokens per write, 0 all at once default 1       crlf     lines end in CR LF
 *   x<N>     the body in writes of N bytes                   odd      comments, unknown events and empty choices in between
 *   hold<K>  waits after K tokens for `release(model)`       json     one complete JSON answer instead of a stream
 *   s<N>     nothing: names that differ share no calls and no releases
 * Faults:
 *   e<STATUS>[n<K>]  this HTTP status, with n only for the first K calls of the name; ra<S> and rad<S>: Retry-After in seconds, as a date
 *   cut<K> reset<K>  the socket is closed, or reset, after K tokens    cuthead  the socket is closed before the response head
 *   stall<K>         nothing more after K tokens                       endless  tokens for ever
 *   bad<K>           broken JSON in place of token K (from 1)          err<K>   an error event in place of token K
 *   huge<MIB>        one line of so many MiB after the tokens          nousage  no usage, whatever was asked
 *   nodone, done2    `[DONE]` never, or twice                          nonl     no newline after the last line
 */
const numberOptions = {
  t: 'tokens', g: 'gap', f: 'firstDelay', h: 'headDelay', b: 'tokensPerWrite', x: 'bytesPerWrite', hold: 'holdAfter',
  e: 'status', ra: 'retryAfter', rad: 'retryAfterDate', cut: 'cutAfter', reset: 'resetAfter', stall: 'stallAfter',
  s: 'tag', bad: 'badAt', err: 'errorAt', huge: 'hugeMebibytes', done: 'doneTimes',
} as const
const flagOptions = ['think', 'tool', 'badtool', 'u', 'crlf', 'odd', 'json', 'cuthead', 'endless', 'nousage', 'nodone', 'nonl'] as const
type Flag = (typeof flagOptions)[number]

export type SimulatorScript = { readonly [K in (typeof numberOptions)[keyof typeof numberOptions]]: number | null } & {
  readonly model: string
  readonly statusCalls: number
  readonly flags: ReadonlySet<Flag>
}

/** A piece of the body and how many tokens it brings. */
export interface Frame {
  readonly text: string
  readonly tokens: number
}

/** The usage that every simulated answer reports for its prompt. */
export const promptTokens = 25
const serverError = { error: { message: 'The server had an error', type: 'server_error', param: null, code: null } }
const thoughts = ['Let me think', ' about', ' this.']

/** Throws when a name that begins with `sim` has an option that is not in the list above. */
export function parseModelName(model: string): SimulatorScript {
  const script: Record<string, number | null> = Object.fromEntries(Object.values(numberOptions).map((name) => [name, null]))
  const flags = new Set<string>()
  let statusCalls = Number.POSITIVE_INFINITY
  const options = model.startsWith('sim') ? model.split('-').slice(1) : []
  for (const option of options) {
    const [, name = '', digits = '', calls] = /^([a-z]+)(\d*)(?:n(\d+))?$/.exec(option) ?? []
    if (Object.hasOwn(numberOptions, name)) script[numberOptions[name as keyof typeof numberOptions]] = Number(digits)
    else if (flagOptions.includes(name as Flag)) flags.add(name)
    else throw new Error(`${model} has an unknown option: ${option}`)
    if (calls !== undefined) statusCalls = Number(calls)
  }
  return { ...(script as Omit<SimulatorScript, 'model' | 'flags' | 'statusCalls'>), model, statusCalls, flags: flags as Set<Flag> }
}

/** Token n of every answer, from 1: `t000001`, ` t000002`, … */
export function token(n: number, unicode = false): string {
  return `${n === 1 ? '' : ' '}t${String(n).padStart(6, '0')}${unicode ? `·é日本🙂"\n` : ''}`
}

/**
 * The text that has arrived when the answer ends, also where a fault ends it. Where only the first calls fail, it is that of
 * the calls after them.
 */
export function expectedText(model: string): string {
  const script = parseModelName(model)
  if (script.flags.has('tool') || script.flags.has('badtool') || script.flags.has('cuthead')) return ''
  if (script.status !== null && script.statusCalls === Number.POSITIVE_INFINITY) return ''
  const faults = [script.cutAfter, script.resetAfter, script.stallAfter, minusOne(script.badAt), minusOne(script.errorAt)]
  const count = Math.min(script.tokens ?? 20, ...faults.map((fault) => fault ?? Number.POSITIVE_INFINITY))
  return tokensOf(script, count).join('')
}

export function expectedReasoning(model: string): string {
  return parseModelName(model).flags.has('think') ? thoughts.join('') : ''
}

/** The body frame by frame. `deltas` replace the tokens; without end for an endless answer. */
export function* framesOf(script: SimulatorScript, includeUsage: boolean, deltas?: readonly string[]): Generator<Frame> {
  const { flags } = script
  const newline = flags.has('crlf') ? '\r\n' : '\n'
  const event = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}${newline}${newline}`
  const head = JSON.stringify(chunkHead(script.model)).slice(0, -1)
  const chunk = (delta: object, finish: string | null = null) =>
    event(`${head},"choices":[${JSON.stringify({ index: 0, delta, logprobs: null, finish_reason: finish })}],"usage":null}`)

  yield { text: chunk({ role: 'assistant', content: '' }), tokens: 0 }
  if (flags.has('think')) for (const thought of thoughts) yield { text: chunk({ reasoning_content: thought }), tokens: 0 }
  if (flags.has('odd')) {
    const unknown = `: comment${newline}${newline}event: ping${newline}${event('hello')}${event({ news: [1] })}`
    yield { text: unknown + event({ choices: [] }), tokens: 0 }
  }

  const calls = flags.has('tool') || flags.has('badtool')
  const firstPiece = { index: 0, id: 'call_sim', type: 'function', function: { name: 'search', arguments: '' } }
  if (calls) yield { text: chunk({ tool_calls: [firstPiece] }), tokens: 0 }
  let n = 0
  for (const text of calls ? toolArguments(script) : (deltas ?? tokensFrom(script))) {
    n += 1
    if (n === script.errorAt) return yield { text: event(serverError), tokens: 1 }
    if (n === script.badAt) yield { text: event('{"choices":[{"index":0,"del'), tokens: 1 }
    else yield { text: chunk(calls ? { tool_calls: [{ index: 0, function: { arguments: text } }] } : { content: text }), tokens: 1 }
  }
  if (script.hugeMebibytes !== null) yield* hugeLine(script.hugeMebibytes)

  let ending = chunk({}, calls ? 'tool_calls' : 'stop')
  if (includeUsage && !flags.has('nousage')) ending += event({ ...chunkHead(script.model), choices: [], usage: usageOf(script, n) })
  ending += event('[DONE]').repeat(flags.has('nodone') ? 0 : (script.doneTimes ?? 1))
  yield { text: flags.has('nonl') ? ending.trimEnd() : ending, tokens: 0 }
}

/** The same answer in one piece, as a provider gives it that was not asked for a stream. */
export function completeAnswer(script: SimulatorScript, deltas?: readonly string[]): string {
  const tokens = deltas ?? tokensOf(script, script.tokens ?? 20)
  const reasoning = script.flags.has('think') ? { reasoning_content: thoughts.join('') } : {}
  const message = { role: 'assistant', content: tokens.join(''), ...reasoning }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return JSON.stringify({ ...chunkHead(script.model), object: 'chat.completion', choices, usage: usageOf(script, tokens.length) })
}

function chunkHead(model: string): object {
  return { id: 'chatcmpl-simulated', object: 'chat.completion.chunk', created: 1_760_000_000, model }
}

function usageOf(script: SimulatorScript, tokens: number): object {
  const reasoning = script.flags.has('think') ? thoughts.length : 0
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokens + reasoning,
    total_tokens: promptTokens + tokens + reasoning,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

function* tokensFrom(script: SimulatorScript): Generator<string> {
  const count = script.flags.has('endless') ? Number.POSITIVE_INFINITY : (script.tokens ?? 20)
  for (let n = 1; n <= count; n++) yield token(n, script.flags.has('u'))
}

function tokensOf(script: SimulatorScript, count: number): string[] {
  return Array.from({ length: count }, (_, place) => token(place + 1, script.flags.has('u')))
}

/** `{"query":"t000001 t000002 …"}` in as many pieces as there are tokens; broken off in its middle for `badtool`. */
function toolArguments(script: SimulatorScript): string[] {
  const count = script.tokens ?? 20
  const whole = JSON.stringify({ query: tokensOf(script, count).join('') })
  const text = script.flags.has('badtool') ? whole.slice(0, whole.length / 2) : whole
  const size = Math.ceil(text.length / count)
  return Array.from({ length: Math.ceil(text.length / size) }, (_, place) => text.slice(place * size, (place + 1) * size))
}

function* hugeLine(mebibytes: number): Generator<Frame> {
  yield { text: 'data: {"choices":[{"index":0,"delta":{"content":"', tokens: 0 }
  const block = 'x'.repeat(64 * 1024)
  for (let n = 0; n < mebibytes * 16; n++) yield { text: block, tokens: 0 }
  yield { text: '"}}]}\n\n', tokens: 0 }
}

function minusOne(value: number | null): number | null {
  return value === null ? null : value - 1
}
