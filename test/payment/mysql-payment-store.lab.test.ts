import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { describeLateApprovals } from '../contracts/late-approvals.js';
import type { PaymentStoreUnderTest } from '../contracts/payment-store.js';
import { describePaymentStore } from '../contracts/payment-store.js';
import { describePaymentUpdates } from '../contracts/payment-updates.js';
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
      openCall: async (id, node) => {
        const application = `${node}-${id.slice(-8)}`;
        await test.database('calls').insert({
          ...{ id, channel_id: id, service_number: '12580', entry: 'dialled', application },
          started_at: new Date(),
        });
        await test.database('bank_terminals').insert({
          ...{ terminal_id: id.slice(-8), node: application, incarnation: id },
          seen_at: test.database.raw('NOW(3) - INTERVAL ? SECOND', [node === 'live' ? 5 : 90]),
        });
      },
      endCall: async (id) => {
        await test.database('calls').where({ id }).update({ ended_at: new Date() });
      },
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
  describePaymentUpdates('MysqlPaymentStore', start);
});
