import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '#protocol/primitives.ts'

/** A built page with its place written into it; null where it was not built. `basePath` is '' or '/prefix'. */
export async function readPage(directory: string | null, basePath: string, file = 'index.html'): Promise<string | null> {
  if (directory === null) return null
  try {
    return placePage(await readFile(join(directory, file), 'utf8'), basePath)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The page for one reader: in their language, and in the theme they chose, so that no other one is ever drawn. */
export function addressPage(page: string, { language, theme }: { readonly language: Language; readonly theme: 'light' | 'dark' | null }): string {
  return page.replace('<html lang="en">', `<html lang="${language}"${theme === null ? '' : ` data-theme="${theme}"`}>`)
}

/** Tells the page where it is mounted, and writes the prefix in front of its files' addresses. */
export function placePage(html: string, basePath: string): string {
  return html
    .replace(/(<meta name="parley-base" content=")[^"]*"/, (_, start: string) => `${start}${basePath}"`)
    .replace(/\b(href|src)="\.?\/(?!\/)/g, (_, attribute: string) => `${attribute}="${basePath}/`)
}
