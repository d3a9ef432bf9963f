const mostLines = 12

/** A text as a Markdown block quote in which every character stands for itself. */
export function blockquote(text: string): string {
  const lines = text.split(/\r\n?|\n/)
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines
  return shown.map((line, n) => quotedLine(line, n < shown.length - 1 && line.trim() !== '' && shown[n + 1]!.trim() !== '')).join('\n')
}

/** Text in one line of Markdown in which every character stands for itself. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(/[\\`*_[\]<>~|$]/g, '\\$&')
    .replaceAll(/&(?=#?\w+;)/g, '\\&')
    .replace(/^(\s*)([#+=-])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
}

/** Two spaces at its end keep a line from flowing into the next. Indentation, which would make code of it, becomes hard spaces. */
function quotedLine(line: string, breaks: boolean): string {
  if (line.trim() === '') return '>'
  const indented = escapeMarkdown(line.trimEnd()).replace(/^[\t ]+/, (indent) => '\u00a0'.repeat(indent.replaceAll('\t', '  ').length))
  return `> ${indented}${breaks ? '  ' : ''}`
}
