import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { entry, menu } from '../question.js';
import { asCard, saysWhen } from '../said.js';
import { decides, ends, known, leaves, leftEnd, performs, secretOf, tells } from '../step.js';
import type { CardChoice } from '../work.js';

/** Its check digit and the bank judge a number that ends in silence; a payment reads the card back. */
export const cardNumber = {
  for: 'secret',
  kind: 'card-number',
  min: 13,
  max: 19,
  endsInSilence: true,
  keyedInGroups: true,
} as const;

type Context = Base & {
  readonly cards: readonly CardChoice[];
  readonly card: CardChoice | undefined;
  /** Card numbers refused, and locked cards chosen. */
  readonly refusals: number;
};

/** At most this many cards are offered, and this often a caller may be refused before the dialogue gives up. */
const offered = 4;
const refusalsAllowed = 2;

const card = ({ card: chosen }: Context) => ({ card: asCard(known(chosen, 'the card')) });
const nth = (place: number) => ({
  has: ({ cards }: Context) => cards.length >= place,
  values: ({ cards }: Context) => ({ card: asCard(known(cards[place - 1], 'the card')) }),
});
const choice = (place: number) => ({
  key: String(place),
  label: says('choice.card', nth(place).values),
  guard: nth(place).has,
  keep: ({ cards }: Context) => ({ card: cards[place - 1] }),
  target: 'judging',
});
const refused = ({ refusals }: Context) => ({ refusals: refusals + 1 });

/** Which card to use. Asked only when there is a choice; a caller without a card keys its number. */
export const chooseCard = chart<Context>({
  name: 'choose-card',
  initial: 'finding',
  context: () => ({ cards: [], card: undefined, refusals: 0 }),
  states: {
    finding: performs({
      does: ['find-cards'],
      work: () => ({ do: 'find-cards' }),
      on: {
        cardsFound: [
          { guard: (_, { cards }) => cards.length === 0, target: 'askNumber' },
          {
            guard: (_, { cards }) => cards.length === 1,
            keep: (_, { cards }) => ({ cards, card: cards[0] }),
            target: 'judging',
          },
          { keep: (_, { cards }) => ({ cards: cards.slice(0, offered) }), target: 'askWhich' },
        ],
        unavailable: 'tellUnavailable',
        fault: 'tellFault',
      },
    }),
    askWhich: menu({
      lead: says('card.ask-which'),
      choices: [1, 2, 3, 4].map(choice),
    }),
    askNumber: entry({
      before: saysWhen(({ refusals }) => refusals > 0, says('card.refused')),
      ask: says('card.ask-number'),
      uninterruptible: ({ refusals, tries }) => refusals > 0 && tries.ask === 'first',
      listen: cardNumber,
      dropsTypeAhead: true,
      secret: 'checking',
    }),
    checking: performs({
      does: ['check-card-number'],
      work: (_, answer) => ({ do: 'check-card-number', number: secretOf(answer) }),
      on: {
        cardAccepted: { keep: (_, accepted) => ({ card: accepted.card }), target: 'judging' },
        cardRefused: [
          { guard: ({ refusals }) => refusals < refusalsAllowed, keep: refused, target: 'askNumber' },
          { target: 'tellRefused' },
        ],
        unavailable: 'tellUnavailable',
        fault: 'tellFault',
      },
    }),
    judging: decides([
      { guard: (context) => known(context.card, 'the card').locked === true, target: 'tellLocked' },
      { target: 'chosen' },
    ]),
    tellRefused: tells(says('card.refused'), leaves('wrong-keys'), 'notice'),
    tellLocked: tells(
      says('card.locked', card),
      [
        {
          guard: ({ cards, refusals }) =>
            cards.some(({ locked }) => locked !== true) && refusals < refusalsAllowed,
          keep: refused,
          target: 'askWhich',
        },
        { target: 'unable' },
      ],
      'notice',
    ),
    tellUnavailable: tells(says('bank.unavailable'), 'unable', 'notice'),
    tellFault: tells(says('not-possible-now'), 'unable', 'notice'),
    chosen: ends((context) => ({ type: 'cardChosen', card: known(context.card, 'the card') })),
    unable: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
