import type { DeclineReason } from '../../decline-reason.js';
import type { Money } from '../../money.js';
import { type Base, chart } from '../chart.js';
import {
  asCard,
  asMoney,
  asPhone,
  asReference,
  declinedPrompts,
  type Said,
  says,
  saysAll,
  saysOneOf,
  saysWhen,
} from '../prompt.js';
import { menu } from '../question.js';
import { ends, enters, known, leaves, leavesToo, leftEnd, tells } from '../step.js';
import type { CardChoice, Service } from '../work.js';
import { enterPin } from './enter-pin.js';

type Payment = {
  readonly service: Service;
  readonly phone: string;
  readonly amount: Money;
  readonly card: CardChoice;
  /** Whether a text message can reach the caller. */
  readonly callerKnown: boolean;
};
type Context = Base &
  Payment & { readonly reference: string | undefined; readonly reason: DeclineReason | undefined };

const amount = (context: Context) => ({ amount: asMoney(context.amount) });
const whatAndHow = (context: Context) => ({
  amount: asMoney(context.amount),
  phone: asPhone(context.phone),
  card: asCard(context.card),
});
const reference = (context: Context) => asReference(known(context.reference, 'the reference'));
const paid = (context: Context) => ({
  amount: asMoney(context.amount),
  phone: asPhone(context.phone),
  reference: reference(context),
});
const owed = (context: Context) => ({ amount: asMoney(context.amount), reference: reference(context) });
const keepReference = (_: Context, outcome: { readonly reference: string }) => ({
  reference: outcome.reference,
});

/** Has a payment confirmed, asks for the PIN, pays, and says truthfully what came of it. */
export const pay = chart<Context, Payment>({
  name: 'pay',
  initial: 'confirmPayment',
  context: ({ service, phone, amount: due, card, callerKnown }) => ({
    service,
    phone,
    amount: due,
    card,
    callerKnown,
    reference: undefined,
    reason: undefined,
  }),
  states: {
    confirmPayment: menu({
      ask: saysOneOf(
        { recharge: says('recharge.confirm', whatAndHow), bill: says('bill.confirm', whatAndHow) },
        ({ service }: Context) => service,
      ),
      uninterruptible: () => true,
      dropsTypeAhead: true,
      keys: { '1': { target: 'paying' }, '2': { target: 'change' } },
      star: leaves('cancelled'),
    }),
    paying: enters(
      enterPin.given(({ card, service, phone, amount: due }) => ({
        card,
        work: { do: 'pay', service, phone, amount: due },
      })),
      {
        paid: { keep: keepReference, target: 'tellPaid' },
        declined: { keep: (_, { reason }) => ({ reason }), target: 'tellDeclined' },
        pinLocked: 'tellLocked',
        returning: { keep: keepReference, target: 'tellReturning' },
        unresolved: { keep: keepReference, target: 'tellUnresolved' },
        unavailable: 'tellUnavailable',
        fault: 'tellNotKnown',
        left: leavesToo(),
      },
    ),
    tellPaid: tells(
      saysAll(
        saysOneOf(
          { recharge: says('recharge.paid', paid), bill: says('bill.paid', paid) },
          ({ service }: Context) => service,
        ),
        tellsByText(says('next.keep-reference')),
      ),
      'told',
      'result',
    ),
    tellDeclined: tells(
      saysAll(
        says('payment.declined', amount),
        saysOneOf(declinedPrompts, ({ reason }: Context) => known(reason, 'the reason')),
      ),
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
      saysAll(says('payment.returning', owed), tellsByText(says('next.keep-reference'))),
      'told',
      'result',
    ),
    tellUnresolved: tells(
      saysAll(says('payment.unresolved', owed), tellsByText(says('next.ask-agent'))),
      'told',
      'result',
    ),
    tellUnavailable: tells(says('payment.unavailable', amount), 'told', 'result'),
    // A fault after the PIN was keyed: money may have moved, so that nobody may call it failed.
    tellNotKnown: tells(
      saysAll(says('payment.unresolved-without-reference', amount), tellsByText(says('next.ask-agent'))),
      'told',
      'result',
    ),
    change: ends({ type: 'change' }),
    told: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});

/** What comes next: a text message, or something else for a caller whose number is withheld. */
function tellsByText(otherwise: Said<Context>) {
  return saysAll<Context>(
    saysWhen(({ callerKnown }) => callerKnown, says('next.text-message')),
    saysWhen(({ callerKnown }) => !callerKnown, otherwise),
  );
}
