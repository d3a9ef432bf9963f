import type { Language } from '#protocol/primitives.ts'
import type { Failure, FailureCode } from '#protocol/turn.ts'

interface FailureText {
  readonly retryable: boolean
  readonly en: string
  readonly fr: string
}

/** What each failure says to the person who asked. Never a provider's own words. */
const failureTexts: Readonly<Record<FailureCode, FailureText>> = {
  provider_unreachable: { retryable: true, en: 'The provider could not be reached.', fr: 'Le fournisseur est injoignable.' },
  provider_refused_key: { retryable: false, en: 'The provider refused the key. Whoever runs this service has to renew it.', fr: 'Le fournisseur a refusé la clé. La personne qui gère ce service doit la renouveler.' },
  provider_rate_limited: { retryable: true, en: 'The provider takes no more requests for the moment.', fr: 'Le fournisseur n’accepte plus de requêtes pour le moment.' },
  provider_overloaded: { retryable: true, en: 'The provider is overloaded or out of order.', fr: 'Le fournisseur est surchargé ou en panne.' },
  provider_rejected: { retryable: false, en: 'The provider rejected the request.', fr: 'Le fournisseur a rejeté la requête.' },
  provider_malformed: { retryable: true, en: 'The provider sent something that is not an answer.', fr: 'Le fournisseur a envoyé autre chose qu’une réponse.' },
  provider_cut: { retryable: true, en: 'The provider cut off before the end.', fr: 'Le fournisseur a coupé avant la fin.' },
  first_delta_timeout: { retryable: true, en: 'No answer began in time.', fr: 'Aucune réponse n’a commencé à temps.' },
  idle_timeout: { retryable: true, en: 'The provider fell silent before the end.', fr: 'Le fournisseur s’est tu avant la fin.' },
  turn_timeout: { retryable: true, en: 'The answer took longer than a turn may.', fr: 'La réponse a dépassé la durée permise.' },
  answer_withheld: { retryable: false, en: 'The model, or its provider, would not answer this.', fr: 'Le modèle, ou son fournisseur, n’a pas voulu répondre.' },
  answer_too_large: { retryable: false, en: 'The answer grew beyond what a message can hold.', fr: 'La réponse a dépassé la taille d’un message.' },
  server_stopped: { retryable: true, en: 'The server was stopped before the end.', fr: 'Le serveur a été arrêté avant la fin.' },
  server_crashed: { retryable: true, en: 'The server stopped unexpectedly before the end.', fr: 'Le serveur s’est arrêté de façon inattendue avant la fin.' },
  internal: { retryable: true, en: 'Something went wrong in the server.', fr: 'Une erreur s’est produite dans le serveur.' },
}

export function describeFailure(code: FailureCode, language: Language): Failure {
  const text = failureTexts[code]
  return { code, message: text[language], retryable: text.retryable }
}
