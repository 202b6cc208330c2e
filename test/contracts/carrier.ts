import assert from 'node:assert/strict';
import type { Carrier } from '../../src/carrier/carrier.js';
import { yuan } from '../../src/money.js';

/** What a carrier under test offers besides the port. */
export type CarrierUnderTest = {
  readonly carrier: Carrier;
  /** How often an order for the phone was accepted. */
  readonly acceptedFor: (phone: string) => number;
  /** The next order is refused. */
  readonly refuseNext: () => Promise<void> | void;
  /** The next order is accepted, and its answer is lost. */
  readonly loseNextAnswer: () => Promise<void> | void;
};

const known = '13800138000';
const stranger = '19999999999';

/** The behaviour that payments rely on, whichever carrier it is: phone 13800138000 has 12.50 and owes 86.40. */
export function describeCarrier(name: string, start: () => Promise<CarrierUnderTest>): void {
  describe(`${name} as a carrier`, () => {
    let under: CarrierUnderTest;
    beforeEach(async () => {
      under = await start();
    });
    const order = (key: string, amount = yuan(50)) =>
      ({ key, service: 'recharge', phone: known, amount }) as const;

    it('tells the balance and the bill of a phone it knows', async () => {
      assert.deepEqual(await under.carrier.balance(known), {
        outcome: 'found',
        balance: { amountMinor: 1250, currency: 'CNY' },
      });
      assert.deepEqual(await under.carrier.bill(known), {
        outcome: 'found',
        due: { amountMinor: 8640, currency: 'CNY' },
      });
    });

    it('says so when it does not know a phone', async () => {
      assert.deepEqual(await under.carrier.balance(stranger), { outcome: 'phone-unknown' });
      assert.deepEqual(await under.carrier.bill(stranger), { outcome: 'phone-unknown' });
    });

    it('delivers an order once, however often its key is sent', async () => {
      const first = await under.carrier.deliver(order('key-1'));
      const second = await under.carrier.deliver(order('key-1'));
      assert.equal(first.outcome, 'accepted');
      assert.deepEqual(second, first);
      assert.equal(under.acceptedFor(known), 1);
    });

    it('delivers two orders of two keys', async () => {
      await under.carrier.deliver(order('key-1'));
      await under.carrier.deliver(order('key-2'));
      assert.equal(under.acceptedFor(known), 2);
    });

    it('does not take a key for another amount', async () => {
      await under.carrier.deliver(order('key-1', yuan(50)));
      const other = await under.carrier.deliver(order('key-1', yuan(60)));
      assert.notEqual(other.outcome, 'accepted');
      assert.equal(under.acceptedFor(known), 1);
    });

    it('refuses for good: a look-up says the same later', async () => {
      await under.refuseNext();
      const refused = await under.carrier.deliver(order('key-1'));
      assert.equal(refused.outcome, 'refused');
      assert.equal((await under.carrier.lookUp('key-1')).outcome, 'refused');
      assert.equal(under.acceptedFor(known), 0);
    });

    it('answers a look-up with what became of an order whose answer was lost', async () => {
      await under.loseNextAnswer();
      assert.deepEqual(await under.carrier.deliver(order('key-1')), { outcome: 'unknown' });
      assert.equal((await under.carrier.lookUp('key-1')).outcome, 'accepted');
      assert.equal(under.acceptedFor(known), 1);
    });

    it('says never-seen for a key it never saw', async () => {
      assert.deepEqual(await under.carrier.lookUp('no-such-key'), { outcome: 'never-seen' });
    });
  });
}
