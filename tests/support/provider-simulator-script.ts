/**
 * What a simulated model answers is written in its name, so that a test, a bench and the simulator agree without talking:
 * `sim-t200-g20` is 200 tokens, 20 ms apart, over whichever protocol it is asked. A name that does not begin with `sim` gets the
 * default answer.
 *
 *   t<N>     tokens                          default 20      think    three reasoning deltas first
 *   g<MS>    between two writes              default 0       tool     a tool call; its arguments hold the tokens
 *   f<MS>    before the first token          default 0       badtool  the same with arguments that are not JSON
 *   h<MS>    before the response head        default 0       u        every token with characters of two to four bytes
 *   b<N>     tokens per write, 0 all at once default 1       crlf     lines end in CR LF
 *   x<N>     the body in writes of N bytes                   odd      comments, unknown events and empty choices in between
 *   hold<K>  waits after K tokens for `release(model)`       json     one complete JSON answer instead of a stream
 *   length, refuse, filter  how it ends: at the limit of tokens, by the model's refusal, by the provider's filter
 *   s<N>     nothing: names that differ share no calls and no releases
 * Faults:
 *   e<STATUS>[n<K>]  this HTTP status, with n only for the first K calls of the name; ra<S> and rad<S>: Retry-After in seconds, as a date
 *   half     that status for every other call only
 *   cut<K> reset<K>  the socket is closed, or reset, after K tokens    cuthead  the socket is closed before the response head
 *   stall<K>         nothing more after K tokens                       endless  tokens for ever
 *   bad<K>           broken JSON in place of token K (from 1)          err<K>   an error event in place of token K
 *   huge<MIB>        one line of so many MiB after the tokens          nousage  no usage, whatever was asked
 *   nodone, done2    the terminator never, or twice                          nonl     no newline after the last line
 */
const numberOptions = {
  t: 'tokens', g: 'gap', f: 'firstDelay', h: 'headDelay', b: 'tokensPerWrite', x: 'bytesPerWrite', hold: 'holdAfter',
  e: 'status', ra: 'retryAfter', rad: 'retryAfterDate', cut: 'cutAfter', reset: 'resetAfter', stall: 'stallAfter',
  s: 'tag', bad: 'badAt', err: 'errorAt', huge: 'hugeMebibytes', done: 'doneTimes',
} as const
const flagOptions = [
  'think', 'tool', 'badtool', 'u', 'crlf', 'odd', 'json', 'cuthead', 'endless', 'nousage', 'nodone', 'nonl', 'length', 'refuse', 'filter', 'half',
] as const
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

/** How one protocol says what every answer is made of. Each method gives the text of whole events. */
export interface Phrases {
  begin(): string
  thought(text: string): string
  /** The first token follows. */
  speak(): string
  /** Comments, events and objects that nobody knows. */
  odd(): string
  callBegin(): string
  text(delta: string): string
  /** A piece of a call's arguments, and all of them where this is the last one. */
  callPiece(piece: string, whole: string | null): string
  broken(): string
  error(): string
  /** How it ended, without the terminator. */
  ending(told: Told): string
  terminator(told: Told): string
  /** What stands before and behind a text in the same event. */
  around(): readonly [before: string, behind: string]
}

export interface Told {
  readonly end: 'complete' | 'tool' | 'length' | 'refuse' | 'filter'
  readonly tokens: number
  readonly thoughts: number
  readonly usage: boolean
}

/** Events of a stream, with the newlines that the script wants. */
export function eventWriter({ flags }: SimulatorScript): (value: unknown, name?: string) => string {
  const newline = flags.has('crlf') ? '\r\n' : '\n'
  return (value, name) => {
    const head = name === undefined ? '' : `event: ${name}${newline}`
    return `${head}data: ${typeof value === 'string' ? value : JSON.stringify(value)}${newline}${newline}`
  }
}

/** What every protocol passes over: a comment, an event of another name, and one of a kind that nobody knows. */
export function oddEvents(script: SimulatorScript): string {
  const event = eventWriter(script)
  const newline = script.flags.has('crlf') ? '\r\n' : '\n'
  return `: comment${newline}${newline}${event('hello', 'news')}${event({ type: 'news', news: [1] })}`
}

/** The body frame by frame. `deltas` replace the tokens; without end for an endless answer. */
export function* framesOf(script: SimulatorScript, say: Phrases, includeUsage: boolean, deltas?: readonly string[]): Generator<Frame> {
  const { flags } = script
  const quiet = (text: string): Frame => ({ text, tokens: 0 })
  const calls = callsTool(script)
  const pieces = calls ? toolArguments(script) : (deltas ?? tokensFrom(script))

  yield quiet(say.begin())
  if (flags.has('think')) for (const thought of thoughts) yield quiet(say.thought(thought))
  if (flags.has('odd')) yield quiet(say.odd())
  yield quiet(calls ? say.callBegin() : say.speak())
  let n = 0
  for (const text of pieces) {
    n += 1
    if (n === script.errorAt) return yield { text: say.error(), tokens: 1 }
    if (n === script.badAt) yield { text: say.broken(), tokens: 1 }
    else yield { text: calls ? say.callPiece(text, wholeAt(pieces as readonly string[], n)) : say.text(text), tokens: 1 }
  }
  if (script.hugeMebibytes !== null) yield* hugeLine(script.hugeMebibytes, say)

  const told: Told = { ...toldOf(script, n), usage: includeUsage && !flags.has('nousage') }
  const ending = say.ending(told) + say.terminator(told).repeat(flags.has('nodone') ? 0 : (script.doneTimes ?? 1))
  yield quiet(flags.has('nonl') ? ending.trimEnd() : ending)
}

/** What a complete answer in one piece holds. */
export function completeStory(script: SimulatorScript, deltas?: readonly string[]): Told & { readonly text: string; readonly thought: string } {
  const tokens = deltas ?? tokensOf(script, script.tokens ?? 20)
  return { ...toldOf(script, tokens.length), usage: true, text: tokens.join(''), thought: script.flags.has('think') ? thoughts.join('') : '' }
}

function toldOf(script: SimulatorScript, tokens: number): Omit<Told, 'usage'> {
  const end = callsTool(script) ? 'tool' : ((['length', 'refuse', 'filter'] as const).find((flag) => script.flags.has(flag)) ?? 'complete')
  return { end, tokens, thoughts: script.flags.has('think') ? thoughts.length : 0 }
}

function callsTool({ flags }: SimulatorScript): boolean {
  return flags.has('tool') || flags.has('badtool')
}

function wholeAt(pieces: readonly string[], n: number): string | null {
  return n === pieces.length ? pieces.join('') : null
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

function* hugeLine(mebibytes: number, say: Phrases): Generator<Frame> {
  const [before, behind] = say.around()
  yield { text: before, tokens: 0 }
  const block = 'x'.repeat(64 * 1024)
  for (let n = 0; n < mebibytes * 16; n++) yield { text: block, tokens: 0 }
  yield { text: behind, tokens: 0 }
}

function minusOne(value: number | null): number | null {
  return value === null ? null : value - 1
}
