/** Words that say nothing of what a question is about: small words, greetings, and the talk about remembering itself. Folded. */
const stopWords = new Set(
  `a about after again all also am an and any anything are as at be been before but by can could did didn didnt do does doesn doing don
  dont ever for from get give had has have having he hello hey hi her here him his how i if in into is isn isnt it its just know last
  like me mention mentioned more most my no not of on once one or our out please recall remember said say says she should so some
  something such tell than thank thanks that the their them then there these they thing things this those time to told too up us
  very was wasn wasnt we what when where which who whom whose why will with won wont would wrote you your yours
  ai ainsi alors apres as au aucun aussi autre aux avais avait avant avec avez avoir avons bonjour bonsoir ca car ce ceci cela
  celle celui ces cet cette chose choses comme comment dans de deja depuis des dire dis disais disait dit donc dont du elle elles
  en encore entre es est et etaient etait etes etre eu fait faut fois ici il ils je jusqu la laquelle le lequel les leur leurs
  lorsqu lui mais me meme merci mes moi mon ne ni nos notre nous on ont ou par parle parler pas peu peut peux plus pour pourquoi
  puis puisqu qu quand que quel quelle quelles quels quelqu qui quoi rappelle rappeler rappelles sa salut sans se sera ses si soit
  son sont souviens souvenir suis sur ta te tes toi ton tous tout toute toutes tres tu un une vers veux voici voila vos votre vous
  y`.split(/\s+/),
)

/** They are indexed like all words, so that a question of nothing else can still be answered. */
export function isStopWord(folded: string): boolean {
  return stopWords.has(folded)
}
