import assert from 'node:assert/strict';
import { isoMessage } from '../../src/bank/iso8583/message.js';
import type { MatchKey } from '../../src/bank/pending-requests.js';
import { isAnswer, matchKey, PendingRequests } from '../../src/bank/pending-requests.js';

describe('matching answers to requests', () => {
  const message = (mti: string, stan: string, terminal = '00000001') =>
    isoMessage(mti, { 11: stan, 41: terminal });
  const keyOf = (mti: string, stan: string, terminal?: string): MatchKey => {
    const key = matchKey(message(mti, stan, terminal));
    assert.ok(key !== undefined);
    return key;
  };
  const purchase = keyOf('0200', '000001');
  const answer = message('0210', '000001');
  let nowMs = 0;
  let pending: PendingRequests;
  beforeEach(() => {
    nowMs = 1_000;
    pending = new PendingRequests(() => nowMs);
  });
  afterEach(() => pending.giveUpAll('line-lost'));

  it('matches by message class, trace number and terminal', () => {
    assert.equal(purchase, matchKey(answer));
    assert.equal(keyOf('0401', '000001'), keyOf('0410', '000001'));
    assert.notEqual(purchase, keyOf('0410', '000001'));
    assert.notEqual(purchase, keyOf('0210', '000002'));
    assert.notEqual(purchase, keyOf('0210', '000001', '00000002'));
  });

  it('finds no key in a message without trace number or terminal', () => {
    assert.equal(matchKey(isoMessage('0210', { 41: '00000001' })), undefined);
    assert.equal(matchKey(isoMessage('0210', { 11: '000001' })), undefined);
  });

  it('tells answers from requests', () => {
    assert.deepEqual(['0210', '0410', '0411', '0810', '0230'].map(isAnswer), [true, true, true, true, true]);
    assert.deepEqual(['0200', '0400', '0401', '0800', '0220'].map(isAnswer), [
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('hands an answer to the one who waits, with how long it took', async () => {
    const waiting = pending.wait(purchase, 1_000);
    nowMs += 42;
    assert.equal(pending.answer(purchase, answer, true), true);
    const settled = await waiting;
    assert.equal(settled.outcome === 'answered' && settled.durationMs, 42);
    assert.equal(pending.size, 0);
  });

  it('gives a request up after its time', async () => {
    assert.deepEqual(await pending.wait(purchase, 10), { outcome: 'unknown', why: 'no-answer' });
    assert.equal(pending.fateOf(purchase), 'given-up');
    assert.equal(pending.answer(purchase, answer, true), false);
  });

  it('finds an answer late that a frozen process reads after the time, before its timer has been called', async () => {
    const waiting = pending.wait(purchase, 1_000);
    nowMs += 1_001;
    assert.equal(pending.answer(purchase, answer, true), false);
    assert.deepEqual(await waiting, { outcome: 'unknown', why: 'no-answer' });
  });

  it('remembers that an answer was had already', async () => {
    const waiting = pending.wait(purchase, 1_000);
    pending.answer(purchase, answer, true);
    await waiting;
    assert.equal(pending.answer(purchase, answer, true), false);
    assert.equal(pending.fateOf(purchase), 'answered');
  });

  it('remembers a bounded number of ended requests', async () => {
    const keys = Array.from({ length: 2_100 }, (_, i) => keyOf('0200', String(i).padStart(6, '0')));
    for (const key of keys) {
      const waiting = pending.wait(key, 1_000);
      pending.answer(key, answer, true);
      await waiting;
    }
    assert.equal(pending.fateOf(keys[0] ?? purchase), undefined);
    assert.equal(pending.fateOf(keys[2_099] ?? purchase), 'answered');
  });

  it('tells when nothing is in flight, or that something still is after the time given', async () => {
    assert.equal(await pending.empty(1), true);
    const waiting = pending.wait(purchase, 1_000);
    assert.equal(await pending.empty(5), false);
    const empty = pending.empty(1_000);
    pending.giveUpAll('line-lost');
    assert.equal(await empty, true);
    assert.deepEqual(await waiting, { outcome: 'unknown', why: 'line-lost' });
  });
});
