import type { Language } from '#protocol/primitives.ts'

/** What somebody chose for their browser. The page keeps it in cookies of its own (web/api/preferences.ts); null: nothing was chosen. */
export interface Preferences {
  readonly theme: 'light' | 'dark' | null
  readonly language: Language | null
}

/** Reads a Cookie header. Anything but the words themselves is nothing. */
export function preferencesIn(cookies: string | undefined): Preferences {
  const valueOf = (name: string) => (cookies ?? '').split(';').map((cookie) => cookie.trim()).find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1)
  const [theme, language] = [valueOf('parley_theme'), valueOf('parley_language')]
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    language: language === 'en' || language === 'fr' ? language : null,
  }
}
