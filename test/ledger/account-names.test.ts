import assert from 'node:assert/strict';
import { currentAccount, storedNames } from '../../src/ledger/account-names.js';

describe('the stored names of accounts', () => {
  it('read what was booked before as the provider’s', () => {
    assert.equal(currentAccount('carrier-clearing/mobile'), 'provider:mobile');
    assert.equal(currentAccount('provider:press'), 'provider:press');
    assert.equal(currentAccount('bank-clearing/unionpay'), 'bank-clearing/unionpay');
  });

  it('are two for a provider and one for a bank', () => {
    assert.deepEqual(storedNames('provider:mobile'), ['provider:mobile', 'carrier-clearing/mobile']);
    assert.deepEqual(storedNames('bank-clearing/unionpay'), ['bank-clearing/unionpay']);
  });
});
