import { amountFault } from '../../amount-rule.js';
import { type Base, chart } from '../../dialogue/chart.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { findPhone } from '../../dialogue/charts/find-phone.js';
import { payOrder } from '../../dialogue/charts/order.js';
import { payByCard } from '../../dialogue/charts/pay-by-card.js';
import { says as coreSays } from '../../dialogue/prompt.js';
import { entry, menu } from '../../dialogue/question.js';
import { asMoney, asPhone } from '../../dialogue/said.js';
import { decides, ends, enters, known, leavesToo, leftEnd, tells } from '../../dialogue/step.js';
import type { CardChoice } from '../../dialogue/work.js';
import { type Money, yuan } from '../../money.js';
import { says } from './prompts.js';
import { sale } from './sale.js';

type Context = Base &
  ServiceInput & {
    /** Undefined: not known yet, so that it is keyed. */
    readonly phone: string | undefined;
    readonly due: Money | undefined;
    readonly amount: Money | undefined;
    readonly card: CardChoice | undefined;
  };

const findBilledPhone = findPhone({
  name: 'bill-phone',
  does: 'quote',
  ask: (phone) => ({ do: 'quote', service: 'bill', details: { phone } }),
});

const due = (context: Context) => known(context.due, 'what is due');
const dueValue = (context: Context) => ({ due: asMoney(due(context)) });
/** A part is keyed in whole yuan, so that less than one yuan is paid whole or not at all. */
const canPayPart = (context: Context) => due(context).amountMinor >= 100;

/** Pays a phone's bill, all of it or a part, or an order by its code; then it is confirmed and paid. */
export const billChart = chart<Context, ServiceInput>({
  name: 'bill',
  initial: 'begin',
  context: ({ callerPhone }) => ({
    callerPhone,
    phone: undefined,
    due: undefined,
    amount: undefined,
    card: undefined,
  }),
  states: {
    begin: decides([
      { guard: ({ callerPhone }) => callerPhone === undefined, target: 'askWhich' },
      { target: 'askWhose' },
    ]),
    askWhose: menu({
      choices: [
        {
          key: '1',
          label: says('bill.this-phone'),
          keep: ({ callerPhone }) => ({ phone: callerPhone }),
          target: 'findingBill',
        },
        { key: '2', label: says('bill.another-phone'), target: 'findingBill' },
        { key: '3', label: says('bill.order'), target: 'payingOrder' },
      ],
    }),
    askWhich: menu({
      choices: [
        { key: '1', label: says('bill.of-a-phone'), target: 'findingBill' },
        { key: '2', label: says('bill.order'), target: 'payingOrder' },
      ],
    }),
    findingBill: enters(
      findBilledPhone.given(({ phone }) => ({ phone })),
      {
        phoneFound: [
          {
            guard: (_, { nothingDue }) => nothingDue,
            keep: (_, { phone }) => ({ phone }),
            target: 'tellNothingDue',
          },
          {
            guard: (_, { amount }) => amount !== undefined,
            keep: (_, { phone, amount }) => ({ phone, due: amount }),
            target: 'askHowMuch',
          },
          { target: 'tellUnavailable' },
        ],
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    tellUnavailable: tells(coreSays('carrier.unavailable'), 'finished', 'notice'),
    tellNothingDue: tells(
      says('bill.nothing-due', ({ phone, callerPhone }: Context) => ({
        phone: asPhone(known(phone, 'the phone'), callerPhone),
      })),
      'finished',
      'notice',
    ),
    askHowMuch: menu({
      lead: says('bill.due', dueValue),
      choices: [
        {
          key: '1',
          label: says('bill.all-of-it'),
          keep: (context) => ({ amount: due(context) }),
          target: 'paying',
        },
        { key: '2', label: says('bill.part-of-it'), guard: canPayPart, target: 'askAmount' },
      ],
    }),
    askAmount: entry({
      ask: says('bill.ask-amount', dueValue),
      listen: { for: 'digits-until-hash', max: 5, endsInSilence: true },
      digits: {
        guard: (context, { digits }) =>
          amountFault(sale.amount, yuan(Number(digits)).amountMinor, due(context).amountMinor) === undefined,
        keep: (_, { digits }) => ({ amount: yuan(Number(digits)) }),
        target: 'paying',
      },
    }),
    paying: enters(
      payByCard.given(({ phone, amount, card, callerPhone }) => ({
        purchase: sale.purchase({
          details: { phone: known(phone, 'the phone') },
          amount: known(amount, 'the amount'),
          callerPhone,
        }),
        callerPhone,
        card,
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
