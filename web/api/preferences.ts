/**
 * What a person chose for this browser: theme and language. They are cookies, because the server writes them into the page
 * before anything is drawn, and answers sockets in that language; a page without them follows the system.
 */

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
export const languageChoices = ['system', 'en', 'fr'] as const
export type LanguageChoice = (typeof languageChoices)[number]

export interface Preferences {
  readonly theme: Theme
  readonly language: LanguageChoice
}

const cookieNames = { theme: 'parley_theme', language: 'parley_language' } as const
const secondsOfYear = 31_536_000
const otherTabs = 'parley.preferences'

export function readPreferences(cookies: string): Preferences {
  return { theme: chosenIn(cookies, cookieNames.theme, themes), language: chosenIn(cookies, cookieNames.language, languageChoices) }
}

/** `system` is kept as no cookie at all. `basePath` is '' or '/prefix'. */
export function cookieOf<Name extends keyof Preferences>(name: Name, choice: Preferences[Name], basePath: string, isSecure: boolean): string {
  const life = choice === 'system' ? 0 : secondsOfYear
  return `${cookieNames[name]}=${choice}; Path=${basePath === '' ? '/' : basePath}; Max-Age=${life}; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** Keeps the theme, shows it here and in this browser's other tabs. */
export function chooseTheme(theme: Theme, basePath: string): void {
  document.cookie = cookieOf('theme', theme, basePath, location.protocol === 'https:')
  showTheme(theme)
  const channel = new BroadcastChannel(otherTabs)
  channel.postMessage(theme)
  channel.close()
}

/** Keeps the language, and loads the page anew in it: what is being written is kept. */
export function chooseLanguage(language: LanguageChoice, basePath: string): void {
  document.cookie = cookieOf('language', language, basePath, location.protocol === 'https:')
  location.reload()
}

/** Shows the theme that is kept, and from now on the one that another tab chooses. */
export function followTheme(): void {
  showTheme(readPreferences(document.cookie).theme)
  new BroadcastChannel(otherTabs).addEventListener('message', ({ data }) => showTheme(themes.find((theme) => theme === data) ?? 'system'))
}

const schemes = ['light', 'dark'] as const

function showTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  // The colour of the browser's own bars: one element for each scheme, in this order.
  document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]').forEach((meta, index) => {
    meta.media = theme === 'system' ? `(prefers-color-scheme: ${schemes[index]})` : theme === schemes[index] ? 'all' : 'not all'
  })
}

function chosenIn<Choice extends string>(cookies: string, name: string, choices: readonly Choice[]): Choice {
  const value = cookies.split('; ').find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1)
  return choices.find((choice) => choice === value) ?? choices[0]!
}
