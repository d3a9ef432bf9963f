import type { Language } from '#protocol/primitives.ts'

/** The line that gives Parley its first model. */
const firstKey = '```sh\nOPENAI_API_KEY=sk-… npm start\n```'

interface LibrarianTexts {
  /** Before the quotes. */
  readonly found: (count: number) => string
  readonly nothing: string
  /** After the answer: how to get one from a model. */
  readonly remedy: string
  /** Under a quote. The title is Markdown already. */
  readonly source: (title: string | null, at: number, timeZone: string) => string
}

/** All that the librarian says for itself. French puts a narrow no-break space before ; : ! ? and inside its quotation marks. */
export const librarianTexts: Readonly<Record<Language, LibrarianTexts>> = {
  en: {
    found: (count) =>
      'No model is configured here, so I cannot answer in words of my own. I can only quote what you wrote before. ' +
      (count === 1 ? 'This comes closest:' : `These ${count} passages come closest:`),
    nothing:
      'No model is configured here, so I cannot answer in words of my own. I can only quote what you wrote before, ' +
      'and in your earlier messages I found nothing about this.',
    remedy: `To get answers, start Parley with the key of a provider:\n\n${firstKey}`,
    source: (title, at, timeZone) => `— ${title === null ? 'an untitled conversation' : `“${title}”`}, ${dateIn('en-GB', at, timeZone)}`,
  },
  fr: {
    found: (count) =>
      'Aucun modèle n’est configuré ici\u202f: je ne peux pas répondre avec mes propres mots, ' +
      'seulement citer ce que vous avez déjà écrit. ' +
      (count === 1 ? 'Voici ce qui s’en approche le plus\u202f:' : `Voici les ${count} passages qui s’en approchent le plus\u202f:`),
    nothing:
      'Aucun modèle n’est configuré ici\u202f: je ne peux pas répondre avec mes propres mots, ' +
      'seulement citer ce que vous avez déjà écrit, et je n’ai rien trouvé à ce sujet dans vos messages précédents.',
    remedy: `Pour obtenir des réponses, démarrez Parley avec la clé d’un fournisseur\u202f:\n\n${firstKey}`,
    source: (title, at, timeZone) =>
      `— ${title === null ? 'une conversation sans titre' : `«\u202f${title}\u202f»`}, ${frenchFirst(dateIn('fr-FR', at, timeZone))}`,
  },
}

function dateIn(locale: string, at: number, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(at)
}

/** The first of a month is an ordinal in French, which the formatter does not know everywhere. */
function frenchFirst(date: string): string {
  return date.replace(/^1 /, '1er ')
}
