import type { Money } from '../../money.js';
import { type Base, chart, type End } from '../chart.js';
import { says } from '../prompt.js';
import { menu } from '../question.js';
import { decides, ends, enters, known, leaves, leavesToo, leftEnd } from '../step.js';
import type { CardChoice, Service } from '../work.js';
import { enterPin } from './enter-pin.js';
import { readsBack } from './order-prompts.js';
import { tellResult } from './tell-result.js';

type Input = {
  readonly service: Service;
  readonly phone: string;
  readonly amount: Money;
  readonly card: CardChoice;
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  /** The order that is paid: nothing of it can be changed. */
  readonly orderId: string | undefined;
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
  context: ({ service, phone, amount, card, callerPhone, orderId }) => ({
    service,
    phone,
    amount,
    card,
    callerPhone,
    orderId,
    result: undefined,
  }),
  states: {
    begin: decides([
      { guard: ({ orderId }) => orderId !== undefined, target: 'confirmOrder' },
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
      enterPin.given(({ card, service, phone, amount, orderId }) => ({
        card,
        work: { do: 'pay', service, phone, amount, orderId },
      })),
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
      tellResult.given(({ service, amount, card, callerPhone, result }) => ({
        service,
        amount,
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
