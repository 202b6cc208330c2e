import { type Base, chart, type End } from '../chart.js';
import { says } from '../prompt.js';
import type { Purchase } from '../purchase.js';
import { menu } from '../question.js';
import { decides, ends, enters, known, leaves, leavesToo, leftEnd } from '../step.js';
import type { CardChoice } from '../work.js';
import { enterPin } from './enter-pin.js';
import { readsBack } from './purchase-words.js';
import { tellResult } from './tell-result.js';

type Input = {
  readonly purchase: Purchase;
  readonly card: CardChoice;
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
};
/** What `tellResult` can tell. */
type Result = Parameters<typeof tellResult.begin>[1]['result'];
type Context = Base & Input & { readonly result: Result | undefined };

const readBack = readsBack((context: Context) => context);
const telling = { keep: (_: Context, result: Result & End) => ({ result }), target: 'telling' };

/** Has a payment confirmed, asks for the PIN, pays, and says truthfully what came of it. */
export const pay = chart<Context, Input>({
  name: 'pay',
  initial: 'begin',
  context: ({ purchase, card, callerPhone }) => ({ purchase, card, callerPhone, result: undefined }),
  states: {
    begin: decides([
      { guard: ({ purchase }) => purchase.orderId !== undefined, target: 'confirmOrder' },
      { target: 'confirmPayment' },
    ]),
    confirmPayment: menu({
      heardFirst: readBack,
      ask: says('pay.confirm'),
      keys: { '1': { target: 'paying' }, '2': { target: 'change' } },
      star: leaves('cancelled'),
    }),
    confirmOrder: menu({
      heardFirst: readBack,
      ask: says('order.confirm'),
      keys: { '1': { target: 'paying' }, '2': leaves('cancelled') },
      star: leaves('cancelled'),
    }),
    paying: enters(
      enterPin.given(({ card, purchase }) => ({ card, work: { do: 'pay', purchase } })),
      {
        paid: telling,
        declined: telling,
        pinLocked: telling,
        returning: telling,
        unresolved: telling,
        unavailable: telling,
        orderClosed: telling,
        fault: telling,
        left: leavesToo(),
      },
    ),
    telling: enters(
      tellResult.given(({ purchase, card, callerPhone, result }) => ({
        purchase,
        card,
        callerPhone,
        result: known(result, 'the result'),
      })),
      { finished: 'told', left: leavesToo() },
    ),
    change: ends(({ card }) => ({ type: 'change', card })),
    told: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
