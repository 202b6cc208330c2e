import assert from 'node:assert/strict';
import type { PaymentState } from '../../../src/payment/payment.js';
import type { OurPayment, Theirs } from '../../../src/payment/reconcile/compare-day.js';
import { compareDay, isBreak } from '../../../src/payment/reconcile/compare-day.js';
import { boundsOf, offsetFrom, settlementDay } from '../../../src/payment/reconcile/settlement-day.js';
import { csvOf, tableOf } from '../../../src/payment/reconcile/show-reconciliation.js';
import { bankBooks, providerBooks } from '../../../src/payment/reconcile/their-books.js';

const at = new Date('2026-11-23T04:00:00Z');
const openSince = new Date('2026-11-23T05:00:00Z');
const readAt = new Date('2026-11-23T06:00:00Z');
const ours = (state: PaymentState, createdAt = at): OurPayment => ({
  id: 'p1',
  rrn: '000000000001',
  provider: 'mobile',
  state,
  amountMinor: 5_000,
  createdAt,
  updatedAt: createdAt,
});
const theirs = (taken: number, givenBack = 0, standingMinor = (taken - givenBack) * 5_000): Theirs => ({
  subject: '000000000001',
  taken,
  givenBack,
  standingMinor,
  at,
});

describe('compareDay', () => {
  for (const [what, payment, there, kind, detail] of [
    ['paid on both sides', ours('completed'), theirs(1), 'matched', ''],
    [
      'paid on both sides after a first purchase was given back',
      ours('completed'),
      theirs(2, 1),
      'matched',
      '',
    ],
    ['declined on both sides', ours('declined'), undefined, 'matched', ''],
    ['given back on both sides', ours('reversed'), theirs(1, 1), 'matched', ''],
    ['paid here only', ours('completed'), undefined, 'missing-there', 'completed here, unknown there'],
    [
      'paid here and given back there',
      ours('completed'),
      theirs(1, 1),
      'different-state',
      'completed here, taken and given back there',
    ],
    ['taken twice', ours('completed'), theirs(2), 'different-state', 'completed here, taken 2 times there'],
    [
      'declined here and taken there',
      ours('declined'),
      theirs(1),
      'different-state',
      'declined here, taken there',
    ],
    [
      'reversed here and taken there',
      ours('reversed'),
      theirs(1),
      'different-state',
      'reversed here, taken there',
    ],
    [
      'of another amount',
      ours('completed'),
      theirs(1, 0, 4_000),
      'different-amount',
      '5000 here, 4000 there',
    ],
    ['unfinished too long', ours('reversing'), theirs(1), 'different-state', 'reversing here, taken there'],
    [
      'unfinished too long, with nothing there',
      ours('needs-operator'),
      undefined,
      'different-state',
      'needs-operator here, nothing taken there',
    ],
    [
      'paid here since the journal was read',
      { ...ours('completed'), updatedAt: new Date(readAt.getTime() + 1) },
      undefined,
      'open',
      'completed here',
    ],
    ['being worked on', ours('reversing', openSince), theirs(1), 'open', 'reversing here'],
  ] as const) {
    it(`calls a payment that is ${what} ${kind}`, () => {
      const books = new Map(there === undefined ? [] : [[there.subject, there]]);
      const [row, ...more] = compareDay('bank', [payment], books, [], openSince, readAt);
      assert.ok(row && more.length === 0);
      assert.equal(row.kind, kind);
      assert.equal(row.detail, detail);
      assert.equal(isBreak(row), kind !== 'matched' && kind !== 'open');
    });
  }

  it('calls what was taken there and names no payment missing here, unless it was given back', () => {
    const strangers = [theirs(1), { ...theirs(1, 1), subject: '000000000002' }];
    const rows = compareDay('bank', [], new Map(), strangers, openSince, readAt);
    assert.deepEqual(
      rows.map(({ kind, subject, thereMinor }) => ({ kind, subject, thereMinor })),
      [{ kind: 'missing-here', subject: '000000000001', thereMinor: 5_000 }],
    );
  });

  it('knows a payment by its key at its provider', () => {
    const books = new Map([['p1', { ...theirs(1), subject: 'p1' }]]);
    assert.equal(
      compareDay('provider:mobile', [ours('completed')], books, [], openSince, readAt)[0]?.kind,
      'matched',
    );
  });
});

