import type { BankTrace } from '../bank/bank.js';
import type { DeclineReason } from '../decline-reason.js';
import type { Money } from '../money.js';
import type { Details } from '../provider/provider.js';

/**
 * The one table of a payment's states and legal edges. Nothing else knows them. The graph has no way back,
 * so no state is entered twice.
 *
 * The edges out of `needs-operator` are the operator's queue: tries go on there, so the bank may acknowledge late;
 * and a person may find that the provider delivered after all.
 *
 * The edges out of `declined` and `reversed` are for an approval that comes when nothing was, or seemed, taken: the
 * reversal had overtaken its purchase in the bank's queue. The debit stands, so it is reversed once more.
 */
export const edges = {
  created: ['authorising'],
  authorising: ['authorised', 'unknown', 'declined'],
  authorised: ['delivering', 'reversing'],
  delivering: ['completed', 'reversing'],
  unknown: ['reversing'],
  reversing: ['reversed', 'needs-operator'],
  'needs-operator': ['reversed', 'completed'],
  completed: [],
  declined: ['late-reversing'],
  reversed: ['late-reversing'],
  'late-reversing': ['late-reversed'],
  'late-reversed': [],
} as const;

export type PaymentState = keyof typeof edges;
/** The states that can follow S. */
export type Next<S extends PaymentState> = (typeof edges)[S][number];
/** One legal change of state; an illegal one does not compile. */
export type Edge = { [S in PaymentState]: { readonly from: S; readonly to: Next<S> } }[PaymentState];

export const paymentStates = Object.keys(edges) as readonly PaymentState[];

/** States in which a payment is over: it leaves them only when the bank approves it late, and never to deliver. */
export const terminalStates = [
  'completed',
  'declined',
  'reversed',
  'late-reversed',
] as const satisfies readonly PaymentState[];
export type TerminalState = (typeof terminalStates)[number];

/** True when a payment in this state is over. */
export function isTerminal(state: PaymentState): state is TerminalState {
  return (terminalStates as readonly string[]).includes(state);
}

/** True when the table has this edge: for states that come from outside the types. */
export function isLegal(from: string, to: string): boolean {
  return Object.hasOwn(edges, from) && (edges[from as PaymentState] as readonly string[]).includes(to);
}

/** Returns the edge; only a legal one compiles. */
export function edge<S extends PaymentState>(from: S, to: Next<S>): Edge {
  return { from, to } as unknown as Edge;
}

/** Why a payment was declined: the bank's reasons, and two that are not a decline to the caller. */
export type DeclinedBecause = DeclineReason | 'wrong-pin' | 'not-sent';

/** One intent of a caller to pay, and how far it has come. */
export type Payment = {
  /** Its key, UUIDv7: the provider and the ledger know the payment by it. */
  readonly id: string;
  readonly callId: string;
  /** Empty when the caller withheld it. */
  readonly callerNumber: string;
  /** The id of the service that sold it. */
  readonly service: string;
  /** The phone that is recharged, or whose bill is paid. */
  readonly target: string;
  /** What the service knows of the thing, which it checks itself when it is read. */
  readonly details: Details;
  readonly amount: Money;
  readonly cardId: string;
  /** The order that it pays. */
  readonly orderId?: string | undefined;
  /** The name of the bank and the id of the provider, as the ledger's accounts know them. */
  readonly bank: string;
  readonly provider: string;
  /** Stored before anything is sent. */
  readonly trace: BankTrace;
  readonly state: PaymentState;
  /** Field 38 of the approval as it came, blanks included. */
  readonly authorisationCode?: string | undefined;
  readonly bankResponseCode?: string | undefined;
  /** Since when an approval of the bank is known, in time or late. */
  readonly approvedAt?: Date | undefined;
  /** The response code that acknowledged its last reversal; undefined also when a person ended it. */
  readonly reversalCode?: string | undefined;
  readonly declineReason?: DeclinedBecause | undefined;
  readonly providerReference?: string | undefined;
  /** How often a reversal was sent, or the provider asked, by workers; counted before it is done. */
  readonly attempts: number;
  /** Until then it belongs to `lease`; afterwards any worker may take it. Undefined: nothing is left to do. */
  readonly nextAttemptAt?: Date | undefined;
  readonly lease: Lease;
  /** Since when a person must look at it. */
  readonly operatorSince?: Date | undefined;
  /** True: its end must be told to the caller on their next call. */
  readonly newsDue: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Who works on a payment. The epoch grows with each new owner; what an earlier one writes is refused. */
export type Lease = { readonly owner: string; readonly epoch: number };

/** Returns the digits of a payment that a caller hears and can quote: the last six of the RRN. */
export function referenceOf({ trace }: Pick<Payment, 'trace'>): string {
  return trace.rrn.slice(-6);
}

/** True when an approval of the bank is known: then the bank must have something to give back. */
export function holdsApproval({
  approvedAt,
  authorisationCode,
}: Pick<Payment, 'approvedAt' | 'authorisationCode'>): boolean {
  // Rows of earlier versions have the authorisation code alone.
  return approvedAt !== undefined || authorisationCode !== undefined;
}

/** What a caller is truthfully told of a payment in each state. */
export const toldByState = {
  created: 'not-known-yet',
  authorising: 'not-known-yet',
  authorised: 'not-known-yet',
  delivering: 'not-known-yet',
  unknown: 'being-returned',
  reversing: 'being-returned',
  'needs-operator': 'being-returned',
  reversed: 'returned',
  completed: 'paid',
  declined: 'not-paid',
  'late-reversing': 'being-returned',
  'late-reversed': 'returned',
} as const satisfies Record<PaymentState, string>;
