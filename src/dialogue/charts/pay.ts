import { type Base, chart, type End } from '../chart.js';
import type { TimeOfDay } from '../line.js';
import { says } from '../prompt.js';
import type { Purchase } from '../purchase.js';
import { menu } from '../question.js';
import { asTime } from '../said.js';
import { decides, ends, enters, known, leaves, leavesToo, leftEnd, performs } from '../step.js';
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
type Context = Base &
  Input & { readonly result: Result | undefined; readonly earlierAt: TimeOfDay | undefined };

const readBack = readsBack((context: Context) => context);
const telling = { keep: (_: Context, result: Result & End) => ({ result }), target: 'telling' };

/** Has a payment confirmed, asks for the PIN, pays, and says truthfully what came of it. */
export const pay = chart<Context, Input>({
  name: 'pay',
  initial: 'begin',
  context: ({ purchase, card, callerPhone }) => ({
    purchase,
    card,
    callerPhone,
    result: undefined,
    earlierAt: undefined,
  }),
  states: {
    begin: decides([
      { guard: ({ purchase }) => purchase.orderId !== undefined, target: 'confirmOrder' },
      { target: 'confirmPayment' },
    ]),
    confirmPayment: menu({
      heardFirst: readBack,
      reminder: says('nothing-paid-yet'),
      choices: [
        { key: '1', label: says('choice.pay'), target: 'findingEarlier' },
        { key: '2', label: says('choice.change'), target: 'change' },
      ],
      star: { label: says('choice.cancel'), ...leaves<Context>('cancelled') },
    }),
    findingEarlier: performs({
      does: ['find-earlier'],
      work: ({ purchase, card }) => ({ do: 'find-earlier', purchase, card }),
      on: {
        earlierFound: { keep: (_, { at }) => ({ earlierAt: at }), target: 'askOnceMore' },
        noEarlier: 'paying',
        // The question is a courtesy: whether anything can be paid now, paying finds out.
        unavailable: 'paying',
        fault: 'paying',
      },
    }),
    // Nothing that was keyed before it was heard may answer it, and only 1 says yes.
    askOnceMore: menu({
      heardFirst: says('pay.same-before', ({ earlierAt }) => ({
        time: asTime(known(earlierAt, 'the time')),
      })),
      choices: [{ key: '1', label: says('choice.once-more'), target: 'paying' }],
      tail: says('or-any-other-key'),
      dropsTypeAhead: true,
      otherwise: leaves('cancelled'),
    }),
    // An order is paid once: there is no second payment to ask about.
    confirmOrder: menu({
      heardFirst: readBack,
      reminder: says('nothing-paid-yet'),
      choices: [
        { key: '1', label: says('choice.pay'), target: 'paying' },
        { key: '2', label: says('choice.do-not-pay'), ...leaves<Context>('cancelled') },
      ],
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
