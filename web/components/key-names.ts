/** The keys that this version reads. The page names these and no others: one that the server refuses would mislead. */
export const keyNames = ['OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'GROQ_API_KEY'] as const
