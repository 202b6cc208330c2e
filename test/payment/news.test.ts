import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import { type Proof, paymentNews } from '../../src/payment/news.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { memoryWorld, recharge } from '../support/payment-world.js';

/** The PIN of the card that paid was found right. */
const proved: Proof = { cardIds: ['card-1'], ownsNumber: false };
const unproved: Proof = { cardIds: [], ownsNumber: false };

async function start(before: (world: ReturnType<typeof memoryWorld>) => void) {
  const world = memoryWorld();
  before(world);
  const parts = world.process();
  await takePayment(parts)(recharge());
  await parts.background.idle();
  const news = paymentNews(world.store, world.clock);
  const newsFor = async (phone: string, callId = 'another call') => news.newsFor(phone, callId);
  const markHeard = async (phone: string, heard: Awaited<ReturnType<typeof newsFor>>, proof = proved) =>
    news.markHeard(phone, heard, proof);
  return {
    ...world,
    markHeard,
    newsFor,
    outcomes: async () => (await newsFor('13800138000')).map(({ outcome }) => outcome),
    resolve: async () => {
      world.clock.advance(310_000);
      return resolveUnresolved(world.process()).resolveOnce();
    },
  };
}

describe('the news of earlier payments', () => {
  it('tells a caller that the payment was made, until they have heard it', async () => {
    const { newsFor, markHeard, outcomes } = await start(() => undefined);
    const news = await newsFor('13800138000');
    assert.deepEqual(news, [
      {
        service: 'recharge',
        details: { phone: '13800138000' },
        amount: { amountMinor: 5_000, currency: 'CNY' },
        outcome: 'paid',
        reference: '000001',
      },
    ]);
    await markHeard('13800138000', news);
    assert.deepEqual(await outcomes(), []);
  });

  it('tells nobody else', async () => {
    const { newsFor, markHeard, outcomes } = await start(() => undefined);
    assert.deepEqual(await newsFor('13900139000'), []);
    await markHeard('13900139000', await newsFor('13800138000'));
    assert.deepEqual(await outcomes(), ['paid']);
  });

  it('is silent about a payment that was declined', async () => {
    const { outcomes } = await start(({ bank }) => bank.script('purchase', 'refused'));
    assert.deepEqual(await outcomes(), []);
  });

  it('goes on telling what is not final until it is, and then the end', async () => {
    const { newsFor, markHeard, outcomes, resolve } = await start(({ carrier, bank }) => {
      carrier.script('refused');
      bank.script('reversal', 'request-lost');
    });
    const onTheWay = await newsFor('13800138000');
    assert.deepEqual(await outcomes(), ['being-returned']);
    await markHeard('13800138000', onTheWay);
    assert.deepEqual(await outcomes(), ['being-returned']);
    await resolve();
    await markHeard('13800138000', onTheWay);
    assert.deepEqual(await outcomes(), ['returned'], 'what was heard is not the end');
    await markHeard('13800138000', await newsFor('13800138000'));
    assert.deepEqual(await outcomes(), []);
  });

  it('does not know yet what a silent carrier did', async () => {
    const { outcomes, carrier, resolve } = await start(({ carrier: c }) => {
      c.script('answer-lost');
      c.silent = true;
    });
    assert.deepEqual(await outcomes(), ['not-known-yet']);
    carrier.silent = false;
    await resolve();
    assert.deepEqual(await outcomes(), ['paid']);
  });

  it('tells nothing of a payment whose own call goes on, but to that call itself', async () => {
    const { store, newsFor, outcomes } = await start(() => undefined);
    const callId = store.all()[0]?.callId ?? '';
    store.openCalls.add(callId);
    assert.deepEqual(await outcomes(), []);
    assert.equal((await newsFor('13800138000', callId)).length, 1);
    store.openCalls.clear();
    assert.deepEqual(await outcomes(), ['paid']);
  });

  it('is used up by who proved the card that paid, or another card of the number, and by nobody else', async () => {
    for (const [proof, left] of [
      [unproved, 1],
      [{ cardIds: ['card-of-a-stranger'], ownsNumber: false }, 1],
      [proved, 0],
      [{ cardIds: ['card-2'], ownsNumber: true }, 0],
    ] as const) {
      const { newsFor, markHeard, outcomes } = await start(() => undefined);
      await markHeard('13800138000', await newsFor('13800138000'), proof);
      assert.equal((await outcomes()).length, left, JSON.stringify(proof));
    }
  });

  it('is told on every call without proof, on three days, and then stands in the history only', async () => {
    const { newsFor, markHeard, outcomes, clock } = await start(() => undefined);
    for (let day = 1; day <= 3; day += 1) {
      for (let call = 1; call <= 5 && day < 3; call += 1) {
        await markHeard('13800138000', await newsFor('13800138000'), unproved);
        assert.deepEqual(await outcomes(), ['paid'], `day ${day}, call ${call}`);
      }
      clock.advance(86_400_000);
    }
    await markHeard('13800138000', await newsFor('13800138000'), unproved);
    assert.deepEqual(await outcomes(), []);
  });

  it('is not counted as told while it is not final', async () => {
    const { newsFor, markHeard, outcomes, clock, resolve } = await start(({ carrier, bank }) => {
      carrier.script('refused');
      bank.script('reversal', 'request-lost');
    });
    for (let day = 1; day <= 4; day += 1) {
      await markHeard('13800138000', await newsFor('13800138000'), unproved);
      clock.advance(86_400_000);
    }
    assert.deepEqual(await outcomes(), ['being-returned']);
    await resolve();
    assert.deepEqual(await outcomes(), ['returned']);
  });

  it('is told least first, and of nothing that is older than a month', async () => {
    const { newsFor, markHeard, clock, process } = await start(() => undefined);
    await takePayment(process())(recharge({ amount: yuan(20) }));
    const [first, second] = await newsFor('13800138000');
    assert.ok(first && second);
    await markHeard('13800138000', [first], unproved);
    assert.deepEqual(await newsFor('13800138000'), [second, first]);
    clock.advance(31 * 86_400_000);
    assert.deepEqual(await newsFor('13800138000'), []);
  });
});
