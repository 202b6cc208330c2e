import assert from 'node:assert/strict';
import { paymentNews } from '../../src/payment/news.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { memoryWorld, recharge } from '../support/payment-world.js';

async function start(before: (world: ReturnType<typeof memoryWorld>) => void) {
  const world = memoryWorld();
  before(world);
  const parts = world.process();
  await takePayment(parts)(recharge());
  await parts.background.idle();
  const { newsFor, markHeard } = paymentNews(world.store);
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
        phone: '13800138000',
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
});
