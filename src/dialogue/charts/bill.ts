import { type Money, yuan } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { asMoney, says } from '../prompt.js';
import { entry, menu } from '../question.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { chooseCard } from './choose-card.js';
import { findTarget } from './find-target.js';
import { pay } from './pay.js';

type Context = Base & {
  readonly callerKnown: boolean;
  readonly phone: string | undefined;
  readonly due: Money | undefined;
  readonly amount: Money | undefined;
  readonly card: CardChoice | undefined;
};

const due = (context: Context) => known(context.due, 'what is due');
const dueValue = (context: Context) => ({ due: asMoney(due(context)) });
/** A part is keyed in whole yuan, so that less than one yuan is paid whole or not at all. */
const canPayPart = (context: Context) => due(context).amountMinor >= 100;

/** Pays a phone's bill, all of it or a part; then it is confirmed and paid. */
export const bill = chart<Context, { readonly callerKnown: boolean }>({
  name: 'bill',
  initial: 'findingBill',
  context: ({ callerKnown }) => ({
    callerKnown,
    phone: undefined,
    due: undefined,
    amount: undefined,
    card: undefined,
  }),
  states: {
    findingBill: enters(
      findTarget.given(({ callerKnown }) => ({ purpose: 'bill', callerKnown })),
      {
        billDue: { keep: (_, found) => ({ phone: found.phone, due: found.due }), target: 'askHowMuch' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    askHowMuch: menu({
      ask: says('bill.ask-how-much', dueValue),
      keys: {
        '1': { keep: (context) => ({ amount: due(context) }), target: 'amountKnown' },
        '2': { guard: canPayPart, target: 'askAmount' },
      },
    }),
    askAmount: entry({
      ask: says('bill.ask-amount', dueValue),
      listen: { for: 'digits-until-hash', max: 5 },
      digits: {
        guard: (context, { digits }) =>
          Number(digits) >= 1 && Number(digits) * 100 <= due(context).amountMinor,
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
        left: [{ guard: (_, { why }) => why === 'back', target: 'askHowMuch' }, leavesToo()],
      },
    ),
    paying: enters(
      pay.given(({ phone, amount, card, callerKnown }) => ({
        service: 'bill',
        phone: known(phone, 'the phone'),
        amount: known(amount, 'the amount'),
        card: known(card, 'the card'),
        callerKnown,
      })),
      { change: 'askHowMuch', finished: 'finished', left: leavesToo() },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
