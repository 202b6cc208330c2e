import { v7 as uuidV7 } from 'uuid';
import {
  isCorrection,
  isNoNews,
  noticesOf,
  orderAfter,
  transfersOf,
} from '../../src/payment/consequences.js';
import type { Payment } from '../../src/payment/payment.js';
import { edge, isTerminal } from '../../src/payment/payment.js';
import type {
  Approval,
  Change,
  DueNews,
  DueQuery,
  NewPayment,
  OperatorAct,
  Path,
  PaymentStore,
  SamePayment,
  Spent,
} from '../../src/payment/payment-store.js';
import { leaseOwnerOf, needsBank } from '../../src/payment/payment-store.js';
import { FakeLedgerStore } from './fake-ledger-store.js';
import { FakeOrderStore } from './fake-order-store.js';

export type FakeTransition = { readonly paymentId: string; readonly from: string; readonly to: string };
export type FakeNotice = { readonly paymentId: string; readonly outcome: string };

const beginning: Path = [edge('created', 'authorising')];

/** Payments in memory, held to the same contract as the real store. */
export class FakePaymentStore implements PaymentStore {
  readonly ledger = new FakeLedgerStore();
  readonly transitions: FakeTransition[] = [];
  readonly notices: FakeNotice[] = [];
  /** The reasons of the changes that had one. */
  readonly reasons: string[] = [];
  readonly acts: (OperatorAct & { readonly paymentId: string })[] = [];
  /** Calls that go on: their payments are told of there. */
  readonly openCalls = new Set<string>();
  readonly #payments = new Map<string, Payment>();
  readonly #told = new Map<string, { readonly times: number; readonly at: Date }>();
  readonly #orders: FakeOrderStore;

  constructor(orders = new FakeOrderStore()) {
    this.#orders = orders;
  }

  /** Every payment as it is now. */
  all(): Payment[] {
    return [...this.#payments.values()];
  }

  async begin(payment: NewPayment): Promise<Payment | 'order-closed'> {
    const known = this.#payments.get(payment.id);
    if (known !== undefined) {
      if (
        known.trace.rrn !== payment.trace.rrn ||
        known.orderId !== payment.orderId ||
        known.amount.amountMinor !== payment.amount.amountMinor
      ) {
        throw new Error('Duplicate entry for payments');
      }
      return known;
    }
    if (this.all().some(({ trace }) => trace.rrn === payment.trace.rrn)) {
      throw new Error('Duplicate entry for payments_rrn');
    }
    if (payment.orderId !== undefined && !this.#orders.take(payment)) {
      return 'order-closed';
    }
    const { owner, leaseUntil, at, ...facts } = payment;
    return this.#write(
      {
        ...facts,
        state: 'authorising',
        attempts: 0,
        nextAttemptAt: leaseUntil,
        lease: { owner, epoch: 1 },
        newsDue: true,
        createdAt: at,
        updatedAt: at,
      },
      beginning,
    );
  }

