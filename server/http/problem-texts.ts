import type { Language } from '#protocol/primitives.ts'
import type { ProblemCode } from '#protocol/problem.ts'

interface ProblemText {
  readonly title: string
  readonly detail: string
}

/** What every problem says, in both languages. */
export const problemTexts: Readonly<Record<ProblemCode, Readonly<Record<Language, ProblemText>>>> = {
  malformed: {
    en: { title: 'Malformed', detail: 'This cannot be read: the JSON or the address is malformed.' },
    fr: { title: 'Illisible', detail: 'Ceci est illisible : le JSON ou l’adresse est mal formé.' },
  },
  not_signed_in: {
    en: { title: 'Not signed in', detail: 'Sign in, or send a valid bearer token.' },
    fr: { title: 'Non connecté', detail: 'Connectez-vous, ou envoyez un jeton valide.' },
  },
  not_allowed: {
    en: { title: 'Not allowed', detail: 'You may not do this.' },
    fr: { title: 'Interdit', detail: 'Vous n’avez pas le droit de faire cela.' },
  },
  origin_not_allowed: {
    en: { title: 'Origin not allowed', detail: 'Another site may not call this service from a browser.' },
    fr: { title: 'Origine interdite', detail: 'Un autre site ne peut pas appeler ce service depuis un navigateur.' },
  },
  not_found: {
    en: { title: 'Not found', detail: 'There is nothing here by that name.' },
    fr: { title: 'Introuvable', detail: 'Il n’y a rien ici sous ce nom.' },
  },
  request_timeout: {
    en: { title: 'Request timeout', detail: 'The request did not arrive in time.' },
    fr: { title: 'Délai dépassé', detail: 'La requête n’est pas arrivée à temps.' },
  },
  client_message_id_reused: {
    en: { title: 'Client message id reused', detail: 'This client message id was used for another message. Make a new one.' },
    fr: { title: 'Identifiant déjà utilisé', detail: 'Cet identifiant de message a servi pour un autre message. Faites-en un nouveau.' },
  },
  turn_running: {
    en: { title: 'A turn is running', detail: 'An answer is still running in this conversation. Wait for it, or stop it.' },
    fr: { title: 'Un tour est en cours', detail: 'Une réponse est encore en cours dans cette conversation. Attendez-la, ou arrêtez-la.' },
  },
  body_too_large: {
    en: { title: 'Too large', detail: 'This is larger than what is taken here.' },
    fr: { title: 'Trop grand', detail: 'Ceci dépasse la taille acceptée ici.' },
  },
  unsupported_media_type: {
    en: { title: 'Unsupported media type', detail: 'Send JSON, with content-type: application/json.' },
    fr: { title: 'Type non pris en charge', detail: 'Envoyez du JSON, avec content-type: application/json.' },
  },
  wrong_host: {
    en: { title: 'Wrong host', detail: 'This service does not answer under that host name.' },
    fr: { title: 'Mauvais hôte', detail: 'Ce service ne répond pas sous ce nom d’hôte.' },
  },
  invalid: {
    en: { title: 'Invalid', detail: 'Something in the request is not as it should be.' },
    fr: { title: 'Non valable', detail: 'Quelque chose dans la requête n’est pas comme il faut.' },
  },
  too_many_requests: {
    en: { title: 'Too many requests', detail: 'Too many requests in a short time. Wait a little.' },
    fr: { title: 'Trop de requêtes', detail: 'Trop de requêtes en peu de temps. Attendez un peu.' },
  },
  too_many_turns: {
    en: { title: 'Too many turns', detail: 'Too many answers are running at once. Wait for one, or stop one.' },
    fr: { title: 'Trop de tours', detail: 'Trop de réponses sont en cours à la fois. Attendez-en une, ou arrêtez-en une.' },
  },
  too_many_sockets: {
    en: { title: 'Too many sockets', detail: 'Too many sockets are open. Close one.' },
    fr: { title: 'Trop de connexions', detail: 'Trop de connexions sont ouvertes. Fermez-en une.' },
  },
  headers_too_large: {
    en: { title: 'Headers too large', detail: 'The headers are larger than what is taken here.' },
    fr: { title: 'En-têtes trop grands', detail: 'Les en-têtes dépassent la taille acceptée ici.' },
  },
  internal: {
    en: { title: 'Internal error', detail: 'Something went wrong here. Nothing that was acknowledged is lost.' },
    fr: { title: 'Erreur interne', detail: 'Une erreur s’est produite ici. Rien de ce qui a été confirmé n’est perdu.' },
  },
  draining: {
    en: { title: 'Restarting', detail: 'The service is restarting. Try again in a moment.' },
    fr: { title: 'Redémarrage', detail: 'Le service redémarre. Réessayez dans un instant.' },
  },
  overloaded: {
    en: { title: 'Too busy', detail: 'The service has more to do than it can take on right now, so this was not taken. Try again in a moment.' },
    fr: { title: 'Surcharge', detail: 'Le service a plus à faire qu’il ne peut en prendre pour le moment, votre envoi n’a donc pas été accepté. Réessayez dans un instant.' },
  },
  store_unavailable: {
    en: { title: 'Store unavailable', detail: 'What you sent cannot be stored right now, so it was not taken. Try again in a moment.' },
    fr: { title: 'Stockage indisponible', detail: 'Votre envoi ne peut pas être enregistré pour le moment, il n’a donc pas été accepté. Réessayez dans un instant.' },
  },
  disk_full: {
    en: { title: 'Disk full', detail: 'The disk is full, so this was not taken. Reading still works.' },
    fr: { title: 'Disque plein', detail: 'Le disque est plein, votre envoi n’a donc pas été accepté. La lecture fonctionne toujours.' },
  },
}
