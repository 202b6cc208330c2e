import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import type { Ability, Details, Provider, ProviderOrder } from '../../src/provider/provider.js';

/** What a provider under test offers besides the port. */
export type ProviderUnderTest = {
  readonly provider: Provider;
  /** How often its own books say that the key was accepted. */
  readonly accepted: (key: string) => number;
  /** The next order is refused. */
  readonly refuseNext: () => Promise<void> | void;
  /** The next order is accepted, and its answer is lost. */
  readonly loseNextAnswer: () => Promise<void> | void;
  /** The next order never comes to the provider. */
  readonly loseNextRequest: () => Promise<void> | void;
  /** Something that it sells, and something that it does not know. */
  readonly service: string;
  readonly known: Details;
  readonly stranger: Details;
};

/** The behaviour that payments rely on, whichever provider it is; the known thing can be had for 50 yuan. */
export function describeProvider(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(`${name} as a provider`, () => {
    let under: ProviderUnderTest;
    let provider: Provider;
    beforeEach(async () => {
      under = await start();
      provider = under.provider;
    });
    const order = (key: string, other: Partial<ProviderOrder> = {}): ProviderOrder => ({
      ...{ key, service: under.service, amount: yuan(50), details: under.known, payer: '13800138000' },
      ...other,
    });

    it('has an id that fits the ledger and the settings', () => {
      assert.match(provider.id, /^[a-z0-9-]{1,20}$/);
    });

    it('delivers an order once, however often its key is sent', async () => {
      const first = await provider.deliver(order('key-1'));
      assert.equal(first.outcome, 'accepted');
      assert.deepEqual(await provider.deliver(order('key-1')), first);
      assert.equal(under.accepted('key-1'), 1);
    });

    it('delivers an order once when its key is sent by many at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => provider.deliver(order('key-1'))),
      );
      assert.deepEqual(new Set(answers.map(({ outcome }) => outcome)), new Set(['accepted']));
      assert.equal(under.accepted('key-1'), 1);
    });

    it('delivers two orders of two keys, and gives each a reference of its own', async () => {
      const first = await provider.deliver(order('key-1'));
      const second = await provider.deliver(order('key-2'));
      assert.ok(first.outcome === 'accepted' && second.outcome === 'accepted');
      assert.notEqual(first.providerReference, second.providerReference);
      assert.deepEqual([under.accepted('key-1'), under.accepted('key-2')], [1, 1]);
    });

    it('says what it accepted, where it says an amount', async () => {
      const accepted = await provider.deliver(order('key-1'));
      assert.ok(accepted.outcome === 'accepted');
      assert.deepEqual(accepted.amount ?? yuan(50), yuan(50));
    });

    it('does not take a key for another amount, service or thing', async () => {
      await provider.deliver(order('key-1'));
      for (const other of [
        { amount: yuan(60) },
        { service: 'another-service' },
        { details: under.stranger },
      ]) {
        assert.notEqual((await provider.deliver(order('key-1', other))).outcome, 'accepted');
      }
      assert.equal(under.accepted('key-1'), 1);
      assert.equal((await provider.lookUp('key-1')).outcome, 'accepted', 'the first stands');
    });

    it('refuses for good: a look-up says the same later, and the same key is refused again', async () => {
      await under.refuseNext();
      const refused = await provider.deliver(order('key-1'));
      assert.equal(refused.outcome, 'refused');
      assert.equal((await provider.lookUp('key-1')).outcome, 'refused');
      assert.equal((await provider.deliver(order('key-1'))).outcome, 'refused');
      assert.equal(under.accepted('key-1'), 0);
    });

    it('answers a look-up with what became of an order whose answer was lost', async () => {
      await under.loseNextAnswer();
      assert.deepEqual(await provider.deliver(order('key-1')), { outcome: 'unknown' });
      assert.equal((await provider.lookUp('key-1')).outcome, 'accepted');
      assert.equal(under.accepted('key-1'), 1);
    });

    it('says never-seen for a key it never saw, and for an order that never came', async () => {
      assert.deepEqual(await provider.lookUp('no-such-key'), { outcome: 'never-seen' });
      await under.loseNextRequest();
      assert.deepEqual(await provider.deliver(order('key-1')), { outcome: 'unknown' });
      assert.deepEqual(await provider.lookUp('key-1'), { outcome: 'never-seen' });
    });

    it('answers a look-up as it answered the order', async () => {
      const delivered = await provider.deliver(order('key-1'));
      assert.deepEqual(await provider.lookUp('key-1'), delivered);
    });

    it('is not asked for what it cannot do', async () => {
      const asked: Partial<Record<Ability, () => Promise<{ outcome: string }>>> = {
        quote: async () => provider.quote({ service: under.service, details: under.known }),
        hold: async () => provider.hold('hold-1', 'quote-1'),
        cancel: async () => provider.cancel('key-1', 'cancel-1'),
      };
      for (const [ability, ask] of Object.entries(asked)) {
        if (!provider.can.has(ability as Ability)) {
          assert.deepEqual(await ask(), { outcome: 'refused', reason: 'cannot' });
        }
      }
      if (!provider.can.has('hold')) {
        assert.deepEqual(await provider.release('hold-1'), { outcome: 'released' });
      }
    });

    it('lists something or nothing, and rejects for neither', async () => {
      assert.equal((await provider.list({ service: under.service })).outcome, 'listed');
    });
  });
}
