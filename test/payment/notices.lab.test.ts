import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { deliverNotices } from '../../src/payment/deliver-notices.js';
import { FileNoticeDelivery } from '../../src/payment/file-notice-delivery.js';
import { MysqlNoticeOutbox } from '../../src/payment/mysql-notice-outbox.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import type { Notice, NoticeDelivery } from '../../src/payment/notice.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { withDatabase } from '../support/database.js';
import { paymentWorld, recharge } from '../support/payment-world.js';
import { silentLog } from '../support/silent-log.js';

describe('the outbox of notices', () => {
  const test = withDatabase();
  const start = () => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    return paymentWorld(new MysqlPaymentStore(test.database, ledger));
  };
  let world: ReturnType<typeof start>;
  before(() => {
    world = start();
  });
  const pay = async (): Promise<void> => {
    await takePayment(world.process())(recharge());
  };
  const to = (delivery: NoticeDelivery) => {
    const { policy, clock, wait } = world.process();
    const outbox = new MysqlNoticeOutbox(test.database);
    return deliverNotices({ outbox, delivery, policy, clock, wait, log: silentLog });
  };

  it('is emptied into a file, each notice once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'notices-'));
    try {
      const file = join(folder, 'notices.jsonl');
      await pay();
      const notices = to(new FileNoticeDelivery(file, silentLog));
      assert.equal(await notices.deliverOnce(), 1);
      world.clock.advance(600_000);
      assert.equal(await notices.deliverOnce(), 0);
      const { outcome, callerNumber, amount, reference } = JSON.parse(await readFile(file, 'utf8')) as Notice;
      assert.deepEqual(
        { outcome, callerNumber, amount, reference },
        {
          outcome: 'completed',
          callerNumber: '13800138000',
          amount: { amountMinor: 5_000, currency: 'CNY' },
          reference: '000001',
        },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('tries again, later, what could not be delivered', async () => {
    await pay();
    let tries = 0;
    const notices = to({
      deliver: async () => {
        tries += 1;
        return tries < 3 ? 'failed' : 'delivered';
      },
    });
    await notices.deliverOnce();
    await notices.deliverOnce();
    assert.equal(tries, 1, 'it is not due again yet');
    for (let pass = 0; pass < 4; pass += 1) {
      world.clock.advance(600_000);
      await notices.deliverOnce();
    }
    assert.equal(tries, 3);
  });

  it('delivers a notice once though two workers empty it', async () => {
    await Promise.all([pay(), pay(), pay()]);
    const delivered: string[] = [];
    const slow: NoticeDelivery = {
      deliver: async ({ id }) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        delivered.push(id);
        return 'delivered';
      },
    };
    await Promise.all([to(slow).deliverOnce(), to(slow).deliverOnce()]);
    assert.equal(delivered.length, 3);
    assert.equal(new Set(delivered).size, 3);
  });

  it('gives the file back as failed when it cannot be written', async () => {
    const delivery = new FileNoticeDelivery('/nowhere/notices.jsonl', silentLog);
    assert.equal(await delivery.deliver({} as Notice), 'failed');
  });
});
