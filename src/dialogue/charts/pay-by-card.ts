import type { Money } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice, Service } from '../work.js';
import { chooseCard } from './choose-card.js';
import { pay } from './pay.js';

type Input = {
  readonly service: Service;
  readonly phone: string;
  readonly amount: Money;
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  /** The card, when it is chosen already: whoever changes the amount has chosen it. */
  readonly card: CardChoice | undefined;
  readonly orderId: string | undefined;
};
type Context = Base & Input;

const card = (context: Context) => known(context.card, 'the card');

/** How every payment ends: a card is chosen, then it is confirmed and paid. */
export const payByCard = chart<Context, Input>({
  name: 'pay-by-card',
  initial: 'begin',
  context: ({ service, phone, amount, callerPhone, card: chosen, orderId }) => ({
    service,
    phone,
    amount,
    callerPhone,
    card: chosen,
    orderId,
  }),
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
        service: context.service,
        phone: context.phone,
        amount: context.amount,
        callerPhone: context.callerPhone,
        card: card(context),
        orderId: context.orderId,
      })),
      { change: 'change', finished: 'finished', left: leavesToo() },
    ),
    change: ends((context) => ({ type: 'change', card: card(context) })),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
