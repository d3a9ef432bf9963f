/** The keys that this version reads. The page names these and no others: one that the server refuses would mislead. */
export const keyNames = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_API_KEY', 'GEMINI_API_KEY', 'OPENROUTER_API_KEY', 'GROQ_API_KEY'] as const
