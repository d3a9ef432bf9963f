import { sanitize } from '../../../web/components/markdown/sanitize.ts'
import { renderMarkdown } from '../../../web/components/markdown/renderer.ts'

/** What most pages do, with the same library: all of the answer anew, at every frame. */
export class NaiveWriter {
  readonly #target: Element

  constructor(target: Element) {
    this.#target = target
  }

  write(text: string): void {
    this.#target.replaceChildren(sanitize(renderMarkdown(text, {})))
  }
}
