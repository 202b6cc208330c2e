import type { Money } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { asMoney, says } from '../prompt.js';
import { ends, enters, known, leavesToo, leftEnd, tells } from '../step.js';
import { findTarget } from './find-target.js';

type Input = { readonly callerPhone: string | undefined };
type Context = Base & Input & { readonly balance: Money | undefined };

/** Tells what is left on a phone: the one that calls, or for a withheld number the one that is keyed. */
export const phoneBalance = chart<Context, Input>({
  name: 'phone-balance',
  initial: 'finding',
  context: ({ callerPhone }) => ({ callerPhone, balance: undefined }),
  states: {
    finding: enters(
      findTarget.given(({ callerPhone }) => ({ purpose: 'balance', callerPhone })),
      {
        balance: { keep: (_, { balance }) => ({ balance }), target: 'tellBalance' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    tellBalance: tells(
      says('balance.phone', ({ balance }: Context) => ({ balance: asMoney(known(balance, 'the balance')) })),
      'finished',
      'notice',
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
