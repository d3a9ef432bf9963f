import { stemmer } from '@orama/stemmers/english'

/** Porter's stem of a folded word (https://tartarus.org/martin/PorterStemmer/): `connections` and `connected` give `connect`. */
export function stemEnglish(folded: string): string {
  return stemmer(folded)
}
