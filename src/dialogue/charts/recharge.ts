import { type Money, yuan } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { entry } from '../question.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { chooseCard } from './choose-card.js';
import { findTarget } from './find-target.js';
import { pay } from './pay.js';

type Context = Base & {
  readonly callerKnown: boolean;
  readonly phone: string | undefined;
  readonly amount: Money | undefined;
  readonly card: CardChoice | undefined;
};

const minYuan = 1;
const maxYuan = 500;

/** Recharges a phone: which phone, how much, which card; then it is confirmed and paid. */
export const recharge = chart<Context, { readonly callerKnown: boolean }>({
  name: 'recharge',
  initial: 'findingPhone',
  context: ({ callerKnown }) => ({ callerKnown, phone: undefined, amount: undefined, card: undefined }),
  states: {
    findingPhone: enters(
      findTarget.given(({ callerKnown }) => ({ purpose: 'recharge', callerKnown })),
      {
        phoneFound: { keep: (_, { phone }) => ({ phone }), target: 'askAmount' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    askAmount: entry({
      ask: says('recharge.ask-amount'),
      listen: { for: 'digits-until-hash', max: 4 },
      digits: {
        guard: (_, { digits }) => Number(digits) >= minYuan && Number(digits) <= maxYuan,
        keep: (_, { digits }) => ({ amount: yuan(Number(digits)) }),
        target: 'amountKnown',
      },
    }),
    // Whoever changes the amount has chosen the card already.
    amountKnown: decides([
      { guard: ({ card }) => card !== undefined, target: 'paying' },
      { target: 'choosingCard' },
    ]),
    choosingCard: enters(
      chooseCard.given(() => undefined),
      {
        cardChosen: { keep: (_, { card }) => ({ card }), target: 'paying' },
        finished: 'finished',
        left: [{ guard: (_, { why }) => why === 'back', target: 'askAmount' }, leavesToo()],
      },
    ),
    paying: enters(
      pay.given(({ phone, amount, card, callerKnown }) => ({
        service: 'recharge',
        phone: known(phone, 'the phone'),
        amount: known(amount, 'the amount'),
        card: known(card, 'the card'),
        callerKnown,
      })),
      { change: 'askAmount', finished: 'finished', left: leavesToo() },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
