import type { Perform, Work, WorkOutcome } from '../dialogue/work.js';
import type { Money } from '../money.js';
import type { LiveSession } from './live-session.js';
import type { SessionResult } from './payment-sessions.js';

type Paying = Extract<Work, { do: 'pay' | 'pay-kept' }>;

/** Work whose progress and result an agent's session shows. */
export class WatchedWork {
  readonly #perform: Perform;
  readonly #session: LiveSession;
  readonly #onResult: (result: SessionResult) => void;
  /** What it comes to when the caller tries no other PIN. */
  #afterWrongPin: SessionResult | undefined;

  /** `onResult` is called with how each payment came out. */
  constructor(perform: Perform, session: LiveSession, onResult: (result: SessionResult) => void) {
    this.#perform = perform;
    this.#session = session;
    this.#onResult = onResult;
  }

  readonly perform: Perform = async (work) => {
    if (work.do === 'pay' || work.do === 'pay-kept') {
      return this.#pay(work);
    }
    const outcome = await this.#perform(work);
    this.#note(work, outcome);
    return outcome;
  };

  /** Tells the session how it came out, when no payment has. */
  finish(otherwise: SessionResult['outcome']): SessionResult {
    const result = this.#session.seen.result ?? this.#afterWrongPin ?? { outcome: otherwise };
    if (this.#session.seen.result === undefined) {
      this.#session.settle(result);
    }
    return result;
  }

  async #pay(work: Paying): Promise<WorkOutcome> {
    this.#session.enter('paying');
    const { amount } = work.do === 'pay' ? work.purchase : work.order;
    let outcome: WorkOutcome;
    try {
      outcome = await this.#perform(work);
    } catch (error) {
      // Money may have moved: nobody may call it failed.
      this.#settle({ outcome: 'unresolved', ...inMinor(amount) });
      throw error;
    }
    this.#afterWrongPin = undefined;
    const result = resultOf(outcome, amount);
    if (outcome.type === 'wrongPin') {
      this.#afterWrongPin = { outcome: 'declined', reason: 'wrong-pin', ...inMinor(amount) };
    } else if (result !== undefined) {
      this.#settle(result);
    }
    this.#session.enter('with-caller');
    return outcome;
  }

  #settle(result: SessionResult): void {
    this.#session.settle(result);
    this.#onResult(result);
  }

  #note(work: Work, outcome: WorkOutcome): void {
    if (outcome.type === 'orderFound') {
      this.#session.correct({ orderId: outcome.order.orderId });
    } else if (outcome.type === 'cardsFound' && this.#session.seen.way === 'assisted') {
      // The card that the caller pays with unless the agent asks for another.
      const card = outcome.cards.find(({ locked }) => locked !== true) ?? outcome.cards[0];
      this.#session.keep({ card: card?.lastFour });
    } else if (outcome.type === 'cardAccepted') {
      this.#session.keep({ card: outcome.card.lastFour });
    } else if (work.do === 'keep-pin') {
      this.#session.keep({ card: work.card.lastFour, pin: true });
    }
  }
}

const inMinor = ({ amountMinor, currency }: Money) => ({ amountMinor, currency });

function resultOf(outcome: WorkOutcome, amount: Money): SessionResult | undefined {
  const { type } = outcome;
  if (type === 'paid' || type === 'returning' || type === 'unresolved') {
    return { outcome: type, reference: outcome.reference, ...inMinor(amount) };
  }
  if (type === 'declined') {
    return { outcome: type, reason: outcome.reason, ...inMinor(amount) };
  }
  if (type === 'orderClosed') {
    return { outcome: 'not-paid', reason: `order-${outcome.why}` };
  }
  return type === 'unavailable' ? { outcome: type, ...inMinor(amount) } : undefined;
}
