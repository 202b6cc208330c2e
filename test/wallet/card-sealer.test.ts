import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Pan } from '../../src/bank/bank.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';

const pan = '6222020200112233446' as Pan;

describe('CardSealer', () => {
  const sealer = new CardSealer(randomBytes(32), randomBytes(32));

  it('opens what it sealed', () => {
    const { sealed, keyId } = sealer.seal(pan);
    assert.equal(sealer.open(sealed, keyId), pan);
  });

  it('seals the same number differently each time, and finds it by the same hash', () => {
    const [one, two] = [sealer.seal(pan), sealer.seal(pan)];
    assert.notDeepEqual(one.sealed, two.sealed);
    assert.deepEqual(one.hash, two.hash);
  });

  it('refuses bytes that were changed, cut, or sealed under another key', () => {
    const { sealed, keyId } = sealer.seal(pan);
    const changed = Buffer.from(sealed);
    changed[15] = (changed[15] ?? 0) ^ 1;
    const other = new CardSealer(randomBytes(32), randomBytes(32));
    assert.throws(() => sealer.open(changed, keyId));
    assert.throws(() => sealer.open(sealed.subarray(0, -1), keyId));
    assert.throws(() => other.open(sealed, keyId), /not configured/);
    assert.throws(() => other.open(sealed, other.keyId));
  });

  it('wants two different keys of the right length', () => {
    const key = randomBytes(32);
    assert.throws(() => new CardSealer(key, key), /two different keys/);
    assert.throws(() => new CardSealer(key, randomBytes(16)), /two different keys/);
  });
});
