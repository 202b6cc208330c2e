import type {
  BalanceAnswer,
  Bank,
  BankCard,
  BankRefusal,
  BankTrace,
  PurchaseAnswer,
  PurchaseRequest,
  ReversalAnswer,
  ReversalRequest,
} from '../../src/bank/bank.js';
import type { Clock } from '../../src/clock.js';
import { systemClock } from '../../src/clock.js';
import type { DeclineReason } from '../../src/decline-reason.js';
import { money } from '../../src/money.js';
import type { Secret } from '../../src/secret.js';

/** A card at the fake bank; `expiry` is YYMM. */
export type FakeCard = {
  readonly pan: string;
  readonly pin: string;
  readonly balanceMinor: number;
  readonly expiry?: string;
  readonly perTransactionLimitMinor?: number;
};

/** What happens to the next request of a kind instead of the ordinary answer. */
export type FakeFault =
  /** The line is down: nothing left, nothing was done. */
  | 'not-sent'
  /** It left and never came to the bank: unknown, and nothing was done. */
  | 'request-lost'
  /** The bank did it, and its answer was lost: unknown, and it was done. */
  | 'answer-lost'
  /** The bank did it, and its answer could not be trusted. */
  | 'bad-answer'
  /** A reversal is refused with code 40; anything else is declined for `try-later` with 96. */
  | 'refused'
  | { readonly declined: DeclineReason; readonly responseCode: string }
  /** A reversal is answered with this code, and nothing is done: "no such purchase" (25), for one. */
  | { readonly acknowledges: string };

type Kind = 'balance' | 'purchase' | 'reversal';

/** One thing that the fake bank did, in order: what its own books say. */
export type FakeBankEvent = {
  readonly kind: Kind;
  readonly terminalId: string;
  readonly stan: number;
  readonly rrn: string;
  readonly amountMinor: number;
  readonly responseCode: string;
};

const wrongPinsAllowed = 3;

/** A bank in memory: cards, PINs and balances that behave, and faults by script. */
export class FakeBank implements Bank {
  available = true;
  /** The terminals that it speaks for; set otherwise, it is the bank of another process. */
  terminalIds: readonly string[];
  /** What the bank did, as its own journal would say; approvals have response code 00. */
  readonly journal: FakeBankEvent[] = [];
  readonly #cards = new Map<string, FakeCard & { balanceMinor: number; wrongPins: number }>();
  readonly #faults = new Map<Kind, FakeFault[]>();
  readonly #holds = new Map<Kind, Promise<void>>();
  readonly #purchases = new Map<string, { pan: string; amountMinor: number; reversed: boolean }>();
  readonly #reversedUnseen = new Set<string>();
  readonly #clock: Clock;
  readonly #terminalId: string;
  #lastNumber = 0;

  constructor({
    cards,
    clock = systemClock,
    terminalId = '00000001',
  }: {
    cards: readonly FakeCard[];
    clock?: Clock;
    terminalId?: string;
  }) {
    for (const card of cards) {
      this.#cards.set(card.pan, { ...card, wrongPins: 0 });
    }
    this.#clock = clock;
    this.#terminalId = terminalId;
    this.terminalIds = [terminalId];
  }

  get reversibleTerminals(): readonly string[] {
    return this.available ? this.terminalIds : [];
  }

  /** Makes `fault` happen to the next `times` requests of this kind, after those scripted before. */
  script(kind: Kind, fault: FakeFault, times = 1): void {
    const queue = this.#faults.get(kind) ?? [];
    queue.push(...Array.from({ length: times }, () => fault));
    this.#faults.set(kind, queue);
  }

  /** Holds every request of this kind back until the returned function is called. */
  hold(kind: Kind): () => void {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#holds.set(kind, gate);
    return () => {
      this.#holds.delete(kind);
      open();
    };
  }

  /** Returns what the card has left, in minor units. */
  balanceOf(pan: string): number {
    return this.#card(pan).balanceMinor;
  }

  /** Returns the purchases that were approved and have not been reversed. */
  standing(): FakeBankEvent[] {
    return this.journal.filter(
      (event) =>
        event.kind === 'purchase' &&
        event.responseCode === '00' &&
        this.#purchases.get(nameOf(event))?.reversed === false,
    );
  }

