import { chart } from '../../dialogue/chart.js';
import { type Buying, keysAmount, pays } from '../../dialogue/charts/buy.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { findPhone } from '../../dialogue/charts/find-phone.js';
import { menu } from '../../dialogue/question.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../../dialogue/step.js';
import { says } from './prompts.js';
import { sale } from './sale.js';

type Context = Buying & {
  /** Undefined: not known yet, so that it is keyed. */
  readonly phone: string | undefined;
};

const findRechargedPhone = findPhone({
  name: 'recharge-phone',
  does: 'quote',
  ask: (phone) => ({ do: 'quote', service: 'recharge', details: { phone } }),
});

/** Recharges a phone: which phone, how much, which card; then it is confirmed and paid. */
export const rechargeChart = chart<Context, ServiceInput>({
  name: 'recharge',
  initial: 'begin',
  context: ({ callerPhone }) => ({ callerPhone, phone: undefined, amount: undefined, card: undefined }),
  states: {
    begin: decides([
      { guard: ({ callerPhone }) => callerPhone === undefined, target: 'findingPhone' },
      { target: 'askWhose' },
    ]),
    askWhose: menu({
      choices: [
        {
          key: '1',
          label: says('recharge.this-phone'),
          keep: ({ callerPhone }) => ({ phone: callerPhone }),
          target: 'findingPhone',
        },
        { key: '2', label: says('recharge.another-phone'), target: 'findingPhone' },
      ],
    }),
    findingPhone: enters(
      findRechargedPhone.given(({ phone }) => ({ phone })),
      {
        phoneFound: { keep: (_, { phone }) => ({ phone }), target: 'askAmount' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    askAmount: keysAmount({ ask: says('recharge.ask-amount'), rule: sale.amount, target: 'paying' }),
    paying: pays(
      ({ phone, amount, callerPhone }) =>
        sale.purchase({
          details: { phone: known(phone, 'the phone') },
          amount: known(amount, 'the amount'),
          callerPhone,
        }),
      'askAmount',
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
