import type { PaymentNews } from '../dialogue/work.js';
import type { Proof } from '../payment/news.js';
import { saleNamed } from '../services/service.js';
import type { Caller, Services } from './services.js';

/** An end of a payment that a caller has heard. */
type Heard = Pick<PaymentNews, 'reference' | 'outcome'>;
type Needed = Pick<Services, 'news' | 'catalogue' | 'wallet' | 'log'>;
type Who = Pick<Caller, 'callId' | 'callerNumber'>;

/**
 * What one call hears of payments, and what its caller proves, before or after: a number, which anybody can claim,
 * uses nothing up that its owner has not heard.
 */
export class HeardNews {
  readonly #services: Needed;
  readonly #caller: Who;
  /** What this call can hear of: earlier payments, and its own. */
  #known: readonly Heard[] = [];
  #heard: readonly Heard[] = [];
  /** Cards whose PIN the bank has found right. */
  #proved: readonly string[] = [];

  constructor(services: Needed, caller: Who) {
    this.#services = services;
    this.#caller = caller;
  }

  /** Returns what this caller has not heard the end of. */
  async find(): Promise<readonly PaymentNews[]> {
    const { callId, callerNumber } = this.#caller;
    const { news, catalogue } = this.#services;
    const due = callerNumber === undefined ? [] : await news.newsFor(callerNumber, callId);
    this.#known = [...this.#known, ...due];
    return due.map(({ service, details, amount, outcome, reference }) => {
      const sale = saleNamed(catalogue, service);
      const { words } = sale.purchase({ details, amount, callerPhone: callerNumber });
      return { wentThrough: words.wentThrough, amount, outcome, reference };
    });
  }

  /** A payment was made in this call. */
  paid(reference: string): void {
    this.#known = [...this.#known, { reference, outcome: 'paid' }];
  }

  /** The caller has heard what is known under these references to its end. */
  async heard(references: readonly string[]): Promise<void> {
    const heard = this.#known.filter(({ reference }) => references.includes(reference));
    this.#heard = [...this.#heard, ...heard];
    await this.#markHeard(heard);
  }

  /** The bank has found the PIN of this card right. Never rejects: what came of it is not to be lost for this. */
  async proved(cardId: string): Promise<void> {
    const { callId } = this.#caller;
    const { log } = this.#services;
    this.#proved = [...this.#proved, cardId];
    try {
      await this.#markHeard(this.#heard);
    } catch (error) {
      log.error({ callId, err: error }, 'what a caller has heard could not be written down');
    }
  }

  async #markHeard(heard: readonly Heard[]): Promise<void> {
    const { callerNumber } = this.#caller;
    if (callerNumber !== undefined && heard.length > 0) {
      await this.#services.news.markHeard(callerNumber, heard, await this.#proofFor(callerNumber));
    }
  }

  async #proofFor(callerNumber: string): Promise<Proof> {
    const cardIds = this.#proved;
    const bound = cardIds.length === 0 ? [] : await this.#services.wallet.cardsOf(callerNumber);
    return { cardIds, ownsNumber: bound.some(({ cardId }) => cardIds.includes(cardId)) };
  }
}
