/** The states that every service which sells has: how much, and then the payment. */
import { type AmountRule, amountFault } from '../../amount-rule.js';
import { type Money, yuan } from '../../money.js';
import type { Base, State } from '../chart.js';
import type { Purchase } from '../purchase.js';
import { entry } from '../question.js';
import type { Said } from '../said.js';
import { enters, leavesToo } from '../step.js';
import type { CardChoice } from '../work.js';
import { payByCard } from './pay-by-card.js';

/** What the chart of a service that sells knows. */
export type Buying = Base & {
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  /** Undefined: not known yet. */
  readonly amount: Money | undefined;
  /** The card, once it is chosen: whoever changes something keeps it. */
  readonly card: CardChoice | undefined;
};

type KeysAmount<C> = {
  readonly ask: Said<C>;
  readonly rule: AmountRule;
  /** What is due, where that is known. */
  readonly due?: ((context: C) => Money) | undefined;
  readonly target: string;
};

/** Asks for an amount in whole yuan that the rule allows. */
export function keysAmount<C extends Buying>({ ask, rule, due, target }: KeysAmount<C>): State<C> {
  const amountOf = (digits: string): Partial<Buying> => ({ amount: yuan(Number(digits)) });
  return entry<C>({
    ask,
    listen: { for: 'digits-until-hash', max: digitsOf(rule), endsInSilence: true },
    digits: {
      guard: (context, { digits }) =>
        amountFault(rule, yuan(Number(digits)).amountMinor, due?.(context).amountMinor) === undefined,
      keep: (_, { digits }) => amountOf(digits) as Partial<C>,
      target,
    },
  });
}

/** As many digits as the greatest amount has, and one more for whoever begins with a zero. */
function digitsOf({ greatestMinor }: AmountRule): number {
  return String(Math.trunc(greatestMinor / 100)).length + 1;
}

/** Pays by card. Who wants a change, or goes back, comes to `changeAt` with the card kept. */
export function pays<C extends Buying>(purchase: (context: C) => Purchase, changeAt: string): State<C> {
  const keepCard = (card: CardChoice): Partial<Buying> => ({ card });
  return enters<C>(
    payByCard.given((context: C) => ({
      purchase: purchase(context),
      callerPhone: context.callerPhone,
      card: context.card,
    })),
    {
      change: { keep: (_, { card }) => keepCard(card) as Partial<C>, target: changeAt },
      finished: 'finished',
      left: [{ guard: (_, { why }) => why === 'back', target: changeAt }, leavesToo()],
    },
  );
}
