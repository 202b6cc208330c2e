import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;

describe('a host that is not the simulator', () => {
  let link: IndependentLink;
  afterEach(() => link.stop());

  it('is given a purchase that it can read, with the PIN under its key and its own MAC', async () => {
    link = await startIndependentLink();
    const trace = await link.bank.nextTrace();
    await link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) });
    assert.deepEqual(link.host.faults, []);
    assert.equal(link.host.of('sign-in').length, 1);
    const [purchase] = link.host.of('purchase');
    assert.ok(purchase !== undefined);
    assert.equal(purchase.fields[2], card.pan);
    assert.equal(purchase.fields[4], '000000003000');
    assert.equal(purchase.fields[11], String(trace.stan).padStart(6, '0'));
    assert.equal(link.host.pinOf(purchase), card.pin);
    assert.equal(link.host.isSigned(purchase), true);
  });

  it('has a reversal acknowledged with a MAC of its own making', async () => {
    link = await startIndependentLink();
    const original = await link.bank.nextTrace();
    const answer = await link.bank.reverse({ original, card: bankCard(card), amount: yuan(30), attempt: 0 });
    assert.deepEqual(answer, { outcome: 'acknowledged', responseCode: '00' });
  });

  describe('gives references of its own', () => {
    const pay = async () => {
      const trace = await link.bank.nextTrace();
      const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
      return { trace, answer: await link.bank.purchase(request) };
    };

    it('to requests that carry none, and its answers are taken', async () => {
      link = await startIndependentLink();
      const { trace, answer } = await pay();
      assert.equal(answer.outcome, 'approved');
      await link.bank.reverse({ original: trace, card: bankCard(card), amount: yuan(30), attempt: 0 });
      assert.ok(
        [...link.host.of('purchase'), ...link.host.of('reversal')].every(({ fields }) => !(37 in fields)),
      );
      assert.deepEqual(link.strays, []);
    });

    it('and the record has both under our own: what was sent and what came', async () => {
      link = await startIndependentLink();
      link.host.on('purchase', { fields: { 37: '798765432109' } });
      const { trace } = await pay();
      const said = link.messages.filter(({ mti }) => mti.startsWith('02'));
      assert.deepEqual(
        said.map(({ direction, rrn }) => [direction, rrn]),
        [
          ['sent', trace.rrn],
          ['received', trace.rrn],
        ],
      );
      assert.match(said[1]?.description ?? '', /37 .*798765432109/);
    });

    it('which may be the RRN of another payment here: a late answer is its own payment’s all the same', async () => {
      link = await startIndependentLink({ timing: { answerTimeoutMs: 500 } });
      const { trace: other } = await pay();
      link.host.on('purchase', { delayMs: 700, fields: { 37: other.rrn } });
      const { trace, answer } = await pay();
      assert.deepEqual(answer, { outcome: 'unknown', why: 'no-answer' });
      await until(() => link.strays.length === 1, 'the late answer');
      const [stray = assert.fail()] = link.strays;
      assert.deepEqual(
        [stray.why, stray.rrn, stray.terminalId, stray.stan],
        ['late', trace.rrn, trace.terminalId, trace.stan],
      );
    });

    it('and after a restart a late answer still has what its payment is found by', async () => {
      link = await startIndependentLink();
      const { trace } = await pay();
      const [purchase = assert.fail()] = link.host.of('purchase');
      const before = purchase.fields[11];
      // The new process knows nothing of the old one's requests; the host answers over the new line.
      link.host.cut();
      await until(() => link.line.counts.signOns === 2 && link.bank.available, 'the new line');
      link.host.send('0210', {
        3: '000000',
        11: '004242',
        37: '700000000000',
        39: '00',
        41: trace.terminalId,
      });
      await until(() => link.strays.length === 1, 'the late answer');
      assert.notEqual(before, '004242');
      assert.deepEqual(
        [link.strays[0]?.why, link.strays[0]?.rrn, link.strays[0]?.stan],
        ['unmatched', undefined, 4242],
      );
    });

    it('or none at all, or blanks', async () => {
      link = await startIndependentLink();
      for (const reference of [undefined, ' '.repeat(12), '0'.repeat(12)]) {
        link.host.on('purchase', { fields: { 37: reference } });
        assert.equal((await pay()).answer.outcome, 'approved');
      }
    });
  });
});
