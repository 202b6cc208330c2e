import assert from 'node:assert/strict';
import type { Carrier } from '../../src/provider/carrier/carrier.js';

/** What a carrier under test offers besides the port. */
export type CarrierUnderTest = {
  readonly carrier: Carrier;
};

const known = '13800138000';
const stranger = '19999999999';

/** What callers' enquiries rely on, whichever carrier it is: phone 13800138000 has 12.50 and owes 86.40. */
export function describeCarrier(name: string, start: () => Promise<CarrierUnderTest>): void {
  describe(`${name} as a carrier`, () => {
    let under: CarrierUnderTest;
    beforeEach(async () => {
      under = await start();
    });

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
  });
}
