import { type Money, yuan } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { entry } from '../question.js';
import { ends, enters, known, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { findTarget } from './find-target.js';
import { payByCard } from './pay-by-card.js';

type Input = { readonly callerPhone: string | undefined };
type Context = Base &
  Input & {
    readonly phone: string | undefined;
    readonly amount: Money | undefined;
    readonly card: CardChoice | undefined;
  };

const minYuan = 1;
const maxYuan = 500;

/** Recharges a phone: which phone, how much, which card; then it is confirmed and paid. */
export const recharge = chart<Context, Input>({
  name: 'recharge',
  initial: 'findingPhone',
  context: ({ callerPhone }) => ({ callerPhone, phone: undefined, amount: undefined, card: undefined }),
  states: {
    findingPhone: enters(
      findTarget.given(({ callerPhone }) => ({ purpose: 'recharge', callerPhone })),
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
        guard: (_, { digits }) => Number(digits) >= minYuan && Number(digits) <= maxYuan,
        keep: (_, { digits }) => ({ amount: yuan(Number(digits)) }),
        target: 'paying',
      },
    }),
    paying: enters(
      payByCard.given(({ phone, amount, card, callerPhone }) => ({
        service: 'recharge',
        phone: known(phone, 'the phone'),
        amount: known(amount, 'the amount'),
        callerPhone,
        card,
        orderId: undefined,
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
