/** What is being written, by conversation. A draft that holds nothing is not kept. */
export type Drafts = Readonly<Record<string, string>>

/** The place of a draft whose conversation does not exist yet. */
export const newDraft = 'new'

export function withDraft(drafts: Drafts, place: string, text: string): Drafts {
  const { [place]: _former, ...others } = drafts
  return text.trim() === '' ? others : { ...others, [place]: text }
}

export function draftOf(drafts: Drafts, place: string): string {
  return drafts[place] ?? ''
}
