import assert from 'node:assert/strict';
import { Secret } from '../../src/secret.js';
import { KeptPin } from '../../src/session/kept-pin.js';
import { performWorkFor } from '../../src/session/perform-work.js';
import type { Caller } from '../../src/session/services.js';
import { quickly } from '../support/agents-side.js';
import { pan, recharge } from '../support/payment-world.js';
import { sessionWorld } from '../support/session-world.js';

const owner = '13800138000';
const pin = (digits = '135790') => new Secret('card-pin', Buffer.from(digits));

describe('what a call hears of earlier payments', () => {
  const start = async () => {
    const world = await sessionWorld();
    const { dependencies, wallet, store } = world;
    const [bound] = await wallet.cardsOf(owner);
    assert.ok(bound);
    await dependencies.takePayment(recharge({ cardId: bound.cardId }));
    const callFrom = (callerNumber: string, callId = 'a later call') => {
      const caller: Caller = {
        ...{ callId, callerNumber, order: undefined },
        keptPin: new KeptPin(quickly, () => undefined),
        awaitAgent: async () => ({ type: 'agentLeft' }),
        reachAgent: async () => 'unavailable',
      };
      return performWorkFor(dependencies, caller);
    };
    const isDue = () => store.all().some(({ newsDue }) => newsDue);
    /** Hears all the news there is to its end, and returns how much that was. */
    const hears = async (perform: ReturnType<typeof callFrom>) => {
      const found = await perform({ do: 'find-news' });
      assert.ok(found.type === 'news');
      await perform({ do: 'news-heard', references: found.news.map(({ reference }) => reference) });
      return found.news.length;
    };
    return { ...world, bound, callFrom, isDue, hears };
  };

  it('is told again to whoever only claims the number, and used up by who keys the PIN, before or after', async () => {
    const { callFrom, hears, isDue, bound } = await start();
    assert.equal(await hears(callFrom(owner)), 1);
    assert.ok(isDue());
    const wrong = callFrom(owner);
    assert.equal(await hears(wrong), 1);
    await wrong({ do: 'ask-card-balance', service: 'card-balance', card: bound, pin: pin('000000') });
    assert.ok(isDue(), 'a wrong PIN proves nothing');
    const right = callFrom(owner);
    assert.equal(await hears(right), 1);
    await right({ do: 'ask-card-balance', service: 'card-balance', card: bound, pin: pin() });
    assert.ok(!isDue());
    assert.equal(await hears(callFrom(owner)), 0);
  });

  it('is not used up by a stranger with the PIN of a card of their own', async () => {
    const { callFrom, hears, isDue, wallet } = await start();
    await wallet.bind('18600186000', { pan });
    const claimed = callFrom(owner);
    assert.equal(await hears(claimed), 1);
    const strangers = { cardId: 'card-of-a-stranger', lastFour: pan.slice(-4) };
    wallet.bankCard = async () => ({ pan });
    const balance = await claimed({
      do: 'ask-card-balance',
      service: 'card-balance',
      card: strangers,
      pin: pin(),
    });
    assert.equal(balance.type, 'balance');
    assert.ok(isDue());
  });

  it('is not told while the call that pays goes on', async () => {
    const { callFrom, hears, store } = await start();
    const callId = store.all()[0]?.callId ?? '';
    store.openCalls.add(callId);
    assert.equal(await hears(callFrom(owner)), 0);
    store.openCalls.delete(callId);
    assert.equal(await hears(callFrom(owner)), 1);
  });

  it('is asked about when the same is to be paid again within ten minutes, by the clock of the place', async () => {
    const { callFrom, bound, clock } = await start();
    const { service, details, amount } = recharge();
    const words = { announced: [], readBack: [], paid: [], wentThrough: [] };
    const purchase = { service, details, amount, words };
    const asks = async (perform = callFrom(owner)) => perform({ do: 'find-earlier', purchase, card: bound });
    assert.deepEqual(await asks(), { type: 'earlierFound', at: { hour: 12, minute: 0 } });
    clock.advance(600_000);
    assert.equal((await asks()).type, 'earlierFound');
    clock.advance(1);
    assert.deepEqual(await asks(), { type: 'noEarlier' });
  });
});
