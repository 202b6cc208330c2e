import assert from 'node:assert/strict';
import fc from 'fast-check';
import { amountFault, ruleFaults } from '../src/amount-rule.js';

describe('the rule for an amount', () => {
  const recharge = { leastMinor: 100, greatestMinor: 50_000, stepMinor: 100 };
  const bill = { leastMinor: 100, greatestMinor: 9_999_900, stepMinor: 100, upToDue: true };

  it('takes its least and its greatest amount and every step between, and nothing else', () => {
    for (const [amountMinor, fault] of [
      [100, undefined],
      [50_000, undefined],
      [5_000, undefined],
      [99, 'too-small'],
      [0, 'too-small'],
      [-100, 'too-small'],
      [50_100, 'too-large'],
      [150, 'not-a-step'],
      [Number.NaN, 'too-small'],
      [100.5, 'too-small'],
      [Number.POSITIVE_INFINITY, 'too-small'],
    ] as const) {
      assert.equal(amountFault(recharge, amountMinor), fault, String(amountMinor));
    }
  });

  it('takes all of what is due whatever it is, whole steps below it, and never more', () => {
    assert.equal(amountFault(bill, 8_640, 8_640), undefined);
    assert.equal(amountFault(bill, 50, 50), undefined);
    assert.equal(amountFault(bill, 8_600, 8_640), undefined);
    assert.equal(amountFault(bill, 8_630, 8_640), 'not-a-step');
    assert.equal(amountFault(bill, 8_700, 8_640), 'too-large');
    assert.equal(amountFault(bill, 50, 8_640), 'too-small');
  });

  it('cannot tell a part from the whole of what is due while that is not known', () => {
    assert.equal(amountFault(bill, 8_630), undefined);
    assert.equal(amountFault(bill, 10_000_000), 'too-large');
  });

  it('never takes what is not above zero, whatever the rule', () => {
    fc.assert(
      fc.property(
        fc.record({
          leastMinor: fc.integer(),
          greatestMinor: fc.integer(),
          stepMinor: fc.integer({ min: 1 }),
        }),
        fc.integer({ max: 0 }),
        fc.option(fc.integer(), { nil: undefined }),
        (rule, amountMinor, due) => amountFault({ ...rule, upToDue: true }, amountMinor, due) === 'too-small',
      ),
    );
  });

  it('says what is wrong with a rule that no amount could meet', () => {
    assert.deepEqual(ruleFaults(recharge), []);
    assert.deepEqual(ruleFaults(bill), []);
    assert.match(ruleFaults({ ...recharge, leastMinor: 60_000 }).join(), /above its greatest/);
    assert.match(ruleFaults({ ...recharge, stepMinor: 0 }).join(), /whole minor units/);
    assert.match(ruleFaults({ leastMinor: 101, greatestMinor: 199, stepMinor: 100 }).join(), /no multiple/);
  });
});
