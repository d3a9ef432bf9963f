/** Made-up small talk: it shares words with everything else, and answers no question. */

/** Messages alternate: the user's first, then the answer, and so on. */
export interface ArchivedConversation {
  readonly key: string
  readonly title: string
  readonly messages: readonly string[]
}

interface Talk {
  readonly titles: readonly string[]
  readonly openings: readonly string[]
  readonly subjects: readonly string[]
  readonly turns: readonly string[]
  readonly answers: readonly string[]
}

const english: Talk = {
  titles: ['Notes', 'Quick question', 'Planning', 'Ideas for the week', 'Follow-up', 'A summary', 'Help with an email', 'Checking something'],
  openings: ['Can you summarise', 'Please rewrite', 'Help me plan', 'What do you think of', 'I am worried about', 'Explain to me', 'Give me ideas for', 'Let us talk about'],
  subjects: [
    'the report on heating prices', 'our meeting with the bank', 'a letter to the insurance', 'the garden of my neighbours', 'the next release', 'a dinner for friends',
    'the school play', 'the train to Berlin', 'a painting in the museum', 'the second draft', 'the lease of the office', 'a walk along the coast', 'the wedding list',
    'our database backups', 'memory limits of the worker', 'the designers we met', 'a trip in summer', 'my running shoes', 'the quarterly numbers', 'bread for the weekend',
    'the cat and the new sofa', 'a password policy', 'the contract renewal', 'the doctor’s advice', 'a roof for the shed', 'chess on Sunday evenings', 'our provider’s invoice',
    'the teacher’s remarks', 'a present for my sister', 'the water bill', 'tax forms', 'the guitar in the attic', 'a bicycle tour', 'the company name on the door',
  ],
  turns: ['before Thursday', 'in three sentences', 'without jargon', 'as if for a child', 'with dates', 'for the whole team', 'and keep it friendly', 'since it matters to me', 'because nobody else knows', 'in a table'],
  answers: ['Here is a first version; tell me what to change.', 'It depends on how much time you have.', 'I would begin with the numbers and end with a question.', 'Three points matter most, and the first is clarity.', 'That sounds reasonable. Keep a copy.', 'Ask them once more in writing.'],
}

const french: Talk = {
  titles: ['Notes', 'Petite question', 'Organisation', 'Idées pour la semaine', 'Suite', 'Un résumé', 'Relire un courriel', 'À vérifier'],
  openings: ['Peux-tu résumer', 'Réécris', 'Aide-moi à préparer', 'Que penses-tu de', 'Je m’inquiète pour', 'Explique-moi', 'Donne-moi des idées pour', 'Parlons de'],
  subjects: [
    'la réunion de jeudi', 'la lettre à la mairie', 'l’entretien annuel', 'le jardin des voisins', 'la prochaine version', 'un dîner entre amis', 'la fête de l’école',
    'le train de Lyon', 'un tableau du musée', 'le deuxième chapitre', 'le loyer du bureau', 'une promenade en forêt', 'la liste du mariage', 'les sauvegardes du serveur',
    'la mémoire de l’ordinateur', 'un voyage en été', 'mes chaussures de marche', 'les chiffres du trimestre', 'le pain du dimanche', 'le chat et le nouveau canapé',
    'un mot de passe', 'le renouvellement du contrat', 'l’avis du médecin', 'le toit de la grange', 'une partie d’échecs', 'la facture d’électricité', 'les remarques du professeur',
    'un cadeau pour ma sœur', 'l’eau de la maison', 'les impôts locaux', 'le piano du salon', 'une balade à vélo', 'le nom de l’association', 'la cuisson des légumes',
  ],
  turns: ['avant jeudi', 'en trois phrases', 'sans jargon', 'comme pour un enfant', 'avec des dates', 'pour toute l’équipe', 'en restant aimable', 'car cela compte pour moi', 'parce que personne ne le sait', 'dans un tableau'],
  answers: ['Voici une première version, dites-moi ce qu’il faut changer.', 'Cela dépend du temps dont vous disposez.', 'Je commencerais par les chiffres et je finirais par une question.', 'Trois points comptent, et le premier est la clarté.', 'Cela semble raisonnable. Gardez une copie.', 'Redemandez-le par écrit.'],
}

/** `count` conversations of two exchanges, in both languages by turns. */
export function everydayConversations(count: number): readonly ArchivedConversation[] {
  const pick = picker(20_261_120)
  return Array.from({ length: count }, (_, n) => {
    const talk = n % 2 === 0 ? english : french
    const question = () => `${pick(talk.openings)} ${pick(talk.subjects)} ${pick(talk.turns)}.`
    return { key: `everyday-${n}`, title: pick(talk.titles), messages: [question(), pick(talk.answers), question(), pick(talk.answers)] }
  })
}

/** Chance with a seed: the linear congruential generator of Numerical Recipes. */
function picker(seed: number): <T>(from: readonly T[]) => T {
  let state = seed
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return from[Math.floor((state / 2 ** 32) * from.length)]!
  }
}
