import type { Language } from '#protocol/primitives.ts'

/** What the service tells a socket of its own accord. */
export const socketTexts: Readonly<Record<'inactivity_warning' | 'moving', Readonly<Record<Language, string>>>> = {
  inactivity_warning: { en: 'Nothing was heard for a long time; this connection will close soon.', fr: 'Plus rien depuis longtemps ; cette connexion va bientôt se fermer.' },
  moving: { en: 'The service is restarting; connect again now.', fr: 'Le service redémarre ; reconnectez-vous maintenant.' },
}
