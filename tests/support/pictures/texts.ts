/** What is said in the pictures. Invented, and long enough to show what a page looks like that is used. */

export const bread = `Bread falls in the oven when its crumb cannot hold what the gas has built. Three causes explain most of it:

1. **It proved too long**, and a finger's dent no longer springs back.
2. **The oven was not hot enough**, so the crust set late.
3. **Too much water** for the flour at hand.

| dent springs back | meaning | do |
| --- | --- | --- |
| at once | too early | wait 15 minutes |
| slowly, half | ready | bake now |
| not at all | too late | fold, shape, prove again |

To bake at 65 % hydration with 500 g of flour:

\`\`\`python
def dough(flour: float, hydration: float = 0.65) -> dict:
    """Weights in grams; salt is 2 % of the flour."""
    return {"water": flour * hydration, "salt": flour * 0.02}

print(dough(500))  # 325 g of water, 10 g of salt
\`\`\``

export const rule72 = `La règle des 72 dit en combien d’années un capital double\u202f: divisez 72 par le taux annuel, exprimé en pour cent. À 6\u202f%, comptez $72/6 = 12$ ans. C’est une approximation, mais elle se calcule de tête.

### D’où elle vient

Un capital placé au taux $r$ double au bout de $t$ années quand $(1+r)^t = 2$, donc

$$t = \\frac{\\ln 2}{\\ln(1+r)} \\approx \\frac{0{,}693}{r}$$

On retient 72 plutôt que 69,3\u202f: l’écart corrige la courbure aux taux courants, et 72 se divise par 2, 3, 4, 6, 8, 9 et 12.

| Taux annuel | Calcul exact | Règle des 72 | Écart |
| --- | ---: | ---: | ---: |
| 1,5 % | 46,6 ans | 48,0 ans | + 1,4 |
| 4 % | 17,7 ans | 18,0 ans | + 0,3 |
| 8 % | 9,0 ans | 9,0 ans | 0,0 |
| 12 % | 6,1 ans | 6,0 ans | − 0,1 |

> Le temps travaille pour celui qui n’y touche pas.

- Pour un livret à 1,5\u202f%, ce n’est donc pas votre horizon\u202f;
- pour un placement à terme, comparez d’abord les frais, puis [le taux net](https://example.org/taux)\u202f;
  - avant impôt,
  - après impôt.

---

Voulez-vous que je compare avec un placement à terme\u202f?`

export const flow = `A turn is written before it is shown. In short:

\`\`\`mermaid
flowchart LR
  ask[Question] --> open[Open] --> stream[Stream] --> settle[Settle]
  stream --> stop{Stop?}
  stop -->|yes| settle
\`\`\`

The same as code, in a line that is longer than the column so that it has to scroll sideways:

\`\`\`ts
export const settled = await store.settleTurn({ turn_id, fence, outcome: 'completed', receipt: closeReceipt(draft, usage, attempts, clock.now()) })
\`\`\``

export const train = {
  en: 'Count on two full days. There is no direct line: the way goes by Barcelona and Madrid, and reaches Porto by Vigo. The simplest stop is Madrid, where one arrives in the late afternoon, in time for the night train to Lisbon, and from there it is three hours to Porto in the morning.',
  fr: 'Comptez deux jours pleins. Il n’y a pas de liaison directe\u202f: le trajet passe par Barcelone et Madrid, puis gagne Porto par Vigo. L’étape la plus simple reste Madrid, où l’on arrive en fin d’après-midi, à temps pour le train de nuit vers Lisbonne, et de là il faut trois heures jusqu’à Porto au matin.',
}

export const questions = {
  train: { en: 'How long is it from Lyon to Porto without flying?', fr: 'Combien de temps de Lyon à Porto sans avion\u202f?' },
  bread: { en: 'Why does my bread collapse in the oven?', fr: 'Pourquoi mon pain retombe-t-il dans le four\u202f?' },
  rule: { en: 'Explain the rule of 72, with a table.', fr: 'Explique-moi la règle des 72, avec un tableau.' },
  flow: { en: 'Show me how a turn runs.', fr: 'Montre-moi comment se déroule un tour.' },
  edited: { en: 'How long is it from Lyon to Lisbon without flying?', fr: 'Combien de temps de Lyon à Lisbonne sans avion\u202f?' },
  queued: {
    en: ['And with a stop of one night in Barcelona?', 'Which of these trains take bicycles?'],
    fr: ['Et avec une nuit d’étape à Barcelone\u202f?', 'Lesquels de ces trains prennent les vélos\u202f?'],
  },
}

/** Conversations of the past days: days ago, and the question, whose beginning is the title. */
export const past: readonly (readonly [daysAgo: number, question: string, answer: string])[] = [
  [23, 'Invoices of the roof, sorted by date', 'Four invoices, the oldest of March.'],
  [19, 'Words for “quiet” in Portuguese', '*Sossegado* is the calm of a place, *calado* of a person.'],
  [16, 'Plan d’un potager en carrés', 'Quatre carrés suffisent pour commencer.'],
  [12, 'How do I sharpen a plane iron?', 'Flatten the back first.'],
  [6, 'A budget that bends', 'Fix the rent, let the rest breathe.'],
  [6, 'Résumé du chapitre 4', 'Le narrateur quitte Lyon par le train de nuit.'],
  [5, 'Names for the boat', 'Three to try: *Petrel*, *Second Wind*, *Halcyon*.'],
  [4, 'Which knots hold in wet rope?', 'The bowline, and the anchor bend.'],
  [3, 'Le syndic et la toiture', 'La toiture est une partie commune.'],
  [1, 'Why bread collapses in the oven', 'It proved too long, or the oven was cold.'],
  [1, 'Traduire un contrat de location de matériel agricole', 'Voici les trois clauses qui posent problème.'],
  [1, 'Trip by train, Lyon to Porto', 'By Barcelona and Madrid; the night train no longer runs.'],
  [1, 'Is a heat pump worth it at 600 m?', 'Down to −7 °C, yes.'],
  [0, 'Reading list on group commit', 'Begin with the paper by DeWitt and others, 1984.'],
  [0, 'Lettre au syndic, deuxième version', 'Madame, Monsieur, par la présente…'],
  [0, 'Garden plan, north side', 'Ferns, hostas, and a path of bark.'],
  [0, 'SQL: the newest row of each group', 'A window function, or a lateral join.'],
]

/** Of these, the answers that nobody has looked at. */
export const notRead: ReadonlySet<string> = new Set(['Trip by train, Lyon to Porto', 'Garden plan, north side'])
