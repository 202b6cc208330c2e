import assert from 'node:assert/strict';
import type { Profile } from '../../src/bank/iso8583/profile.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';

const [card] = contractCards;
const badAnswer = { outcome: 'unknown', why: 'bad-answer' };

/** A refusal as hosts write it that cannot tell whose keys to use: no MAC, and often no reference. */
const refusal = (code: string) =>
  ({ fields: { 39: code, 37: undefined, 38: undefined }, mac: 'none' }) as const;

describe('an answer without a MAC', function () {
  this.timeout(20_000);
  let link: IndependentLink;
  afterEach(() => link.stop());

  const start = async (
    unsignedRefusals?: Profile['unsignedRefusals'],
    answerTimeoutMs = 3_000,
  ): Promise<void> => {
    const profile = { ...unionpayProfile, ...(unsignedRefusals && { unsignedRefusals }) };
    link = await startIndependentLink({ profile, timing: { answerTimeoutMs } });
  };
  const pay = async () => {
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
    return link.bank.purchase(request);
  };

  for (const [code, expected] of Object.entries({
    '55': { outcome: 'wrong-pin' },
    '51': { outcome: 'declined', reason: 'insufficient-funds' },
    '75': { outcome: 'declined', reason: 'pin-tries-exceeded' },
    '41': { outcome: 'declined', reason: 'card-blocked' },
    '91': { outcome: 'declined', reason: 'try-later' },
    '77': { outcome: 'declined', reason: 'try-later' },
    A0: { outcome: 'declined', reason: 'try-later' },
  })) {
    it(`is heard when it refuses with ${code}, and the purchase is reversed to make sure`, async () => {
      await start();
      link.host.on('purchase', refusal(code));
      assert.deepEqual(await pay(), { ...expected, responseCode: code });
      const [purchase = assert.fail()] = link.host.of('purchase');
      const [reversal = assert.fail(), ...more] = link.host.of('reversal');
      assert.equal(more.length, 0);
      assert.equal(reversal.fields[11], purchase.fields[11]);
      assert.equal(reversal.fields[39], '98');
      assert.ok(link.host.isSigned(reversal));
    });
  }

  it('is heard when the bank refuses the reversal as it refused the purchase: there is nothing to reverse', async () => {
    await start();
    link.host.on('purchase', refusal('55'));
    link.host.on('reversal', refusal('25'));
    assert.deepEqual(await pay(), { outcome: 'wrong-pin', responseCode: '55' });
  });

  for (const [what, reply] of Object.entries({
    'is not answered': 'silence',
    'is answered without a MAC that it was done': { mac: 'none' },
    'is answered with a wrong MAC': { mac: 'wrong' },
    'is refused for what is no reason': { fields: { 39: '40' } },
  } as const)) {
    it(`leaves the purchase unknown when the reversal ${what}`, async () => {
      await start(undefined, 300);
      link.host.on('purchase', refusal('51'));
      link.host.on('reversal', reply);
      assert.deepEqual(await pay(), badAnswer);
    });
  }

  for (const code of ['00', '10', 'ZZ', '09']) {
    it(`proves nothing when its code is ${code}`, async () => {
      await start();
      link.host.on('purchase', refusal(code));
      assert.deepEqual(await pay(), badAnswer);
      assert.equal(link.line.counts.connects, 1);
    });
  }

  it('is not heard when its MAC is wrong: somebody has changed it', async () => {
    await start();
    link.host.on('purchase', { fields: { 39: '55' }, mac: 'wrong' });
    assert.deepEqual(await pay(), badAnswer);
    assert.equal(link.line.counts.badMacs, 1);
  });

  it('is heard without a reversal, or not at all, where the profile says so', async () => {
    await start('believed');
    link.host.on('purchase', refusal('55'));
    assert.deepEqual(await pay(), { outcome: 'wrong-pin', responseCode: '55' });
    assert.equal(link.host.of('reversal').length, 0);
    await link.stop();
    await start('not-believed');
    link.host.on('purchase', refusal('55'));
    assert.deepEqual(await pay(), badAnswer);
  });

  it('is heard to a balance enquiry, which takes nothing', async () => {
    await start();
    link.host.on('balance', refusal('55'));
    const trace = await link.bank.nextTrace();
    const answer = await link.bank.balance({ trace, card: bankCard(card), pin: pinOf(card.pin) });
    assert.deepEqual(answer, { outcome: 'wrong-pin', responseCode: '55' });
    assert.equal(link.host.of('reversal').length, 0);
  });

  it('leaves no request behind when it makes sure for longer than the answer may take', async () => {
    await start(undefined, 400);
    link.host.on('purchase', { ...refusal('55'), delayMs: 200 });
    link.host.on('reversal', 'silence');
    const begun = Date.now();
    assert.deepEqual(await pay(), badAnswer);
    assert.ok(Date.now() - begun < 800);
  });
});
