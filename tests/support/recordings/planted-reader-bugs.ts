/** Readers with a bug in them, as one writes them in a hurry: the comparison with the AI SDK must notice each. */
import type { Usage } from '#protocol/turn.ts'
import type { Dialect } from '../../../server/models/exchange.ts'
import { GrowingAnswer } from '../../../server/models/growing-answer.ts'
import type { FinishReason, ToolCall } from '../../../server/models/language-model.ts'
import { type Heard, heard } from '../../models/ask.ts'

interface ReaderBug {
  readonly answer?: () => GrowingAnswer
  /** What becomes of the bytes of one read. */
  readonly read?: (bytes: Buffer) => Buffer
}

/** The last figures of a message are left unread. */
class FirstUsageOnly extends GrowingAnswer {
  #told = false

  override usage(usage: Usage, early: boolean): void {
    if (!this.#told) super.usage(usage, early)
    this.#told = true
  }
}

/** Figures that repeat what was counted before are added to it. */
class UsageAddedUp extends GrowingAnswer {
  #output = 0

  override usage(usage: Usage, early: boolean): void {
    this.#output += usage.output ?? 0
    super.usage({ ...usage, output: this.#output }, early)
  }
}

class EmptyArgumentsLeftEmpty extends GrowingAnswer {
  override toolCall(call: ToolCall): void {
    super.toolCall({ ...call, arguments: call.arguments === '{}' ? '' : call.arguments })
  }
}

class ThoughtsInTheText extends GrowingAnswer {
  override reasoning(delta: unknown): void {
    this.text(delta)
  }
}

class EveryEndComplete extends GrowingAnswer {
  override finish(_reason: FinishReason): void {
    super.finish('complete')
  }
}

class ServerToolsAreOurs extends GrowingAnswer {
  override toolCall(call: ToolCall): void {
    super.toolCall({ ...call, runBy: 'us' })
  }
}

export const readerBugs: Readonly<Record<string, ReaderBug>> = {
  'halves decoded alone': { read: (bytes) => Buffer.from(bytes.toString()) },
  'each read taken for whole lines': { read: (bytes) => Buffer.concat([bytes, Buffer.from('\n')]) },
  'usage of message_delta ignored': { answer: () => new FirstUsageOnly(200) },
  'usage that repeats added up': { answer: () => new UsageAddedUp(200) },
  'no arguments are no JSON': { answer: () => new EmptyArgumentsLeftEmpty(200) },
  'thoughts in the text': { answer: () => new ThoughtsInTheText(200) },
  'every end is complete': { answer: () => new EveryEndComplete(200) },
  'server tools are ours': { answer: () => new ServerToolsAreOurs(200) },
}

/** What a dialect makes of reads of these sizes, with a bug or without. */
export function readCut(dialect: Dialect, body: Buffer, cuts: readonly number[], bug: ReaderBug = {}): Heard {
  const answer = bug.answer?.() ?? new GrowingAnswer(200)
  const reader = dialect.stream(answer)
  let at = 0
  for (const end of [...cuts, body.length]) {
    const bytes = body.subarray(at, end)
    if (bytes.length > 0) reader.read(bug.read?.(bytes) ?? bytes)
    at = end
  }
  reader.end(false)
  return heard([answer.take()])
}
