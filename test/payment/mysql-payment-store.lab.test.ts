import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { describeLateApprovals } from '../contracts/late-approvals.js';
import type { PaymentStoreUnderTest } from '../contracts/payment-store.js';
import { describePaymentStore } from '../contracts/payment-store.js';
import { withDatabase } from '../support/database.js';

describe('MysqlPaymentStore', () => {
  const test = withDatabase();

  const start = async (): Promise<PaymentStoreUnderTest> => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    return {
      store: new MysqlPaymentStore(test.database, ledger),
      historyOf: async (id) => {
        const rows = await test
          .database('payment_transitions')
          .where({ payment_id: id })
          .select<{ from_state: string; to_state: string }[]>('from_state', 'to_state');
        return rows.map((row) => `${row.from_state} → ${row.to_state}`).sort();
      },
      noticesOf: async (id) => {
        const rows = await test
          .database('notices')
          .where({ payment_id: id, withdrawn_at: null })
          .select<{ outcome: string }[]>('outcome');
        return rows.map(({ outcome }) => outcome).sort();
      },
      transferKindsOf: async (id) => (await ledger.transfersOf(id)).map(({ kind }) => kind).sort(),
      actsOf: async (id) => {
        const rows = await test
          .database('operator_acts')
          .where({ payment_id: id })
          .select<{ act: string; by_name: string; reason: string }[]>('act', 'by_name', 'reason');
        return rows.map(({ act, by_name, reason }) => `${act} by ${by_name}: ${reason}`);
      },
    };
  };

  describePaymentStore('MysqlPaymentStore', start);
  describeLateApprovals('MysqlPaymentStore', start);
});
