import type { Language } from '#protocol/primitives.ts'
import { en, type Phrases } from './en.ts'
import { fr } from './fr.ts'

export const languages: Readonly<Record<Language, Phrases>> = { en, fr }

/** The first wanted language that there is, else English. `fr-CA` is French. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase()
    if (language in languages) return language as Language
  }
  return 'en'
}

/** The language that was chosen for this browser; see web/api/preferences.ts. */
const kept = /(?:^|; )parley_language=(\w+)/.exec(globalThis.document?.cookie ?? '')?.[1]

/** The page's language is chosen once, before anything is drawn. */
export const language: Language = chooseLanguage([...(kept === undefined ? [] : [kept]), ...(globalThis.navigator?.languages ?? [])])
export const phrases: Phrases = languages[language]
