/** A question as somebody would type it into a search, and the conversations that answer it. */
export interface LabelledQuestion {
  readonly text: string
  readonly answers: readonly string[]
}

/** Written before there was a ranking. */
export const firstQuestions: readonly LabelledQuestion[] = [
  { text: 'boiler losing pressure', answers: ['boiler'] },
  { text: 'what did the plumber charge for the vessel', answers: ['boiler'] },
  { text: 'name of the lighthouse in Brittany', answers: ['lighthouse'] },
  { text: 'kereon', answers: ['lighthouse'] },
  { text: 'drying a sourdough starter before a trip', answers: ['sourdough'] },
  { text: 'renew passport appointment', answers: ['passport'] },
  { text: 'hedgehogs hibernating under wood', answers: ['hedgehog'] },
  { text: 'pod oomkilled memory', answers: ['kubernetes'] },
  { text: 'regular expressions for date matching', answers: ['regexp'] },
  { text: 'fixed mortgage rate from the brokers', answers: ['mortgage'] },
  { text: 'Halvorsen', answers: ['violin'] },
  { text: 'allergies to shellfish', answers: ['allergy'] },
  { text: 'compensation cancelled flights Lisbon', answers: ['flight'] },
  { text: 'obrien notice period', answers: ['o-brien'] },
  { text: 'spots on tomato leaf', answers: ['tomato'] },
  { text: 'database locked by writers', answers: ['sqlite'] },
  { text: 'recover a lost commit', answers: ['git'] },
  { text: 'find user by id', answers: ['camel'] },
  { text: 'chaudiere pression', answers: ['chaudiere'] },
  { text: 'que coûte le remplacement du vase d’expansion', answers: ['chaudiere'] },
  { text: 'anniversaire Zoe escalade', answers: ['anniversaire-zoe'] },
  { text: 'rendez-vous mairie passeports', answers: ['passeport'] },
  { text: 'randonnée été Vercors refuge', answers: ['ete'] },
  { text: 'souffle oeuf', answers: ['oeufs'] },
  { text: 'hausse des loyers bail', answers: ['bail'] },
  { text: 'cheval pour débutant', answers: ['chevaux'] },
  { text: 'analyse de la correspondance de Sévigné', answers: ['these'] },
  { text: 'racheter des trimestres de retraite', answers: ['retraite'] },
  { text: 'fuites chez la voisine', answers: ['fuite'] },
  { text: 'plainte vol velo electrique', answers: ['velo'] },
  { text: 'renouvellement automatique des certificats', answers: ['securite'] },
  { text: 'confiture d’abricot trop liquide', answers: ['confiture'] },
  { text: 'la reunion décalée par Delphine', answers: ['reunion'] },
  { text: 'le chat roux perdu', answers: ['chat-perdu'] },
  { text: 'portemonnaie perdu', answers: ['porte-monnaie'] },
  { text: '浅草', answers: ['tokyo'] },
]
