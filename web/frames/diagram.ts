/**
 * Draws one diagram, in a frame whose origin is nobody's and whose policy lets nothing out. The page sends the source and
 * its colours; what goes back is the size of the picture, or that there is none. Nothing here is trusted by the page.
 */
import mermaidAddress from '@mermaid-js/tiny/dist/mermaid.tiny.js?url'

interface Mermaid {
  initialize(options: object): void
  render(id: string, source: string): Promise<{ readonly svg: string }>
}

interface Asked {
  readonly type: 'draw'
  readonly source: string
  /** Mermaid's names of colours: https://mermaid.js.org/config/theming.html */
  readonly colours: Readonly<Record<string, string>>
  readonly dark: boolean
}

const limits = { maxTextSize: 20_000, maxEdges: 400 }
const answer = (message: object) => parent.postMessage(message, '*')

addEventListener('message', ({ source, data }: MessageEvent<Asked>) => {
  if (source === parent && data.type === 'draw') draw(data).then(answer, () => answer({ type: 'failed' }))
})
// The frame shows a picture and is no way to anywhere.
addEventListener('click', (event) => event.preventDefault(), { capture: true })
const mermaid = loadBeside((document.currentScript as HTMLScriptElement).src)
mermaid.then(() => answer({ type: 'ready' }), () => answer({ type: 'failed' }))

/** Mermaid as it comes: a classic script that leaves its one name. It stands beside this one, under whatever prefix. */
function loadBeside(ownAddress: string): Promise<Mermaid> {
  const script = document.createElement('script')
  script.src = new URL(mermaidAddress.replace(/^.*\//, ''), ownAddress).href
  document.head.append(script)
  return new Promise((resolve, reject) => {
    script.addEventListener('load', () => resolve((globalThis as unknown as { readonly mermaid: Mermaid }).mermaid))
    script.addEventListener('error', reject)
  })
}

async function draw({ source, colours, dark }: Asked): Promise<object> {
  const drawer = await mermaid
  drawer.initialize({
    ...limits, startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, theme: 'base', fontFamily: 'system-ui, sans-serif',
    themeVariables: { darkMode: dark, fontSize: '14px', dropShadow: 'none', useGradient: false, ...colours },
    // What a diagram may not say of itself.
    secure: ['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'suppressErrorRendering', 'theme', 'themeVariables', 'themeCSS', 'fontFamily', 'htmlLabels', 'flowchart'],
    flowchart: { useMaxWidth: false },
  })
  const { svg } = await drawer.render('diagram', source)
  document.body.innerHTML = svg
  const { width, height } = document.querySelector('svg')!.viewBox.baseVal
  return { type: 'drawn', width, height }
}
