import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Pan } from '../../src/bank/bank.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { yuan } from '../../src/money.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { Secret } from '../../src/secret.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';
import { MysqlAttempts } from '../../src/wallet/mysql-attempts.js';
import { cardSubject, MysqlWallet } from '../../src/wallet/mysql-wallet.js';
import { describeWallet } from '../contracts/wallet.js';
import { withDatabase } from '../support/database.js';

const pan = '6217001234567890122' as Pan;

describe('MysqlWallet', () => {
  const test = withDatabase();
  const sealer = new CardSealer(randomBytes(32), randomBytes(32));
  let now = new Date('2026-11-23T10:00:00.000Z');
  const clock = { now: () => now, monotonicMs: () => 0 };
  const start = () =>
    new MysqlWallet({
      ...{ database: test.database, sealer, clock },
      languages: languageCodes,
      servedPrefixes: ['62'],
      prefixesWithoutCheckDigit: ['6299'],
      locks: {
        attempts: new MysqlAttempts(test.database, clock),
        limits: { perCard: 2, perCardFromStrangers: 1 },
      },
    });

  describeWallet('MysqlWallet', async () => ({
    wallet: start(),
    attempts: new MysqlAttempts(test.database, clock),
    subjectOf: (card) => cardSubject(sealer.hash(card.pan)),
  }));

  it('stores no card number in clear', async () => {
    await start().bind('13512345678', { pan });
    const rows = JSON.stringify(
      await test.admin('cards').select(test.admin.raw('HEX(pan_sealed) sealed, HEX(pan_hash) hash, cards.*')),
    );
    assert.doesNotMatch(rows, new RegExp(pan));
    assert.doesNotMatch(rows, new RegExp(Buffer.from(pan).toString('hex'), 'i'));
  });

  it('stores nothing of a number that was only keyed, and seals what it keeps', async () => {
    const wallet = start();
    const rows = async (table: string) => test.admin(table).count<{ n: number }[]>('* as n');
    const before = [await rows('cards'), await rows('unproven_cards')];
    const number = new Secret('card-number', Buffer.from('6299990200112233451'));
    const recognised = await wallet.recognise(number, '13512345671');
    assert.ok(recognised?.unproven);
    assert.deepEqual([await rows('cards'), await rows('unproven_cards')], before);
    await wallet.keepUnproven(recognised.unproven);
    assert.deepEqual(await rows('cards'), before[0]);
    const kept = JSON.stringify(
      await test
        .admin('unproven_cards')
        .select(test.admin.raw('HEX(pan_sealed) sealed, HEX(pan_hash) hash, id')),
    );
    assert.doesNotMatch(kept, /6299990200112233451/);
    assert.doesNotMatch(kept, new RegExp(Buffer.from('6299990200112233451').toString('hex'), 'i'));
  });

  it('forgets an unproven card after a day, unless a payment may still need it', async () => {
    const wallet = start();
    const keep = async (digits: string) => {
      const recognised = await wallet.recognise(new Secret('card-number', Buffer.from(digits)), undefined);
      assert.ok(recognised?.unproven);
      return wallet.keepUnproven(recognised.unproven);
    };
    const [idle, declined, needed] = [
      await keep('6299990200112233461'),
      await keep('6299990200112233462'),
      await keep('6299990200112233463'),
    ];
    const store = new MysqlPaymentStore(test.database, new MysqlLedgerStore(test.database, clock));
    await paymentOf(store, declined, '1');
    await paymentOf(store, needed, '2');
    await test.admin('payments').where({ card_id: declined }).update({ state: 'declined' });
    now = new Date(now.getTime() + 86_400_001);
    await wallet.pruneUnproven();
    await assert.rejects(wallet.bankCard(idle));
    await assert.rejects(wallet.bankCard(declined));
    assert.equal((await wallet.bankCard(needed)).pan, '6299990200112233463');
  });
});

async function paymentOf(store: MysqlPaymentStore, cardId: string, number: string): Promise<void> {
  const at = new Date('2026-11-23T10:00:00.000Z');
  await store.begin({
    ...{
      id: uuidv7(),
      callId: uuidv7(),
      callerNumber: '',
      service: 'recharge',
      target: '13800138000',
      details: { phone: '13800138000' },
    },
    ...{ amount: yuan(1), cardId, orderId: undefined, bank: 'bank', provider: 'carrier', owner: 'test/1' },
    ...{ leaseUntil: at, at },
    trace: { terminalId: '00000001', stan: Number(number), rrn: number.padStart(12, '0'), transmittedAt: at },
  });
}
