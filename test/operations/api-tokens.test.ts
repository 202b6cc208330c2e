import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { authenticate, parseApiTokens } from '../../src/operations/api-tokens.js';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');

describe('the tokens of the API', () => {
  it('are read with their names and roles', () => {
    const parsed = parseApiTokens(`1001:agent:${hash('a')}, duty:operator:${hash('b').toUpperCase()}`);
    assert.ok(parsed.outcome === 'parsed');
    assert.deepEqual(
      parsed.tokens.map(({ name, role, tokenHash }) => [name, role, tokenHash.toString('hex')]),
      [
        ['1001', 'agent', hash('a')],
        ['duty', 'operator', hash('b')],
      ],
    );
  });

  it('may be two of one user, while one replaces the other', () => {
    const parsed = parseApiTokens(`shop:agent:${hash('old')},shop:agent:${hash('new')}`);
    assert.ok(parsed.outcome === 'parsed');
    for (const token of ['old', 'new']) {
      assert.deepEqual(authenticate(parsed.tokens, `Bearer ${token}`), { name: 'shop', role: 'agent' });
    }
  });

  it('have their faults named by place, all at once, and never by value', () => {
    const faulty = [
      `1001:agent:${hash('a')}`,
      'plain-token',
      `:agent:${hash('b')}`,
      `1002:boss:${hash('c')}`,
      '1003:agent:1234',
      `1004:agent:${hash('d')}:x`,
      `1005:agent:${hash('a')}`,
      `1001:operator:${hash('e')}`,
      '',
    ];
    const parsed = parseApiTokens(faulty.join(','));
    assert.ok(parsed.outcome === 'faulty');
    assert.deepEqual(parsed.faults, [
      'entry 2 must be name:role:sha256-of-the-token',
      'entry 3 must begin with a name of 1–40 letters, digits, dots, hyphens or underscores',
      'entry 4 must have one of the roles agent, operator, auditor',
      'entry 5 must end with the SHA-256 of the token, 64 hexadecimal characters',
      'entry 6 must be name:role:sha256-of-the-token',
      'entry 7 has the token of an earlier entry',
      'entry 8 has the name of an earlier entry with another role, or in another case',
      'entry 9 must be name:role:sha256-of-the-token',
    ]);
  });

  it('refuse a name that differs from another in its case alone', () => {
    assert.equal(parseApiTokens(`shop:agent:${hash('a')},Shop:agent:${hash('b')}`).outcome, 'faulty');
  });

  it('let in whoever shows one of them, and nobody who shows anything else', () => {
    const parsed = parseApiTokens(`1001:agent:${hash('a-token')}`);
    assert.ok(parsed.outcome === 'parsed');
    const known = (authorization: string | undefined) => authenticate(parsed.tokens, authorization)?.name;
    assert.equal(known('Bearer a-token'), '1001');
    assert.equal(known('bearer a-token'), '1001');
    for (const other of [
      undefined,
      '',
      'a-token',
      'Bearer',
      'Bearer ',
      'Bearer a-token ',
      'Bearer a-toke',
      'Bearer a-token2',
      `Bearer ${hash('a-token')}`,
      `Bearer ${'x'.repeat(10_000)}`,
      'Basic a-token',
    ]) {
      assert.equal(known(other), undefined, other);
    }
  });
});
