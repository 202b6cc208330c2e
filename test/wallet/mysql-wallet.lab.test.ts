import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Pan } from '../../src/bank/bank.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';
import { MysqlWallet } from '../../src/wallet/mysql-wallet.js';
import { describeWallet } from '../contracts/wallet.js';
import { withDatabase } from '../support/database.js';

const pan = '6217001234567890122' as Pan;

describe('MysqlWallet', () => {
  const test = withDatabase();
  const sealer = new CardSealer(randomBytes(32), randomBytes(32));
  let now = new Date('2026-11-23T10:00:00.000Z');
  const start = () =>
    new MysqlWallet({
      database: test.database,
      sealer,
      clock: { now: () => now, monotonicMs: () => 0 },
      servedPrefixes: ['62'],
      pinTries: 3,
      pinLockMs: 1_800_000,
    });

  describeWallet('MysqlWallet', async () => start());

  it('stores no card number in clear', async () => {
    await start().bind('13512345678', { pan });
    const rows = JSON.stringify(
      await test.admin('cards').select(test.admin.raw('HEX(pan_sealed) sealed, HEX(pan_hash) hash, cards.*')),
    );
    assert.doesNotMatch(rows, new RegExp(pan));
    assert.doesNotMatch(rows, new RegExp(Buffer.from(pan).toString('hex'), 'i'));
  });

  it('counts wrong PINs of many calls at once without losing one', async () => {
    const { cardId } = await start().bind('13512345679', { pan: '6228480012345678903' as Pan });
    const left = await Promise.all(Array.from({ length: 6 }, async () => start().countWrongPin(cardId)));
    assert.deepEqual([...left].sort(), [0, 0, 0, 0, 1, 2]);
  });

  it('opens a locked card when the lock has ended, with all its tries', async () => {
    const { cardId } = await start().bind('13512345670', { pan: '6225881314159265350' as Pan });
    for (let time = 0; time < 3; time += 1) {
      await start().countWrongPin(cardId);
    }
    now = new Date(now.getTime() + 1_800_000);
    assert.equal((await start().cardsOf('13512345670'))[0]?.locked, false);
    assert.equal(await start().countWrongPin(cardId), 2);
  });
});
