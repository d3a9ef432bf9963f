/**
 * Postgres's text holds every character but one, NUL (https://www.postgresql.org/docs/current/datatype-character.html), and people
 * and models may well send it. It is kept as a mark and a digit, and the mark itself likewise, so that every text comes
 * back as it went in and equal texts stay equal.
 */
const mark = '\uE000'

export function toStoredText(text: string): string {
  return text.includes('\0') || text.includes(mark) ? text.replaceAll(mark, `${mark}1`).replaceAll('\0', `${mark}0`) : text
}

export function fromStoredText(stored: string): string {
  return stored.includes(mark) ? stored.replaceAll(`${mark}0`, '\0').replaceAll(`${mark}1`, mark) : stored
}
