import assert from 'node:assert/strict';
import { v7 as uuidV7 } from 'uuid';
import { pend, post, voidTransfer } from '../../src/ledger/ledger.js';
import type { LedgerStore } from '../../src/ledger/ledger-store.js';
import { money } from '../../src/money.js';

/** The behaviour that payments rely on, whichever ledger it is. */
export function describeLedgerStore(name: string, start: () => Promise<LedgerStore>): void {
  describe(`${name} as a ledger store`, () => {
    let store: LedgerStore;
    const debit = `bank-clearing/${name}` as const;
    const credit = `provider:${name}` as const;
    const pending = (amountMinor = 5000) => {
      const id = uuidV7();
      return pend({ id, paymentId: id, amount: money(amountMinor), debit, credit });
    };
    const balances = async () => [await store.balance(debit, 'CNY'), await store.balance(credit, 'CNY')];

    beforeEach(async () => {
      store = await start();
    });

    it('gives back what was recorded, in order', async () => {
      const first = pending();
      const second = post(first, uuidV7());
      await store.record(first);
      await store.record(second);
      assert.deepEqual(await store.transfersOf(first.paymentId), [first, second]);
    });

    it('has a balance of zero in an account that nothing touched', async () => {
      assert.deepEqual(await store.balance('bank-clearing/nobody', 'CNY'), {
        pendingMinor: 0,
        postedMinor: 0,
      });
    });

    it('sums what was pended, posted and voided', async () => {
      const before = await balances();
      const [posted, voided, open] = [pending(10_000), pending(300), pending(7)];
      for (const transfer of [posted, voided, open, post(posted, uuidV7()), voidTransfer(voided, uuidV7())]) {
        await store.record(transfer);
      }
      const after = await balances();
      const moved = after.map((balance, index) => ({
        pending: balance.pendingMinor - (before[index]?.pendingMinor ?? 0),
        posted: balance.postedMinor - (before[index]?.postedMinor ?? 0),
      }));
      assert.deepEqual(moved, [
        { pending: 7, posted: 10_000 },
        { pending: -7, posted: -10_000 },
      ]);
    });

    it('ends a pending transfer once only, whichever way', async () => {
      const first = pending();
      await store.record(first);
      await store.record(post(first, uuidV7()));
      await assert.rejects(store.record(post(first, uuidV7())), /Duplicate entry/);
      await assert.rejects(store.record(voidTransfer(first, uuidV7())), /Duplicate entry/);
      assert.equal((await store.transfersOf(first.paymentId)).length, 2);
    });

    it('ends a pending transfer once only when two try at the same moment', async () => {
      const first = pending();
      await store.record(first);
      const ends = await Promise.allSettled([
        store.record(post(first, uuidV7())),
        store.record(voidTransfer(first, uuidV7())),
      ]);
      assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.equal((await store.transfersOf(first.paymentId)).length, 2);
    });

    it('writes nothing of a transfer that does not balance', async () => {
      const first = pending();
      const crooked = { ...first, entries: first.entries.slice(0, 1) };
      await assert.rejects(store.record(crooked), RangeError);
      assert.deepEqual(await store.transfersOf(first.paymentId), []);
    });

    it('does not record a transfer twice', async () => {
      const first = pending();
      await store.record(first);
      await assert.rejects(store.record(first), /Duplicate entry/);
    });
  });
}
