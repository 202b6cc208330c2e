import { amountFault } from '../../amount-rule.js';
import { type Base, chart } from '../../dialogue/chart.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { findPhone } from '../../dialogue/charts/find-phone.js';
import { payByCard } from '../../dialogue/charts/pay-by-card.js';
import { entry, menu } from '../../dialogue/question.js';
import { decides, ends, enters, known, leavesToo, leftEnd } from '../../dialogue/step.js';
import type { CardChoice } from '../../dialogue/work.js';
import { type Money, yuan } from '../../money.js';
import { says } from './prompts.js';
import { sale } from './sale.js';

type Context = Base &
  ServiceInput & {
    /** Undefined: not known yet, so that it is keyed. */
    readonly phone: string | undefined;
    readonly amount: Money | undefined;
    readonly card: CardChoice | undefined;
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
    askAmount: entry({
      ask: says('recharge.ask-amount'),
      listen: { for: 'digits-until-hash', max: 4, endsInSilence: true },
      digits: {
        guard: (_, { digits }) => amountFault(sale.amount, yuan(Number(digits)).amountMinor) === undefined,
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
        change: { keep: (_, { card }) => ({ card }), target: 'askAmount' },
        finished: 'finished',
        left: [{ guard: (_, { why }) => why === 'back', target: 'askAmount' }, leavesToo()],
      },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
