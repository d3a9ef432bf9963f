/** A page with nothing on it but answers: what tests and benches of the writer run in a browser. */
import { Prose } from '../../../web/components/prose.ts'
import { ProseWriter } from '../../../web/components/markdown/prose-writer.ts'
import { NaiveWriter } from './naive-writer.ts'
import { streamText, type StreamOptions, type StreamFigures } from './stream-text.ts'

const writers = { ours: ProseWriter, naive: NaiveWriter }
export type WriterName = keyof typeof writers

export interface ProsePage {
  /** The markup after the pieces were written one after the other, and that of the whole text written at once. */
  compare(text: string, cuts: readonly number[]): { readonly grown: string; readonly whole: string }
  /** Writes a text at once and says how long it took, with its layout, in milliseconds; the longest of its slices. */
  writeWhole(text: string): Promise<number>
  stream(writer: WriterName, text: string, options: StreamOptions): Promise<StreamFigures>
}

function place(): HTMLElement {
  document.body.replaceChildren()
  const scroller = document.createElement('div')
  const turn = document.createElement('div')
  const prose = document.createElement('div')
  scroller.className = 'turns'
  scroller.style.blockSize = '100dvh'
  turn.className = 'turn'
  prose.className = 'prose is-running'
  turn.append(prose)
  scroller.append(turn)
  document.body.append(scroller)
  return prose
}

const page: ProsePage = {
  compare(text, cuts) {
    const [grown, whole] = [place(), document.createElement('div')]
    const writer = new ProseWriter(grown)
    for (const cut of cuts) writer.write(text.slice(0, cut), 'growing')
    writer.write(text, 'whole')
    new ProseWriter(whole).write(text, 'whole')
    for (const steady of grown.querySelectorAll('[style], .steady')) {
      steady.removeAttribute('style')
      steady.removeAttribute('class')
    }
    return { grown: grown.innerHTML, whole: whole.innerHTML }
  },
  async writeWhole(text) {
    const prose = new Prose()
    prose.className = 'prose'
    place().replaceWith(prose)
    let longest = 0
    let began = performance.now()
    const turn = () => {
      prose.getBoundingClientRect()
      longest = Math.max(longest, performance.now() - began)
    }
    prose.show(text, 0, 'whole')
    turn()
    for (let quiet = 0; quiet < 5; ) {
      const letters = prose.childNodes.length
      await new Promise((resolve) => setTimeout(resolve))
      began = performance.now()
      await new Promise((resolve) => requestAnimationFrame(resolve))
      turn()
      quiet = prose.childNodes.length === letters ? quiet + 1 : 0
    }
    return longest
  },
  stream: (writer, text, options) => streamText(new writers[writer](place()), text, options),
}

Object.assign(window, { prose: page })
