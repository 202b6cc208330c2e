import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as cryptography from '../../../src/bank/cryptography.js';
import { withInterfaceTables } from '../../../src/bank/interface-tables.js';

const document = readFileSync(new URL('../../../docs/bank-interface.md', import.meta.url), 'utf8');

describe('docs/bank-interface.md', () => {
  it('has the tables of the profiles as they are now (npm run iso -- document draws them)', () => {
    assert.equal(withInterfaceTables(document), document);
  });

  it('is refused without a place for a table', () => {
    assert.throws(
      () => withInterfaceTables(document.replace('<!-- end fields of unionpay -->', '')),
      /fields of unionpay/,
    );
  });

  it('says how to call every cryptographic function', () => {
    const missing = Object.entries(cryptography)
      .filter(([, value]) => typeof value === 'function' && !value.toString().startsWith('class'))
      .filter(([name]) => !document.includes(`\`${name}(`))
      .map(([name]) => name);
    assert.deepEqual(missing, []);
  });
});
