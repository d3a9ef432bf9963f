/** A list filled up to `length` with what nothing is equal to, so that every list of a query has one text and is prepared once. */
export function padded<T>(list: readonly T[], length: number, filler: T): readonly T[] {
  return list.length >= length ? list : [...list, ...Array.from({ length: length - list.length }, () => filler)]
}
