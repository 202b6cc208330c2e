import { describeLedgerStore } from '../contracts/ledger-store.js';
import { FakeLedgerStore } from '../support/fake-ledger-store.js';

describeLedgerStore('FakeLedgerStore', async () => new FakeLedgerStore());
