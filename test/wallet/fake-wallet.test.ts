import { describeWallet } from '../contracts/wallet.js';
import { FakeWallet } from '../support/fake-wallet.js';

describeWallet('FakeWallet', async () => new FakeWallet());
