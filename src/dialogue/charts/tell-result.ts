import { type Base, chart, type End } from '../chart.js';
import { declinedPrompts, says } from '../prompt.js';
import type { Purchase } from '../purchase.js';
import { asCard, asMoney, asReference, type Said, saysAll, saysGiven, saysOneOf, saysWhen } from '../said.js';
import { decides, ends, known, leftEnd, performs, tells } from '../step.js';
import type { CardChoice, OrderClosed } from '../work.js';
import { saysWhyClosed } from './purchase-words.js';

/** What a payment, once its PIN is keyed, can come to. */
type Result = Extract<
  End,
  {
    type:
      | 'paid'
      | 'declined'
      | 'pinLocked'
      | 'returning'
      | 'unresolved'
      | 'unavailable'
      | 'orderClosed'
      | 'fault';
  }
>;
type Input = {
  readonly purchase: Purchase;
  readonly card: CardChoice;
  /** Undefined: withheld, so that no text message can reach the caller. */
  readonly callerPhone: string | undefined;
  readonly result: Result;
};
type Context = Base & Input;

const amount = ({ purchase }: Context) => ({ amount: asMoney(purchase.amount) });
const referenceOf = ({ result }: Context) =>
  known('reference' in result ? result.reference : undefined, 'the reference');
const reasonOf = ({ result }: Context) => known('reason' in result ? result.reason : undefined, 'the reason');
const whyOf = ({ result }: Context): OrderClosed =>
  known('why' in result ? result.why : undefined, 'why the order is closed');
const reference = says('reference', (context: Context) => ({
  reference: asReference(referenceOf(context)),
}));

const on = (type: Result['type'], target: string) => ({
  guard: ({ result }: Context) => result.type === type,
  target,
});

/**
 * Says truthfully what came of a payment. That it is paid is written down as heard once it was heard to its
 * end: whoever hangs up before is told at their next call.
 */
export const tellResult = chart<Context, Input>({
  name: 'tell-result',
  initial: 'begin',
  context: ({ purchase, card, callerPhone, result }) => ({ purchase, card, callerPhone, result }),
  states: {
    begin: decides([
      on('paid', 'tellPaid'),
      on('declined', 'tellDeclined'),
      on('pinLocked', 'tellLocked'),
      on('returning', 'tellReturning'),
      on('unresolved', 'tellUnresolved'),
      on('unavailable', 'tellUnavailable'),
      on('orderClosed', 'tellOrderClosed'),
      { target: 'tellNotKnown' },
    ]),
    tellPaid: tells(
      saysAll(
        saysGiven(({ purchase }: Context) => purchase.words.paid),
        reference,
        tellsByText(says('next.keep-reference')),
      ),
      'noting',
      'result',
    ),
    noting: performs({
      does: ['news-heard'],
      work: (context) => ({ do: 'news-heard', references: [referenceOf(context)] }),
      on: { done: 'told', unavailable: 'told', fault: 'told' },
    }),
    tellDeclined: tells(
      saysAll(says('payment.declined', amount), saysOneOf(declinedPrompts, reasonOf)),
      'told',
      'result',
    ),
    tellLocked: tells(
      saysAll(
        says('payment.declined', amount),
        says('card.just-locked', ({ card }) => ({ card: asCard(card) })),
      ),
      'told',
      'result',
    ),
    tellReturning: tells(
      saysAll(says('payment.returning', amount), reference, tellsByText(says('next.keep-reference'))),
      'told',
      'result',
    ),
    tellUnresolved: tells(
      saysAll(says('payment.unresolved', amount), reference, tellsByText(says('next.ask-agent'))),
      'told',
      'result',
    ),
    tellUnavailable: tells(says('payment.unavailable', amount), 'told', 'result'),
    tellOrderClosed: tells(saysAll(saysWhyClosed(whyOf), says('order.nothing-taken')), 'told', 'result'),
    // A fault after the PIN was keyed: money may have moved, so that nobody may call it failed.
    tellNotKnown: tells(
      saysAll(says('payment.unresolved', amount), tellsByText(says('next.ask-agent'))),
      'told',
      'result',
    ),
    told: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});

/** What comes next: a text message, or something else for a caller whose number is withheld. */
function tellsByText(otherwise: Said<Context>) {
  return saysAll<Context>(
    saysWhen(({ callerPhone }) => callerPhone !== undefined, says('next.text-message')),
    saysWhen(({ callerPhone }) => callerPhone === undefined, otherwise),
  );
}
