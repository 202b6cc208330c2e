import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';

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
    // The host echoes what the reversal names, so that it fits whether references are assigned or echoed.
    link.host.on('reversal', ({ fields }) => ({ fields: { 37: fields[37] ?? '704112000000' } }));
    const original = await link.bank.nextTrace();
    const answer = await link.bank.reverse({ original, card: bankCard(card), amount: yuan(30), attempt: 0 });
    assert.deepEqual(answer, { outcome: 'acknowledged', responseCode: '00' });
  });
});
