import { type Money, yuan } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { asMoney, says } from '../prompt.js';
import { entry, menu } from '../question.js';
import { ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { findTarget } from './find-target.js';
import { payOrder } from './order.js';
import { payByCard } from './pay-by-card.js';

type Input = { readonly callerPhone: string | undefined };
type Context = Base &
  Input & {
    readonly phone: string | undefined;
    readonly due: Money | undefined;
    readonly amount: Money | undefined;
    readonly card: CardChoice | undefined;
  };

const due = (context: Context) => known(context.due, 'what is due');
const dueValue = (context: Context) => ({ due: asMoney(due(context)) });
/** A part is keyed in whole yuan, so that less than one yuan is paid whole or not at all. */
const canPayPart = (context: Context) => due(context).amountMinor >= 100;

/** Pays a phone's bill, all of it or a part, or an order by its code; then it is confirmed and paid. */
export const bill = chart<Context, Input>({
  name: 'bill',
  initial: 'findingBill',
  context: ({ callerPhone }) => ({
    callerPhone,
    phone: undefined,
    due: undefined,
    amount: undefined,
    card: undefined,
  }),
  states: {
    findingBill: enters(
      findTarget.given(({ callerPhone }) => ({ purpose: 'bill', callerPhone })),
      {
        billDue: { keep: (_, found) => ({ phone: found.phone, due: found.due }), target: 'askHowMuch' },
        orderWanted: 'payingOrder',
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    askHowMuch: menu({
      ask: says('bill.ask-how-much', dueValue),
      keys: {
        '1': { keep: (context) => ({ amount: due(context) }), target: 'paying' },
        '2': { guard: canPayPart, target: 'askAmount' },
      },
    }),
    askAmount: entry({
      ask: says('bill.ask-amount', dueValue),
      listen: { for: 'digits-until-hash', max: 5, endsInSilence: true },
      digits: {
        guard: (context, { digits }) =>
          Number(digits) >= 1 && Number(digits) * 100 <= due(context).amountMinor,
        keep: (_, { digits }) => ({ amount: yuan(Number(digits)) }),
        target: 'paying',
      },
    }),
    paying: enters(
      payByCard.given(({ phone, amount, card, callerPhone }) => ({
        service: 'bill',
        phone: known(phone, 'the phone'),
        amount: known(amount, 'the amount'),
        callerPhone,
        card,
        orderId: undefined,
      })),
      {
        change: { keep: (_, { card }) => ({ card }), target: 'askHowMuch' },
        finished: 'finished',
        left: [{ guard: (_, { why }) => why === 'back', target: 'askHowMuch' }, leavesToo()],
      },
    ),
    payingOrder: enters(
      payOrder.given(({ callerPhone }) => ({ callerPhone, keysCode: true })),
      { finished: 'finished', left: leavesToo() },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
