import { chart } from '../../dialogue/chart.js';
import { type Buying, keysAmount, pays } from '../../dialogue/charts/buy.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { findPhone } from '../../dialogue/charts/find-phone.js';
import { payOrder } from '../../dialogue/charts/order.js';
import { says as coreSays } from '../../dialogue/prompt.js';
import { menu } from '../../dialogue/question.js';
import { asMoney, asPhone } from '../../dialogue/said.js';
import { decides, ends, enters, known, leavesToo, leftEnd, tells } from '../../dialogue/step.js';
import type { Money } from '../../money.js';
import { says } from './prompts.js';
import { sale } from './sale.js';

type Context = Buying & {
  /** Undefined: not known yet, so that it is keyed. */
  readonly phone: string | undefined;
  readonly due: Money | undefined;
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
    askAmount: keysAmount({
      ask: says('bill.ask-amount', dueValue),
      rule: sale.amount,
      due,
      target: 'paying',
    }),
    paying: pays(
      ({ phone, amount, callerPhone }) =>
        sale.purchase({
          details: { phone: known(phone, 'the phone') },
          amount: known(amount, 'the amount'),
          callerPhone,
        }),
      'askHowMuch',
    ),
    payingOrder: enters(
      payOrder.given(({ callerPhone }) => ({ callerPhone, keysCode: true })),
      { finished: 'finished', left: leavesToo() },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