describe("the parties' books", () => {
  const line = { at, rrn: 'r', amountMinor: 5_000, result: '00', original: undefined, forced: false };

  it('count a purchase that was approved, and its reversal once it undid something', () => {
    const books = bankBooks([
      { ...line, event: 'purchase' },
      { ...line, event: 'reversal', original: 'approved' },
      { ...line, event: 'reversal', original: 'reversed-already' },
      { ...line, event: 'balance', rrn: 'b' },
    ]);
    assert.deepEqual([...books.values()], [{ subject: 'r', taken: 1, givenBack: 1, standingMinor: 0, at }]);
  });

  it('count nothing that was declined, or only scripted', () => {
    const books = bankBooks([
      { ...line, event: 'purchase', result: '51' },
      { ...line, event: 'purchase', forced: true },
      { ...line, event: 'reversal', original: 'never-seen' },
    ]);
    assert.equal(books.size, 0);
  });

  it('count each acceptance of a provider', () => {
    const order = { at, event: 'accepted', key: 'k', amountMinor: 100 };
    const books = providerBooks([order, order, { ...order, event: 'refused', key: 'other' }]);
    assert.deepEqual([...books.values()], [{ subject: 'k', taken: 2, givenBack: 0, standingMinor: 200, at }]);
  });
});

describe('a settlement day', () => {
  it('begins at midnight of its own place, or where its cut-off is', () => {
    assert.equal(
      settlementDay(new Date('2026-11-23T15:59:59.999Z'), { utcOffsetMinutes: 480 }),
      '2026-11-23',
    );
    assert.equal(settlementDay(new Date('2026-11-23T16:00:00Z'), { utcOffsetMinutes: 480 }), '2026-11-24');
    assert.equal(settlementDay(new Date('2026-11-23T15:00:00Z'), { utcOffsetMinutes: 540 }), '2026-11-24');
    assert.deepEqual(boundsOf('2026-11-23', { utcOffsetMinutes: 480 }), {
      from: new Date('2026-11-22T16:00:00Z'),
      to: new Date('2026-11-23T16:00:00Z'),
    });
  });

  for (const day of ['2026-02-30', '23.11.2026', '', '2026-1-1']) {
    it(`is not "${day}"`, () => assert.throws(() => boundsOf(day, { utcOffsetMinutes: 0 }), RangeError));
  }

  it('has an offset of whole minutes', () => {
    assert.equal(offsetFrom('-300'), -300);
    for (const text of ['8h', '', '1500', '4.5']) {
      assert.throws(() => offsetFrom(text), RangeError);
    }
  });
});

describe('what a reconciliation shows', () => {
  const rows = compareDay('bank', [ours('completed')], new Map(), [theirs(1)], openSince, readAt);
  const shown = {
    ...{ day: '2026-11-23', parties: ['bank', 'provider:mobile'] as const, rows, notCompared: ['press'] },
    recorded: { opened: 1, waiting: 1, explained: 0, gone: 0 },
  };

  it('is a table with counts, sums and each difference', () => {
    const table = tableOf(shown);
    assert.match(table, /^2026-11-23 +bank +provider:mobile\n/);
    assert.match(table, /not compared: payments of the provider press/);
    assert.match(table, /missing-there +1 +0\n/);
    assert.match(table, /paid here +50\.00 CNY +0\.00 CNY\n/);
    assert.match(table, /missing-there {2}bank 000000000001 {2}p1 {2}completed here, unknown there\n/);
    assert.match(
      table,
      /2 breaks: 1 new in the operator's queue, 1 waiting there before, 0 explained; 0 of earlier runs are gone/,
    );
  });

  it('is CSV in which no cell is a formula to a spreadsheet, whoever wrote it, and a negative number stays one', () => {
    for (const text of ['=HYPERLINK("http://x","y")', '+1', '-1+cmd', '@SUM(1)', '\t=1', '\r=1', '＝1']) {
      const [row = assert.fail()] = rows;
      const hostile = { ...row, subject: text, detail: text, hereMinor: -5_000 };
      const csv = csvOf({ ...shown, rows: [hostile] });
      const cell = `"'${text.replaceAll('"', '""')}"`;
      assert.ok(csv.includes(`,p1,${cell},completed,-5000,0,CNY,${cell}\r\n`), csv);
    }
  });

  it('is CSV in which a comma within a cell is quoted', () => {
    const lines = csvOf(shown).split('\r\n');
    assert.equal(lines.length, 4);
    assert.equal(
      lines[1],
      '2026-11-23,bank,missing-there,p1,000000000001,completed,5000,0,CNY,"completed here, unknown there"',
    );
  });
});
