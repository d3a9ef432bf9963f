/** An answer with everything that Markdown brings, and one that is being written. */
import { html, type TemplateResult } from 'lit'
import '../../components/prose.ts'
import type { Prose } from '../../components/prose.ts'

const sample = `A paragraph with *emphasis*, **weight**, \`code\`, [a link](https://example.org) and maths: $(1+r)^t = 2$.

# First heading
## Second heading
### Third heading

1. One thing,
2. another, with
   - a part of it,
   - and another part.

> What was said elsewhere stands aside.

| rate | exact | rule of 72 |
| --- | ---: | ---: |
| 1.5 % | 46.6 years | 48.0 years |
| 12 % | 6.1 years | 6.0 years |

\`\`\`ts
/** Years until a capital doubles. */
export const doubled = (rate: number): number => Math.log(2) / Math.log(1 + rate) // 0.015 means 1.5 % a year
\`\`\`

---

$$t = \\frac{\\ln 2}{\\ln(1+r)}$$

The end.`

export function prose(): TemplateResult {
  return html`<parley-prose class="prose" id="settled"></parley-prose><parley-prose class="prose" id="running"></parley-prose>`
}

export function writeProse(): void {
  document.querySelector<Prose>('#settled')!.show(sample, 0, 'whole')
  document.querySelector<Prose>('#running')!.show('The caret stands where the next word will', 0, 'growing')
}
