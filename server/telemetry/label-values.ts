/**
 * A bound on what a label may hold. Users can ask for any model by name, and each new value of a label is a new series
 * for ever; after `most` different values the rest count as `other`.
 */
export function boundedLabel(most: number): (value: string) => string {
  const seen = new Set<string>()
  return (value) => {
    if (seen.has(value)) return value
    if (seen.size >= most) return 'other'
    seen.add(value)
    return value
  }
}
