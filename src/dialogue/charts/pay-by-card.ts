import { type Base, chart } from '../chart.js';
import type { Purchase } from '../purchase.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { chooseCard } from './choose-card.js';
import { pay } from './pay.js';

type Input = {
  readonly purchase: Purchase;
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  /** The card, when it is chosen already: whoever changes the amount has chosen it. */
  readonly card: CardChoice | undefined;
};
type Context = Base & Input;

const card = (context: Context) => known(context.card, 'the card');

/** How every payment ends: a card is chosen, then it is confirmed and paid. */
export const payByCard = chart<Context, Input>({
  name: 'pay-by-card',
  initial: 'begin',
  context: ({ purchase, callerPhone, card: chosen }) => ({ purchase, callerPhone, card: chosen }),
  states: {
    begin: decides([
      { guard: (context) => context.card !== undefined, target: 'paying' },
      { target: 'choosingCard' },
    ]),
    choosingCard: enters(
      chooseCard.given(() => undefined),
      {
        cardChosen: { keep: (_, chosen) => ({ card: chosen.card }), target: 'paying' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    paying: enters(
      pay.given((context) => ({
        purchase: context.purchase,
        callerPhone: context.callerPhone,
        card: card(context),
      })),
      { change: 'change', finished: 'finished', left: leavesToo() },
    ),
    change: ends((context) => ({ type: 'change', card: card(context) })),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
