import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { describeLedgerStore } from '../contracts/ledger-store.js';
import { withDatabase } from '../support/database.js';

describe('MysqlLedgerStore', () => {
  const test = withDatabase();
  describeLedgerStore('MysqlLedgerStore', async () => new MysqlLedgerStore(test.database, systemClock));
});
