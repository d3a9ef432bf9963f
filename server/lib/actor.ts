/** On whose behalf something is read or written. Every query carries it; nothing is fetched by id alone. */
export interface Actor {
  readonly tenantId: string
  readonly userId: string
}

/** One string per user, for maps and topics. Ids hold no slash. */
export function actorKey(actor: Actor): string {
  return `${actor.tenantId}/${actor.userId}`
}
