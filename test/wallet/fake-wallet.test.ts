import { describeWallet } from '../contracts/wallet.js';
import { FakeAttempts } from '../support/fake-attempts.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeWallet, fakeSubjectOf } from '../support/fake-wallet.js';

describeWallet('FakeWallet', async () => {
  const attempts = new FakeAttempts(new FakeClock());
  return { wallet: new FakeWallet(attempts), attempts, subjectOf: fakeSubjectOf };
});
