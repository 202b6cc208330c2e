import type { PaymentState } from '../payment.js';
import { isTerminal } from '../payment.js';

/** Whose books ours are compared with. */
export type Party = 'bank' | `provider:${string}`;

/** How one payment looks in both books. "open": it is being worked on, and nothing is expected yet. */
export const kinds = [
  'matched',
  'open',
  'missing-here',
  'missing-there',
  'different-amount',
  'different-state',
] as const;
export type Kind = (typeof kinds)[number];

/** A payment of ours on the day. */
export type OurPayment = {
  readonly id: string;
  readonly rrn: string;
  readonly provider: string;
  readonly state: PaymentState;
  readonly amountMinor: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** What another party's books hold under one name: the RRN at a bank, the payment's key at a provider. */
export type Theirs = {
  readonly subject: string;
  /** How often it was taken, and how often that was given back. */
  readonly taken: number;
  readonly givenBack: number;
  /** Of what was taken and not given back. */
  readonly standingMinor: number;
  readonly at: Date;
};

export type Row = {
  readonly party: Party;
  readonly kind: Kind;
  readonly subject: string;
  readonly paymentId: string | undefined;
  readonly state: PaymentState | undefined;
  readonly hereMinor: number;
  readonly thereMinor: number;
  /** The difference in words; empty when there is none. */
  readonly detail: string;
};

/** A row that somebody must explain. */
export function isBreak({ kind }: Row): boolean {
  return kind !== 'matched' && kind !== 'open';
}

/**
 * Compares a party's payments of a day with what it has, one row for each payment and for each thing of theirs
 * that names none of our payments.
 * @param theirs all that the party has, also of other days; `strangers`: those of the day that name none here.
 * @param openSince a payment begun later may still be unfinished.
 * @param readAt when their books began to be read: what changed later here cannot be judged by them.
 */
export function compareDay(
  party: Party,
  ours: readonly OurPayment[],
  theirs: ReadonlyMap<string, Theirs>,
  strangers: readonly Theirs[],
  openSince: Date,
  readAt: Date,
): Row[] {
  const rows = ours.map((payment): Row => {
    const { id, rrn, state, amountMinor, createdAt, updatedAt } = payment;
    const subject = party === 'bank' ? rrn : id;
    const there = theirs.get(subject);
    const isYoung = !isTerminal(state) && createdAt >= openSince;
    const [kind, detail] =
      isYoung || updatedAt > readAt ? (['open', `${state} here`] as const) : judge(payment, there);
    return {
      party,
      kind,
      subject,
      paymentId: id,
      state,
      hereMinor: state === 'completed' ? amountMinor : 0,
      thereMinor: there?.standingMinor ?? 0,
      detail,
    };
  });
  const unknownHere = strangers
    .filter(({ taken, givenBack }) => taken > givenBack)
    .map(
      ({ subject, standingMinor }): Row => ({
        party,
        kind: 'missing-here',
        subject,
        paymentId: undefined,
        state: undefined,
        hereMinor: 0,
        thereMinor: standingMinor,
        detail: 'taken there, and no payment here has this name',
      }),
    );
  return [...rows, ...unknownHere];
}

function judge({ state, amountMinor }: OurPayment, there: Theirs | undefined): readonly [Kind, string] {
  const standing = there === undefined ? 0 : there.taken - there.givenBack;
  const expected = state === 'completed' ? 1 : 0;
  if (!isTerminal(state) || standing !== expected) {
    return there === undefined && state === 'completed'
      ? ['missing-there', 'completed here, unknown there']
      : ['different-state', `${state} here, ${inWords(there)} there`];
  }
  if (standing === 1 && there?.standingMinor !== amountMinor) {
    return ['different-amount', `${amountMinor} here, ${there?.standingMinor ?? 0} there`];
  }
  return ['matched', ''];
}

function inWords(there: Theirs | undefined): string {
  if (there === undefined || there.taken === 0) {
    return 'nothing taken';
  }
  const standing = there.taken - there.givenBack;
  return standing === 0 ? 'taken and given back' : standing === 1 ? 'taken' : `taken ${standing} times`;
}
