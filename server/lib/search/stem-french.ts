import { stemmer } from '@orama/stemmers/french'

/**
 * Snowball's French stem (https://snowballstem.org/algorithms/french/stemmer.html) of a folded word. It is given no accents, so that
 * `sécurité` and `securite` have one stem; what its rules for é would have taken, as of `réservée`, goes with the mute e.
 */
export function stemFrench(folded: string): string {
  const stem = stemmer(folded)
  const shorter = stem.replace(/e+$/, '')
  return shorter.length >= 3 ? shorter : stem
}
