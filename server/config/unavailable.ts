/**
 * Names that operators may know from the documentation and whose part does not stand yet. A setting that would silently
 * do nothing is refused at start by name; a row goes when its part comes.
 */
export const unavailableVariables: Readonly<Record<string, string>> = {
  PARLEY_EMBEDDER: 'embedding',
  CHROMA_URL: 'the Chroma vector store',
  VAULT_ADDR: 'reading keys from Vault',
  VAULT_TOKEN: 'reading keys from Vault',
  REDIS_URL: 'wake-ups over Redis',
  EMERGENCE_ENABLE_AGENT_MEMORY: 'memory between conversations',
  EMERGENCE_RAG_OFF_POLICY: 'memory between conversations',
  ENABLE_RAG_CACHE: 'the document cache',
  RAG_CACHE_TTL_SECONDS: 'the document cache',
  SOMABRAIN_URL: 'the SomaBrain memory',
  SOMAFRACTALMEMORY_URL: 'the SomaFractalMemory memory',
  SOMA_MEMORY_API_TOKEN: 'the SomaFractalMemory memory',
  SA01_ENABLE_AGENTIQ_GOVERNOR: 'the governor',
  PARLEY_GOVERNOR: 'the governor',
  PARLEY_LEVEL_FLOOR: 'the governor',
  PARLEY_AIQ_WEIGHTS: 'the governor',
  PARLEY_CONFIDENCE_ON_LOW: 'confidence',
  PARLEY_CONFIDENCE_POOL: 'confidence',
  PARLEY_CONFIDENCE_MIN: 'confidence',
  PARLEY_TOOL_ROUNDS: 'the use of tools',
  PARLEY_OPA_URL: 'the OPA policy',
  PARLEY_DAILY_USD: 'spending limits',
  PARLEY_WEEKLY_USD: 'spending limits',
  PARLEY_MONTHLY_USD: 'spending limits',
  PARLEY_TENANT_MONTHLY_USD: 'spending limits',
  PARLEY_TURN_USD: 'spending limits',
  PARLEY_TIME_ZONE: 'spending limits',
  PARLEY_UNKNOWN_PRICES: 'spending limits',
}
