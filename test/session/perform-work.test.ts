import assert from 'node:assert/strict';
import { known } from '../../src/dialogue/step.js';
import { yuan } from '../../src/money.js';
import { KeptPin } from '../../src/session/kept-pin.js';
import { performWorkFor } from '../../src/session/perform-work.js';
import { quickly } from '../support/agents-side.js';
import { sessionWorld } from '../support/session-world.js';

describe('work for a call', () => {
  it('finds nobody under what no service takes, and nothing to pay in an order for it', async () => {
    const { dependencies, orders, clock } = await sessionWorld();
    const details = { phone: '07551234567' };
    const { order } = await orders.prepare({
      ...{ service: 'recharge', target: details.phone, details, amount: yuan(50), createdBy: 'shop' },
      ...{ reference: undefined, note: undefined, idempotencyKey: 'k' },
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    const perform = performWorkFor(dependencies, {
      ...{ callId: 'call', callerNumber: '75512345678', order: { id: known(order, 'the order').id } },
      keptPin: new KeptPin(quickly, () => undefined),
      awaitAgent: async () => ({ type: 'agentLeft' }),
      reachAgent: async () => 'unavailable',
    });
    assert.deepEqual(await perform({ do: 'quote', service: 'bill', details }), { type: 'subjectUnknown' });
    assert.deepEqual(await perform({ do: 'find-order' }), { type: 'orderClosed', why: 'unknown' });
  });

  it('looks for no order any more once six codes of none were keyed, but for the one that came with the call', async () => {
    const { dependencies, orders } = await sessionWorld();
    const asked: string[] = [];
    const services = {
      ...dependencies,
      orders: {
        find: async (id: string) => orders.find(id),
        findByCode: async (code: string) => {
          asked.push(code);
          return orders.findByCode(code);
        },
      },
    };
    const perform = performWorkFor(services, {
      callId: 'call',
      callerNumber: '13800138000',
      order: { code: '777777' },
      keptPin: new KeptPin(quickly, () => undefined),
      awaitAgent: async () => ({ type: 'agentLeft' }),
      reachAgent: async () => 'unavailable',
    });
    for (let guess = 1; guess <= 8; guess += 1) {
      assert.deepEqual(await perform({ do: 'find-order', code: `00000${guess}` }), {
        type: 'orderClosed',
        why: 'unknown',
      });
    }
    assert.equal(asked.length, 6);
    await perform({ do: 'find-order' });
    assert.equal(asked.at(-1), '777777');
  });
});
