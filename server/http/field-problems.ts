import type { z } from 'zod'
import type { Language } from '#protocol/primitives.ts'

export interface FieldProblem {
  readonly path: string
  readonly message: string
}

type Issue = z.core.$ZodIssue
type Reasons = { readonly [Code in Issue['code']]?: (issue: Extract<Issue, { code: Code }>) => string }

/** What was sent does not have the shape that was asked for. */
export class InvalidFields extends Error {
  readonly issues: readonly Issue[]
  /** Where it was found: body, querystring or params. */
  readonly place: string

  constructor(issues: readonly Issue[], place: string) {
    super('invalid fields')
    this.name = 'InvalidFields'
    this.issues = issues
    this.place = place
  }
}

/** No more than so many are told, and of a name no more than so many characters: what was sent is not sent back. */
const mostProblems = 10
const nameCharacters = 64

const reasons: Readonly<Record<Language, Reasons>> = {
  en: {
    invalid_type: ({ expected }) => `is missing or is no ${expected}`,
    too_big: ({ origin, maximum }) => `may have at most ${maximum}${unitOf(origin, ' characters', ' entries')}`,
    too_small: ({ origin, minimum }) => `must have at least ${minimum}${unitOf(origin, ' character(s)', ' entry')}`,
    invalid_value: ({ values }) => `must be one of ${values.join(', ')}`,
    unrecognized_keys: () => 'there is no such field',
    invalid_union: () => 'is missing or has none of the shapes that are taken here',
  },
  fr: {
    invalid_type: ({ expected }) => `est absent ou n’est pas du type ${expected}`,
    too_big: ({ origin, maximum }) => `ne peut dépasser ${maximum}${unitOf(origin, ' caractères', ' éléments')}`,
    too_small: ({ origin, minimum }) => `doit avoir au moins ${minimum}${unitOf(origin, ' caractère(s)', ' élément')}`,
    invalid_value: ({ values }) => `doit être l’une de ces valeurs : ${values.join(', ')}`,
    unrecognized_keys: () => 'ce champ n’existe pas',
    invalid_union: () => 'est absent ou n’a aucune des formes acceptées ici',
  },
}

/** What the schemas of the protocol say in their own words, and what the routes add. */
const french: Readonly<Record<string, string>> = {
  'is empty': 'est vide',
  'contains half a character (a lone surrogate)': 'contient la moitié d’un caractère (un demi-codet isolé)',
  'changes nothing': 'ne change rien',
  'there is no such agent': 'cet agent n’existe pas',
}

/** What is wrong where, for a person: paths and reasons, never a value. */
export function fieldProblems(issues: readonly Issue[], language: Language): readonly FieldProblem[] {
  return issues.slice(0, mostProblems).flatMap((issue) => {
    const reason = reasons[language][issue.code] as ((issue: Issue) => string) | undefined
    const message = reason?.(issue) ?? inLanguage(issue.message, language)
    return pathsOf(issue).map((path) => ({ path: path.map(shortened).join('.'), message }))
  }).slice(0, mostProblems)
}

/** Fields that nobody knows are each named. */
function pathsOf(issue: Issue): readonly (readonly PropertyKey[])[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.slice(0, mostProblems).map((key) => [...issue.path, key]) : [issue.path]
}

function shortened(name: PropertyKey): string {
  return String(name).slice(0, nameCharacters).toWellFormed()
}

export function inLanguage(message: string, language: Language): string {
  return language === 'fr' ? (french[message] ?? message) : message
}

function unitOf(origin: string, characters: string, entries: string): string {
  if (origin === 'string') return characters
  return origin === 'array' ? entries : ''
}
