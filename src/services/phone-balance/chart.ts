import { type Base, chart } from '../../dialogue/chart.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { findPhone } from '../../dialogue/charts/find-phone.js';
import { asMoney } from '../../dialogue/said.js';
import { ends, enters, known, leavesToo, leftEnd, tells } from '../../dialogue/step.js';
import type { Money } from '../../money.js';
import { says } from './prompts.js';

type Context = Base & ServiceInput & { readonly balance: Money | undefined };

const findAskedPhone = findPhone({
  name: 'balance-phone',
  does: 'ask-phone-balance',
  ask: (phone) => ({ do: 'ask-phone-balance', service: 'phone-balance', phone }),
});

/** Tells what is left on a phone: the one that calls, or for a withheld number the one that is keyed. */
export const phoneBalanceChart = chart<Context, ServiceInput>({
  name: 'phone-balance',
  initial: 'finding',
  context: ({ callerPhone }) => ({ callerPhone, balance: undefined }),
  states: {
    finding: enters(
      findAskedPhone.given(({ callerPhone }) => ({ phone: callerPhone })),
      {
        phoneFound: { keep: (_, { amount }) => ({ balance: amount }), target: 'tellBalance' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    tellBalance: tells(
      says('phone-balance.told', ({ balance }: Context) => ({
        balance: asMoney(known(balance, 'the balance')),
      })),
      'finished',
      'notice',
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
