import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { entry } from '../question.js';
import { saysWhen } from '../said.js';
import { decides, ends, enters, known, leaves, leavesToo, leftEnd, performs, tells } from '../step.js';
import type { OrderClosed, OrderToPay } from '../work.js';
import { payByCard } from './pay-by-card.js';
import { announcesOrder, saysWhyClosed } from './purchase-words.js';

type Input = {
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  /** True: the caller keys the order's code. False: the order came with the call. */
  readonly keysCode: boolean;
  /** The code, when the caller has dialled it already. */
  readonly code?: string | undefined;
};
type Context = Base &
  Input & {
    readonly code: string | undefined;
    readonly refusals: number;
    readonly order: OrderToPay | undefined;
    readonly why: OrderClosed | undefined;
  };

/** So often a caller may key another code; the next one that is not known ends it. */
const refusalsAllowed = 2;
const order = (context: Context) => known(context.order, 'the order');

/** Pays what somebody has prepared: says what it is, or why it cannot be paid; then card, key and PIN. */
export const payOrder = chart<Context, Input>({
  name: 'order',
  initial: 'begin',
  context: ({ callerPhone, keysCode, code }) => ({
    callerPhone,
    keysCode,
    code,
    refusals: 0,
    order: undefined,
    why: undefined,
  }),
  states: {
    begin: decides([
      { guard: ({ keysCode, code }) => keysCode && code === undefined, target: 'askCode' },
      { target: 'finding' },
    ]),
    askCode: entry({
      before: saysWhen(({ refusals }) => refusals > 0, says('order.no-such-code')),
      ask: says('order.ask-code'),
      uninterruptible: ({ refusals, tries }) => refusals > 0 && tries.ask === 'first',
      listen: { for: 'digits', length: 6 },
      digits: { keep: (_, { digits }) => ({ code: digits }), target: 'finding' },
    }),
    finding: performs({
      does: ['find-order'],
      work: ({ code }) => ({ do: 'find-order', code }),
      on: {
        orderFound: { keep: (_, found) => ({ order: found.order }), target: 'tellOrder' },
        orderClosed: [
          { guard: ({ keysCode }, { why }) => keysCode && why === 'unknown', target: 'judging' },
          { keep: (_, { why }) => ({ why }), target: 'tellClosed' },
        ],
        unavailable: 'tellUnable',
        fault: 'tellUnable',
      },
    }),
    judging: decides([
      {
        guard: ({ refusals }) => refusals < refusalsAllowed,
        keep: ({ refusals }) => ({ refusals: refusals + 1 }),
        target: 'askCode',
      },
      { target: 'tellUnknown' },
    ]),
    tellUnknown: tells(says('order.no-such-code'), leaves('wrong-keys'), 'notice'),
    tellClosed: tells(
      saysWhyClosed(({ why }: Context) => known(why, 'why the order is closed')),
      'finished',
      'notice',
    ),
    tellUnable: tells(says('not-possible-now'), 'finished', 'notice'),
    tellOrder: tells(announcesOrder(order), 'paying', 'remark'),
    paying: enters(
      payByCard.given((context) => ({
        purchase: order(context),
        callerPhone: context.callerPhone,
        card: undefined,
      })),
      { finished: 'finished', left: leavesToo() },
    ),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
