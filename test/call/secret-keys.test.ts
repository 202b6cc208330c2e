import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SecretKeys } from '../../src/call/secret-keys.js';

describe('the keys of a secret', () => {
  const keyed = (memory: Buffer): SecretKeys => {
    const keys = new SecretKeys('card-pin', memory);
    for (const key of '135790') {
      keys.push(key.charCodeAt(0));
    }
    return keys;
  };

  it('become a secret, and leave nothing behind', () => {
    const memory = Buffer.alloc(6);
    const secret = keyed(memory).take();
    assert.deepEqual(memory, Buffer.alloc(6));
    assert.equal(secret.kind, 'card-pin');
    assert.equal(
      secret.open((digits) => digits.toString('ascii')),
      '135790',
    );
  });

  it('are wiped when they are given up', () => {
    const memory = Buffer.alloc(6);
    const keys = keyed(memory);
    keys.wipe();
    assert.deepEqual(memory, Buffer.alloc(6));
    assert.equal(
      keys.take().open((digits) => digits.length),
      0,
    );
  });

  it('are no more than there is room for', () => {
    const digits = keyed(Buffer.alloc(4)).take();
    assert.equal(
      digits.open((kept) => kept.toString('ascii')),
      '1357',
    );
  });

  it('cannot be seen from outside', () => {
    const keys = keyed(Buffer.alloc(6));
    assert.doesNotMatch(`${inspect(keys, { showHidden: true, depth: 9 })}${JSON.stringify(keys)}`, /\d/);
  });
});
