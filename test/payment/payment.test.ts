import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isCorrection, noticesOf, orderAfter, transfersOf } from '../../src/payment/consequences.js';
import type { Edge, PaymentState } from '../../src/payment/payment.js';
import {
  edge,
  edges,
  isLegal,
  isTerminal,
  paymentStates,
  referenceOf,
  terminalStates,
  toldByState,
} from '../../src/payment/payment.js';

/** As money.md draws it, and the operator's queue: written by hand, so that a changed table must be meant. */
const drawn = [
  'created → authorising',
  'authorising → authorised',
  'authorising → unknown',
  'authorising → declined',
  'authorised → delivering',
  'authorised → reversing',
  'delivering → completed',
  'delivering → reversing',
  'unknown → reversing',
  'reversing → reversed',
  'reversing → needs-operator',
  'needs-operator → reversed',
  'needs-operator → completed',
  'declined → late-reversing',
  'reversed → late-reversing',
  'late-reversing → late-reversed',
];

/** A payment is over in these, until the bank approves it late. */
const overUnlessApproved: readonly PaymentState[] = ['declined', 'reversed'];

const successors = (state: PaymentState): readonly PaymentState[] => edges[state];

/** Every way from created to an end. */
function paths(from: PaymentState = 'created', so: Edge[] = []): Edge[][] {
  return isTerminal(from) ? [so] : successors(from).flatMap((to) => paths(to, [...so, { from, to } as Edge]));
}

describe('the table of payment states', () => {
  it('has exactly the edges that were drawn', () => {
    const table = paymentStates.flatMap((from) => successors(from).map((to) => `${from} → ${to}`));
    assert.deepEqual([...table].sort(), [...drawn].sort());
  });

  it('calls an edge legal exactly when it was drawn, whatever the two names are', () => {
    const name = fc.oneof(fc.constantFrom<string>(...paymentStates), fc.string(), fc.constant('toString'));
    fc.assert(
      fc.property(name, name, (from, to) => {
        assert.equal(isLegal(from, to), drawn.includes(`${from} → ${to}`));
      }),
    );
  });

  it('does not compile an illegal edge', () => {
    // @ts-expect-error a completed payment is final
    edge('completed', 'reversing');
    // @ts-expect-error a payment of which nothing is known is never delivered
    edge('unknown', 'delivering');
    assert.deepEqual(edge('delivering', 'completed'), { from: 'delivering', to: 'completed' });
  });

  it('never comes back to a state, and always ends', () => {
    for (const path of paths()) {
      const visited = path.map(({ to }) => to);
      assert.equal(new Set(visited).size, visited.length, visited.join(' → '));
      assert.ok(isTerminal(visited.at(-1) ?? 'created'));
    }
  });

  it('ends where nothing leads on but a late approval, and nowhere else', () => {
    assert.deepEqual(paymentStates.filter(isTerminal).sort(), [...terminalStates].sort());
    for (const state of paymentStates.filter(isTerminal)) {
      assert.deepEqual(successors(state), overUnlessApproved.includes(state) ? ['late-reversing'] : []);
    }
  });

  it('never delivers after a late approval, and never forgets it', () => {
    assert.deepEqual(successors('late-reversing'), ['late-reversed']);
    assert.deepEqual(
      [toldByState['late-reversing'], toldByState['late-reversed']],
      ['being-returned', 'returned'],
    );
  });

  it('pends and voids once more for a late approval, and corrects what the caller was told', () => {
    const payment = {
      id: 'p',
      amount: { amountMinor: 5000, currency: 'CNY' as const },
      bank: 'b',
      provider: 'c',
    };
    const late = [edge('reversed', 'late-reversing'), edge('late-reversing', 'late-reversed')];
    const [pending, voided] = transfersOf(payment, late, () => 'id');
    assert.ok(pending && voided?.kind === 'voided');
    assert.notEqual(pending.id, payment.id);
    assert.equal(voided.pendingId, pending.id, 'its own, also when it is written by another process later');
    assert.deepEqual(noticesOf(late), ['late-reversing', 'late-reversed']);
    assert.deepEqual([isCorrection(late.slice(0, 1)), isCorrection(late.slice(1))], [true, false]);
    assert.equal(orderAfter(late), undefined, 'its order may have been paid by another');
  });

  it('delivers nothing that the bank did not authorise', () => {
    for (const path of paths().filter((so) => so.some(({ to }) => to === 'delivering'))) {
      assert.ok(path.some(({ to }) => to === 'authorised'));
    }
  });

  it('pends once, posts exactly what is completed, voids the rest, and gives notice once, on every way', () => {
    const payment = {
      id: 'p',
      amount: { amountMinor: 5000, currency: 'CNY' as const },
      bank: 'b',
      provider: 'c',
    };
    for (const path of paths()) {
      const end = path.at(-1)?.to;
      const kinds = transfersOf(payment, path, () => 'id').map(({ kind }) => kind);
      assert.deepEqual(kinds, ['pending', end === 'completed' ? 'posted' : 'voided']);
      assert.deepEqual(noticesOf(path), [end]);
    }
  });

  it('tells a caller "paid" in one state only', () => {
    assert.deepEqual(
      paymentStates.filter((state) => toldByState[state] === 'paid'),
      ['completed'],
    );
  });

  it('names a payment to its caller by the last six digits of the RRN', () => {
    const trace = { terminalId: 't', stan: 1, rrn: '632807123456', transmittedAt: new Date() };
    assert.equal(referenceOf({ trace }), '123456');
  });
});
