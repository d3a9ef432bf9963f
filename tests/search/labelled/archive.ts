/** The archive that the labelled questions are asked of: conversations somebody might have had, and others that resemble them. */
import { englishConversations } from './english-conversations.ts'
import { frenchConversations } from './french-conversations.ts'
import { everydayConversations, type ArchivedConversation } from './everyday-conversations.ts'

/** The same every time it is called. */
export function labelledArchive(): readonly ArchivedConversation[] {
  const written = [...englishConversations, ...frenchConversations].map(([key, title, ...messages]) => ({ key, title, messages }))
  return [...written, ...everydayConversations(260)]
}
