import assert from 'node:assert/strict';
import type { BankTrace } from '../../src/bank/bank.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { HostRequest, Reply } from '../support/independent-host/independent-host.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;

/** A field of two or three length digits, as it lies on the wire. */
function lllvar(content: Buffer, digits: 2 | 3 = 3): Buffer {
  const length = String(content.length).padStart(digits === 2 ? 2 : 4, '0');
  return Buffer.concat([Buffer.from(length, 'hex'), content]);
}

const row = '1002156C000000100000';

/** What hosts put into an answer that is right in everything else. */
const oddities: Readonly<Record<string, Reply>> = {
  'a text in 44 that is not GBK': { fields: { 44: lllvar(Buffer.from([0xff, 0xff, 0x41]), 2) } },
  'a text in 44 that is longer than the table says': { fields: { 44: 'X'.repeat(40) } },
  'bytes in 63 that are no text': { fields: { 63: lllvar(Buffer.from([0x00, 0xff, 0x80, 0x20])) } },
  'a field 46': { fields: { 46: 'FOR THE TERMINAL' } },
  'a field 47': { fields: { 47: 'FOR THE MERCHANT' } },
  'a field 56': { fields: { 56: 'MORE OF THE SAME' } },
  'a field 57 longer than the table says': { fields: { 57: 'X'.repeat(300) } },
  'a field 100 with its MAC in 128': { fields: { 100: '48110000' } },
  'a field 8': { fields: { 8: Buffer.from('00000012', 'hex') } },
  'a seventh row in 54': { fields: { 54: row.repeat(7) } },
  'letters in a field of digits': { fields: { 22: Buffer.from('01A0', 'hex') } },
  'a settlement date that is none': { fields: { 15: Buffer.from('11FF', 'hex') } },
  'a TPDU of 68': { tpduId: 0x68 },
};

/** Answers of which not even the places of all fields can be known, or that say nothing about the payment. */
const unusable: Readonly<Record<string, (request: HostRequest, link: IndependentLink) => Reply | Buffer>> = {
  'a length that is no number': () => ({ fields: { 44: Buffer.from('FA', 'hex') } }),
  'a field 65': () => ({ fields: { 65: Buffer.from([0]) } }),
  'bytes behind its last field': (request, link) => {
    const frame = Buffer.concat([link.host.frame(request), Buffer.from([0])]);
    frame.writeUInt16BE(frame.length - 2);
    return frame;
  },
  'an end before its last field': (request, link) => {
    const frame = link.host.frame(request).subarray(0, -12);
    frame.writeUInt16BE(frame.length - 2);
    return frame;
  },
  'no response code': () => ({ fields: { 39: undefined } }),
  'a response code that is no text': () => ({ fields: { 39: Buffer.from([0xff, 0x00]) } }),
  'an amount that is no number': () => ({ fields: { 4: Buffer.from('00000000AB00', 'hex') } }),
};

describe('an answer that breaks the profile', function () {
  this.timeout(20_000);
  let link: IndependentLink;
  afterEach(() => link.stop());

  const pay = async () => {
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
    return { trace, answer: await link.bank.purchase(request) };
  };
  const reverse = (original: BankTrace, attempt = 0) =>
    link.bank.reverse({ original, card: bankCard(card), amount: yuan(30), attempt });

  for (const [what, reply] of Object.entries(oddities)) {
    it(`is an answer all the same with ${what}: to a purchase, to a reversal, to a sign-in`, async () => {
      link = await startIndependentLink({}, (host) => host.once('sign-in', reply));
      link.host.on('purchase', reply);
      link.host.on('reversal', reply);
      const { trace, answer } = await pay();
      assert.equal(answer.outcome, 'approved');
      assert.equal((await reverse(trace)).outcome, 'acknowledged');
      assert.equal(link.line.counts.connects, 1);
      assert.equal(link.line.counts.signOns, 1);
    });
  }

  for (const [what, reply] of Object.entries(unusable)) {
    it(`costs its own message alone with ${what}`, async () => {
      link = await startIndependentLink({ timing: { answerTimeoutMs: 5_000 } });
      link.host.on('purchase', (request) =>
        request.fields[11] === '000001' ? reply(request, link) : { delayMs: 60 },
      );
      const traces = await Promise.all(Array.from({ length: 21 }, () => link.bank.nextTrace()));
      const victim = traces.find(({ stan }) => stan === 1) ?? traces[0];
      link.host.on('purchase', (request) =>
        Number(request.fields[11]) === victim?.stan ? reply(request, link) : { delayMs: 60 },
      );
      const answers = await Promise.all(
        traces.map((trace) =>
          link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) }),
        ),
      );
      const outcomes = answers.map((answer, i) =>
        traces[i] === victim ? answer : answer.outcome === 'approved',
      );
      const expected = traces.map((trace) =>
        trace === victim ? { outcome: 'unknown', why: 'bad-answer' } : true,
      );
      assert.deepEqual(outcomes, expected);
      assert.equal(link.line.counts.connects, 1);
      // The operator can see that it came and could not be used, without its content.
      assert.ok(link.logged.some(({ level, message }) => level === 'error' && /cannot be/.test(message)));
    });

    it(`does not cut the line however often a reversal is answered with ${what}`, async () => {
      link = await startIndependentLink();
      link.host.on('reversal', (request) => reply(request, link));
      const original = await link.bank.nextTrace();
      for (let attempt = 0; attempt < 3; attempt += 1) {
        assert.deepEqual(await reverse(original, attempt), { outcome: 'unknown', why: 'bad-answer' });
      }
      assert.equal(link.line.counts.connects, 1);
      link.host.on('reversal', {});
      assert.equal((await reverse(original, 3)).outcome, 'acknowledged');
    });
  }

  it('tells the balance of an answer with seven rows, and of one with a field of its own', async () => {
    link = await startIndependentLink();
    link.host.on('balance', { fields: { 54: row.repeat(7), 46: 'X' } });
    const trace = await link.bank.nextTrace();
    const answer = await link.bank.balance({ trace, card: bankCard(card), pin: pinOf(card.pin) });
    assert.equal(answer.outcome === 'approved' && answer.balance.amountMinor, 100_000);
  });

  it('is not believed with fields behind its MAC, which anybody could have put there', async () => {
    link = await startIndependentLink();
    link.host.on('purchase', { fields: { 64: '0'.repeat(16), 70: '301' }, mac: 'none' });
    assert.deepEqual((await pay()).answer, { outcome: 'unknown', why: 'bad-answer' });
    assert.equal(link.line.counts.connects, 1);
  });

  it('costs the line when the stream is out of step: what follows is no frame either', async () => {
    link = await startIndependentLink();
    link.host.on('purchase', Buffer.concat([Buffer.from([0, 24]), Buffer.alloc(24, 0xee)]));
    assert.deepEqual((await pay()).answer, { outcome: 'unknown', why: 'line-lost' });
    await until(() => link.bank.available, 'the line is back');
    assert.equal(link.line.counts.connects, 2);
  });

  it('never shows what it held in a log or a record', async () => {
    link = await startIndependentLink();
    link.host.on('purchase', ({ fields }) => ({
      fields: { 44: lllvar(Buffer.from(`\xff${card.pan}`, 'latin1'), 2), 46: `PAN ${fields[2] ?? ''}` },
    }));
    await pay();
    assert.ok(!JSON.stringify([link.logged, link.messages, link.strays]).includes(card.pan));
  });
});