  async nextTrace(): Promise<BankTrace> {
    this.#lastNumber += 1;
    return {
      terminalId: this.#terminalId,
      stan: this.#lastNumber,
      rrn: String(this.#lastNumber).padStart(12, '0'),
      transmittedAt: this.#clock.now(),
    };
  }

  async balance(request: { trace: BankTrace; card: BankCard; pin: Secret }): Promise<BalanceAnswer> {
    return this.#do('balance', request, 0, () => {
      const refusal = this.#refusal(request.card, request.pin);
      return (
        refusal ?? {
          outcome: 'approved',
          balance: money(this.balanceOf(request.card.pan)),
          responseCode: '00',
        }
      );
    });
  }

  async purchase(request: PurchaseRequest): Promise<PurchaseAnswer> {
    const { amountMinor } = request.amount;
    return this.#do('purchase', request, amountMinor, () => {
      const name = nameOf(request.trace);
      if (this.#purchases.has(name) || this.#reversedUnseen.has(name)) {
        request.pin.wipe();
        return declined('contact-bank', '94');
      }
      const refusal = this.#refusal(request.card, request.pin) ?? this.#limit(request.card, amountMinor);
      if (refusal !== undefined) {
        return refusal;
      }
      this.#card(request.card.pan).balanceMinor -= amountMinor;
      this.#purchases.set(name, { pan: request.card.pan, amountMinor, reversed: false });
      const authorisationCode = String(request.trace.stan).padStart(6, '0');
      return { outcome: 'approved', authorisationCode, responseCode: '00' };
    });
  }

  async reverse(request: ReversalRequest): Promise<ReversalAnswer> {
    await this.#holds.get('reversal');
    const fault = this.#faults.get('reversal')?.shift();
    if (fault === 'not-sent' || !this.available) {
      return { outcome: 'not-sent' };
    }
    if (fault === 'request-lost') {
      return { outcome: 'unknown', why: 'no-answer' };
    }
    if (typeof fault === 'object' && 'acknowledges' in fault) {
      const responseCode = fault.acknowledges;
      this.#record('reversal', request.original, request.amount.amountMinor, responseCode);
      return responseCode === '25' && request.isApproved === true
        ? { outcome: 'unknown', why: 'no-original', responseCode }
        : { outcome: 'acknowledged', responseCode };
    }
    if (fault === 'refused' || typeof fault === 'object') {
      const responseCode = typeof fault === 'object' ? fault.responseCode : '40';
      this.#record('reversal', request.original, request.amount.amountMinor, responseCode);
      return { outcome: 'refused', responseCode };
    }
    this.#giveBack(request.original);
    this.#record('reversal', request.original, request.amount.amountMinor, '00');
    return lostAnswer(fault) ?? { outcome: 'acknowledged', responseCode: '00' };
  }

  #giveBack(original: BankTrace): void {
    const purchase = this.#purchases.get(nameOf(original));
    if (purchase === undefined) {
      this.#reversedUnseen.add(nameOf(original));
    } else if (!purchase.reversed) {
      purchase.reversed = true;
      this.#card(purchase.pan).balanceMinor += purchase.amountMinor;
    }
  }

  async #do<A extends { outcome: string }>(
    kind: 'balance' | 'purchase',
    request: { trace: BankTrace; pin: Secret },
    amountMinor: number,
    act: () => A | BankRefusal,
  ): Promise<
    A | BankRefusal | { outcome: 'not-sent' } | { outcome: 'unknown'; why: 'no-answer' | 'bad-answer' }
  > {
    try {
      await this.#holds.get(kind);
      const fault = this.#faults.get(kind)?.shift();
      if (fault === 'not-sent' || !this.available) {
        return { outcome: 'not-sent' };
      }
      if (fault === 'request-lost') {
        return { outcome: 'unknown', why: 'no-answer' };
      }
      const answer =
        fault === 'refused'
          ? declined('try-later', '96')
          : typeof fault === 'object'
            ? 'declined' in fault
              ? declined(fault.declined, fault.responseCode)
              : act()
            : act();
      const responseCode = 'responseCode' in answer ? answer.responseCode : '';
      this.#record(kind, request.trace, amountMinor, responseCode);
      return lostAnswer(fault) ?? answer;
    } finally {
      request.pin.wipe();
    }
  }

  #refusal(card: BankCard, pin: Secret): BankRefusal | undefined {
    const held = this.#cards.get(card.pan);
    if (held === undefined) {
      pin.wipe();
      return declined('card-not-usable', '14');
    }
    const right = pin.open((digits) => digits.equals(Buffer.from(held.pin, 'latin1')));
    if (held.wrongPins >= wrongPinsAllowed) {
      return declined('pin-tries-exceeded', '75');
    }
    if (!right) {
      held.wrongPins += 1;
      return { outcome: 'wrong-pin', responseCode: '55' };
    }
    held.wrongPins = 0;
    const thisMonth = this.#clock.now().toISOString().slice(2, 7).replace('-', '');
    return held.expiry !== undefined && held.expiry < thisMonth ? declined('expired-card', '54') : undefined;
  }

  #limit(card: BankCard, amountMinor: number): BankRefusal | undefined {
    const held = this.#card(card.pan);
    if (held.perTransactionLimitMinor !== undefined && amountMinor > held.perTransactionLimitMinor) {
      return declined('amount-limit', '61');
    }
    return amountMinor > held.balanceMinor ? declined('insufficient-funds', '51') : undefined;
  }

  #card(pan: string): FakeCard & { balanceMinor: number; wrongPins: number } {
    const card = this.#cards.get(pan);
    if (card === undefined) {
      throw new Error('the fake bank has no such card');
    }
    return card;
  }

  #record(kind: Kind, { terminalId, stan, rrn }: BankTrace, amountMinor: number, responseCode: string): void {
    this.journal.push({ kind, terminalId, stan, rrn, amountMinor, responseCode });
  }
}

function nameOf({ terminalId, stan, rrn }: { terminalId: string; stan: number; rrn: string }): string {
  return `${terminalId}/${stan}/${rrn}`;
}

function declined(reason: DeclineReason, responseCode: string): BankRefusal {
  return { outcome: 'declined', reason, responseCode };
}

function lostAnswer(
  fault: FakeFault | undefined,
): { outcome: 'unknown'; why: 'no-answer' | 'bad-answer' } | undefined {
  if (fault === 'answer-lost') {
    return { outcome: 'unknown', why: 'no-answer' };
  }
  return fault === 'bad-answer' ? { outcome: 'unknown', why: 'bad-answer' } : undefined;
}
