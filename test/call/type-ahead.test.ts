import assert from 'node:assert/strict';
import { TypeAhead } from '../../src/call/type-ahead.js';

describe('keys typed ahead', () => {
  it('come out in the order in which they went in, and are wiped behind', () => {
    const memory = Buffer.alloc(4);
    const keys = new TypeAhead(memory);
    keys.push('1');
    keys.push('#');
    assert.ok(keys.startsWith('1'));
    assert.equal(keys.shift(), '1');
    assert.ok(keys.startsWith('#') && !keys.startsWith('1'));
    assert.equal(keys.shift(), '#');
    assert.equal(keys.shift(), undefined);
    assert.ok(keys.isEmpty && !keys.startsWith('#'));
    assert.deepEqual(memory, Buffer.alloc(4));
  });

  it('are wiped when they are dropped', () => {
    const memory = Buffer.alloc(6);
    const keys = new TypeAhead(memory);
    for (const key of '135790') {
      keys.push(key);
    }
    keys.drop();
    assert.ok(keys.isEmpty);
    assert.deepEqual(memory, Buffer.alloc(6));
  });

  it('are lost when there are more than anyone needs', () => {
    const keys = new TypeAhead(Buffer.alloc(2));
    for (const key of '123') {
      keys.push(key);
    }
    assert.deepEqual([keys.shift(), keys.shift(), keys.shift()], ['1', '2', undefined]);
  });
});
