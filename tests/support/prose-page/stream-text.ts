/** One answer, streamed into a writer at the pace of the screen or as fast as it goes. */
export interface StreamOptions {
  readonly deltas: number
  /** Deltas between two writes, as many as arrive while a frame is made. */
  readonly perFrame: number
  /** screen: one write a frame; else one after the other, each with its layout. */
  readonly paced: boolean
  /** Stops after so many milliseconds: a page that cannot keep up shows it in the first thousand frames. */
  readonly atMostMs?: number
}

export interface StreamFigures {
  readonly frames: number
  /** Share of the text that was written. */
  readonly written: number
  readonly seconds: number
  /** Milliseconds of each write without its layout. */
  readonly script: readonly number[]
  /** Milliseconds of each write with its layout, in order. */
  readonly work: readonly number[]
  /** Milliseconds from frame to frame; empty when not paced. */
  readonly gaps: readonly number[]
  /** Nodes that were put into the page. */
  readonly nodes: number
  /** The sum of the browser's layout shifts, but for the caret and for the word at the end that outgrows its line. */
  readonly shift: number
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number
  readonly sources: readonly { readonly node: Node | null }[]
}

/** The caret has no node, and what is being written stands in the last block. */
const wasFinished = (node: Node | null) => node !== null && document.querySelector('.prose')?.lastElementChild?.contains(node) !== true

interface Writer {
  write(text: string, state: 'growing' | 'whole'): void
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))

export async function streamText(writer: Writer, text: string, { deltas, perFrame, paced, atMostMs = Infinity }: StreamOptions): Promise<StreamFigures> {
  const scroller = document.querySelector('.turns')!
  let shift = 0
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LayoutShift[]) if (entry.sources.some(({ node }) => wasFinished(node))) shift += entry.value
  })
  let nodes = 0
  const changes = new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) nodes += 1 + (node instanceof Element ? node.querySelectorAll('*').length : 0)
  })
  changes.observe(scroller, { childList: true, subtree: true })
  await nextFrame()
  await nextFrame()
  observer.observe({ type: 'layout-shift' })
  const work: number[] = []
  const written: number[] = []
  const gaps: number[] = []
  const began = performance.now()
  let last = began
  let at = 0
  while (at < deltas && performance.now() - began < atMostMs) {
    if (paced) {
      const now = await nextFrame()
      gaps.push(now - last)
      last = now
    } else if (work.length % 100 === 99) await new Promise((resolve) => setTimeout(resolve))
    at = Math.min(deltas, at + perFrame)
    const before = performance.now()
    writer.write(text.slice(0, Math.round((text.length * at) / deltas)), at === deltas ? 'whole' : 'growing')
    written.push(performance.now() - before)
    // Reading where the end is makes the browser lay out what was written; then the page follows it.
    scroller.scrollTop = scroller.scrollHeight
    work.push(performance.now() - before)
  }
  const seconds = (performance.now() - began) / 1000
  await nextFrame()
  await nextFrame()
  observer.disconnect()
  changes.disconnect()
  return { frames: work.length, written: at / deltas, seconds, script: written, work, gaps: gaps.slice(1), nodes, shift }
}