  async change(change: Change): Promise<Payment | 'lost'> {
    const { payment, path, at, facts, act } = change;
    const stored = this.#get(payment.id);
    const to = path[path.length - 1]?.to ?? stored.state;
    const { owner, epoch } = payment.lease;
    const lease = act === undefined ? { owner, epoch } : { owner: leaseOwnerOf(act), epoch: epoch + 1 };
    if (stored.lease.epoch !== epoch || stored.state !== path[0].from) {
      const isOurs = stored.lease.epoch === lease.epoch && stored.lease.owner === lease.owner;
      return stored.state === to && isOurs ? stored : 'lost';
    }
    if (change.unlessApproved === true && stored.approvedAt !== undefined) {
      return 'lost';
    }
    if (change.reason !== undefined) {
      this.reasons.push(change.reason);
    }
    if (act !== undefined) {
      this.acts.push({ ...act, paymentId: payment.id });
    }
    const known = Object.entries(facts ?? {}).filter(([, fact]) => fact !== undefined);
    return this.#write(
      {
        ...stored,
        ...Object.fromEntries(known),
        state: to,
        lease,
        updatedAt: at,
        nextAttemptAt: change.nextAttemptAt,
        attempts: change.attempts ?? stored.attempts,
        newsDue: (stored.newsDue && !isNoNews(path)) || isCorrection(path),
        operatorSince: change.operatorSince ?? stored.operatorSince,
      },
      path,
    );
  }

  async postpone(
    payment: Payment,
    to: { nextAttemptAt: Date | undefined; operatorSince?: Date | undefined; at: Date },
  ): Promise<Payment | 'lost'> {
    const stored = this.#get(payment.id);
    if (stored.state !== payment.state || stored.lease.epoch !== payment.lease.epoch) {
      return 'lost';
    }
    return this.#put({
      ...stored,
      nextAttemptAt: to.nextAttemptAt,
      operatorSince: to.operatorSince ?? stored.operatorSince,
      updatedAt: to.at,
    });
  }

  async noteApproval(payment: Payment, approval: Approval): Promise<Payment | 'lost'> {
    const stored = this.#get(payment.id);
    if (stored.state !== payment.state || stored.approvedAt !== undefined) {
      return 'lost';
    }
    return this.#put({ ...stored, ...approval });
  }

  async find(id: string): Promise<Payment | undefined> {
    return this.#payments.get(id);
  }

  async findByRrn(rrn: string): Promise<Payment | undefined> {
    return this.all().find(({ trace }) => trace.rrn === rrn);
  }

  async findByTrace(
    { terminalId, stan }: { terminalId: string; stan: number },
    at: Date,
  ): Promise<readonly Payment[]> {
    const distanceMs = ({ trace }: Payment) => Math.abs(trace.transmittedAt.getTime() - at.getTime());
    return this.all()
      .filter(({ trace }) => trace.terminalId === terminalId && trace.stan === stan)
      .filter((payment) => distanceMs(payment) <= 86_400_000)
      .sort((a, b) => distanceMs(a) - distanceMs(b));
  }

  async due({
    now,
    horizon,
    terminals,
    providers,
    strandedBefore,
    limit,
  }: DueQuery): Promise<readonly Payment[]> {
    return this.all()
      .filter(({ nextAttemptAt: at }) => at !== undefined && (at <= now || at > horizon))
      .filter(
        ({ state, trace, provider, operatorSince, nextAttemptAt }) =>
          state === 'created' ||
          (state === 'delivering' && providers.includes(provider)) ||
          (needsBank(state) && terminals.includes(trace.terminalId)) ||
          (operatorSince === undefined && nextAttemptAt !== undefined && nextAttemptAt <= strandedBefore),
      )
      .sort((a, b) => (a.nextAttemptAt?.getTime() ?? 0) - (b.nextAttemptAt?.getTime() ?? 0))
      .slice(0, limit);
  }

  async claim(
    payment: Payment,
    { owner, until, at }: { owner: string; until: Date; at: Date },
  ): Promise<Payment | 'lost'> {
    const stored = this.#get(payment.id);
    if (
      stored.state !== payment.state ||
      stored.lease.epoch !== payment.lease.epoch ||
      stored.nextAttemptAt === undefined
    ) {
      return 'lost';
    }
    return this.#put({
      ...stored,
      lease: { owner, epoch: stored.lease.epoch + 1 },
      attempts: stored.attempts + 1,
      nextAttemptAt: until,
      updatedAt: at,
    });
  }

  async release(node: string, owner: string, now: Date): Promise<number> {
    const left = this.all().filter(
      ({ lease, nextAttemptAt }) =>
        nextAttemptAt !== undefined && lease.owner !== owner && lease.owner.split('/')[0] === node,
    );
    for (const payment of left) {
      this.#put({ ...payment, nextAttemptAt: now });
    }
    return left.length;
  }

  async spent(
    { cardId, callerNumber }: { cardId: string; callerNumber: string },
    since: Date,
    except: string,
  ): Promise<{ card: Spent; caller: Spent }> {
    const sum = (isTheirs: (payment: Payment) => boolean): Spent => {
      const counted = this.all().filter(
        (payment) =>
          isTheirs(payment) &&
          payment.createdAt >= since &&
          payment.id !== except &&
          payment.state !== 'declined' &&
          payment.state !== 'reversed' &&
          payment.state !== 'late-reversed',
      );
      return {
        count: counted.length,
        amountMinor: counted.reduce((total, { amount }) => total + amount.amountMinor, 0),
      };
    };
    return {
      card: sum((payment) => payment.cardId === cardId),
      caller: sum((payment) => callerNumber !== '' && payment.callerNumber === callerNumber),
    };
  }

  async findSame(same: SamePayment): Promise<Payment | undefined> {
    const isPayers = ({ callerNumber, callId, cardId }: Payment) =>
      cardId === same.cardId ||
      callId === same.callId ||
      (callerNumber !== '' && callerNumber === same.callerNumber);
    return this.all()
      .filter(({ service, target }) => service === same.service && target === same.target)
      .filter(({ amount: { amountMinor } }) => amountMinor === same.amount.amountMinor)
      .filter(({ createdAt }) => createdAt >= same.since)
      .filter(({ state }) => state !== 'declined' && state !== 'reversed')
      .filter(isPayers)
      .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
      .at(-1);
  }

  async newsFor(callerNumber: string): Promise<readonly DueNews[]> {
    return this.all()
      .filter((payment) => payment.callerNumber === callerNumber && payment.newsDue)
      .map((payment) => ({
        ...payment,
        isCallOpen: this.openCalls.has(payment.callId),
        timesTold: this.#told.get(payment.id)?.times ?? 0,
      }));
  }

  async countTold(
    ids: readonly string[],
    { at, countedBefore, times }: { at: Date; countedBefore: Date; times: number },
  ): Promise<void> {
    for (const stored of ids.map((id) => this.#get(id))) {
      const told = this.#told.get(stored.id);
      if (isTerminal(stored.state) && (told === undefined || told.at <= countedBefore)) {
        const now = (told?.times ?? 0) + 1;
        this.#told.set(stored.id, { times: now, at });
        this.#put({ ...stored, newsDue: stored.newsDue && now < times });
      }
    }
  }

  async markHeard(ids: readonly string[]): Promise<void> {
    for (const stored of ids.map((id) => this.#get(id))) {
      if (isTerminal(stored.state)) {
        this.#put({ ...stored, newsDue: false });
      }
    }
  }

  #write(payment: Payment, path: Path): Payment {
    const transfers = transfersOf(payment, path, uuidV7);
    for (const transfer of transfers) {
      this.ledger.check(transfer);
    }
    if (path.some(({ to }) => this.transitions.some((t) => t.paymentId === payment.id && t.to === to))) {
      throw new Error('Duplicate entry for payment_transitions_once');
    }
    this.ledger.append(transfers);
    this.transitions.push(...path.map(({ from, to }) => ({ paymentId: payment.id, from, to })));
    const order = orderAfter(path);
    if (order !== undefined) {
      this.#orders.move(payment, order);
    }
    if (isCorrection(path)) {
      this.#told.delete(payment.id);
      const left = this.notices.filter(({ paymentId }) => paymentId !== payment.id);
      this.notices.splice(0, this.notices.length, ...left);
    }
    this.notices.push(...noticesOf(path).map((outcome) => ({ paymentId: payment.id, outcome })));
    return this.#put(payment);
  }

  #put(payment: Payment): Payment {
    this.#payments.set(payment.id, payment);
    return payment;
  }

  #get(id: string): Payment {
    const payment = this.#payments.get(id);
    if (payment === undefined) {
      throw new Error(`payment ${id} is not stored`);
    }
    return payment;
  }
}
