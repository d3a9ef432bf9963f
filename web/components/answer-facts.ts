/** The facts under an answer, in reading order. What is not known is left out; it is never shown as 0. */
import type { Language } from '#protocol/primitives.ts'
import type { ReceiptSummary, Usage } from '#protocol/turn.ts'
import { formatCost, formatCount, formatDuration, formatShare } from '../i18n/format.ts'
import { language as pageLanguage, languages } from '../i18n/language.ts'

export function answerFacts(receipt: ReceiptSummary | null, language: Language = pageLanguage): readonly string[] {
  if (receipt === null) return []
  const { model, provider, usage, cost, confidence, total_ms } = receipt
  const phrases = languages[language]
  const facts = [
    provider === 'librarian' ? phrases.librarian : (model ?? provider),
    usage === null ? null : tokens(usage, language),
    cost === null || provider === 'librarian' ? null : formatCost(cost, language),
    formatDuration(total_ms, language),
    confidence === null ? null : phrases.confidence(formatShare(confidence, language)),
  ]
  return facts.filter((fact) => fact !== null)
}

function tokens({ input, output, estimated }: Usage, language: Language): string | null {
  const phrases = languages[language]
  const count = (figure: number) => formatCount(figure, language)
  const known =
    input !== null && output !== null
      ? phrases.tokens_both(count(input), count(output))
      : output !== null
        ? phrases.tokens_out(count(output))
        : input !== null
          ? phrases.tokens_in(count(input))
          : null
  return known !== null && estimated ? phrases.estimated(known) : known
}
