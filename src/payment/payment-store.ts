import type { Edge, Lease, Payment, PaymentState } from './payment.js';

/** States whose next step needs no bank line: any process may take it. */
export const stepsWithoutBank: readonly PaymentState[] = ['created', 'delivering'];

/** True when the next step of a payment in this state is a reversal, over the terminal of its purchase. */
export function needsBank(state: PaymentState): boolean {
  return !stepsWithoutBank.includes(state);
}

/** What is known of a payment before anything is sent. */
export type NewPayment = Pick<
  Payment,
  | 'id'
  | 'callId'
  | 'callerNumber'
  | 'service'
  | 'target'
  | 'details'
  | 'amount'
  | 'cardId'
  | 'orderId'
  | 'bank'
  | 'provider'
  | 'trace'
> & {
  /** Whoever begins it; the epoch is 1. */
  readonly owner: string;
  /** Until then no worker takes it. */
  readonly leaseUntil: Date;
  readonly at: Date;
};

/** What a change of state brings to light. */
export type Facts = Partial<
  Pick<
    Payment,
    | 'authorisationCode'
    | 'bankResponseCode'
    | 'approvedAt'
    | 'reversalCode'
    | 'declineReason'
    | 'providerReference'
  >
>;

/** What is kept of an approval of the bank. */
export type Approval = {
  readonly approvedAt: Date;
  readonly authorisationCode: string | undefined;
  readonly bankResponseCode: string;
};

/** One or more legal edges taken at once: they become durable together. */
export type Path = readonly [Edge, ...Edge[]];

export type Change = {
  /** As it was when it was last read: its state and its lease are the condition of the change. */
  readonly payment: Payment;
  readonly path: Path;
  readonly at: Date;
  /** Why, for whoever reads the history; no card data. */
  readonly reason?: string | undefined;
  readonly facts?: Facts | undefined;
  /** Made only while no approval of the bank is known: one that comes meanwhile makes this change 'lost'. */
  readonly unlessApproved?: boolean | undefined;
  /** Lease or next try; left out, nothing is left to do until a person acts. */
  readonly nextAttemptAt?: Date | undefined;
  /** How often it was tried, when this change begins to count anew. */
  readonly attempts?: number | undefined;
  readonly operatorSince?: Date | undefined;
  /** A person does this: written down with the change, which takes the payment from whoever had it. */
  readonly act?: OperatorAct | undefined;
};

/** What a person did to a payment, and why. */
export type OperatorAct = {
  readonly id: string;
  readonly act: string;
  readonly by: string;
  readonly reason: string;
};

/** Returns the owner of the lease that an act takes: nobody else ever has it. */
export function leaseOwnerOf({ id }: OperatorAct): string {
  return `operator/${id}`;
}

/** Which payments a worker asks for. */
export type DueQuery = {
  readonly now: Date;
  /** A next try further ahead is due too: nobody plans that far, so the clock has stepped back. */
  readonly horizon: Date;
  /** A payment that is to be reversed is due only when its terminal is one of these. */
  readonly terminals: readonly string[];
  /** A payment whose order is to be asked after is due only when its provider is one of these… */
  readonly providers: readonly string[];
  /** …or when no process could take its next step since then, and no person was told of that. */
  readonly strandedBefore: Date;
  readonly limit: number;
};

/** Payments that count for a limit: begun, and neither declined nor reversed. */
export type Spent = { readonly count: number; readonly amountMinor: number };

/** A payment whose end must be told. */
export type DueNews = Payment & {
  /** True while its own call goes on, on a node that lives. */
  readonly isCallOpen: boolean;
  /** How often its end was counted as told to somebody who proved no more than a number. */
  readonly timesTold: number;
};

/** Who pays for what, to find out whether they have just done so. */
export type SamePayment = Pick<Payment, 'callId' | 'cardId' | 'service' | 'target' | 'amount'> & {
  /** Empty when the caller withheld it: nobody. */
  readonly callerNumber: string;
  readonly since: Date;
};

/**
 * Where payments are kept. Each change writes, in one transaction: the payment, a row of history for each
 * edge, and the ledger transfers, the notice and the new state of its order that follow from it.
 */
export interface PaymentStore {
  /**
   * Stores a payment as `authorising`, and takes the order that it pays. Storing the same payment again
   * returns what is stored. `order-closed`: the order cannot be paid now, or not with this payment, because it
   * is being paid, is over, or is of something else; nothing is stored.
   * @throws Error when the key is taken by another payment.
   */
  begin(payment: NewPayment): Promise<Payment | 'order-closed'>;
  /**
   * Takes the path if the payment is still in the path's first state and under the same lease. Returns the
   * payment as it is now (also when this very change had been made before), or 'lost' when another has it.
   * With an act, the payment also gets a new epoch, and the act is written: of two people one is lost.
   */
  change(change: Change): Promise<Payment | 'lost'>;
  /** Changes only when it is tried next and whether a person must look, under the same lease. */
  postpone(
    payment: Payment,
    to: { nextAttemptAt: Date | undefined; operatorSince?: Date | undefined; at: Date },
  ): Promise<Payment | 'lost'>;
  /**
   * Writes down an approval of the bank for a payment that stays in its state, whoever has its lease. 'lost' when
   * the state has changed, or an approval is known.
   */
  noteApproval(payment: Payment, approval: Approval): Promise<Payment | 'lost'>;
  find(id: string): Promise<Payment | undefined>;
  findByRrn(rrn: string): Promise<Payment | undefined>;
  /**
   * Returns the payments that the terminal sent with this STAN within a day of `at`, the nearest first. Before it or
   * after: what was sent before the wall clock stepped back bears a later time than now.
   */
  findByTrace(trace: { terminalId: string; stan: number }, at: Date): Promise<readonly Payment[]>;
  /** Returns payments that the asking process should work on now, oldest first. */
  due(query: DueQuery): Promise<readonly Payment[]>;
  /**
   * Takes a due payment over: a new epoch, one more attempt, nobody else until `until`. 'lost' when another
   * was quicker.
   */
  claim(payment: Payment, claim: { owner: string; until: Date; at: Date }): Promise<Payment | 'lost'>;
  /**
   * Makes due now what earlier processes of this node left unfinished: whatever `<node>/…` owns, but not
   * `owner`. Returns how many.
   */
  release(node: string, owner: Lease['owner'], now: Date): Promise<number>;
  /**
   * What a card, and a caller, have spent since then, without the payment `except`. A caller who withheld the
   * number (empty) is nobody, and has spent nothing.
   */
  spent(
    by: { readonly cardId: string; readonly callerNumber: string },
    since: Date,
    except: string,
  ): Promise<{ readonly card: Spent; readonly caller: Spent }>;
  /**
   * The latest payment since then for the same thing by this caller, in this call, or by this card, that has not
   * failed.
   */
  findSame(same: SamePayment): Promise<Payment | undefined>;
  /** Payments of the caller whose end must be told, or is not known yet, oldest first. */
  newsFor(callerNumber: string): Promise<readonly DueNews[]>;
  /** The caller has heard how these payments ended: in one write. One that has not ended stays news. */
  markHeard(ids: readonly string[]): Promise<void>;
  /**
   * Somebody was told how these payments ended: in one write. Counts it where it was not counted since
   * `countedBefore`; whatever was counted so many times is news no more. One that has not ended is not counted.
   */
  countTold(
    ids: readonly string[],
    how: { readonly at: Date; readonly countedBefore: Date; readonly times: number },
  ): Promise<void>;
}
