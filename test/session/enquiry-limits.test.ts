import assert from 'node:assert/strict';
import { money } from '../../src/money.js';
import type { EnquiryLimits } from '../../src/session/enquiry-limits.js';
import { KeptPin } from '../../src/session/kept-pin.js';
import { performWorkFor } from '../../src/session/perform-work.js';
import type { AttemptScope } from '../../src/wallet/attempts.js';
import { quickly } from '../support/agents-side.js';
import { enquiryGuard } from '../support/enquiry-guard.js';
import { sessionWorld } from '../support/session-world.js';

const own = '13800138000';
const other = '13900139000';
const billOf = (phone: string) => ({ do: 'quote', service: 'bill', details: { phone } }) as const;
const rechargeOf = (phone: string) => ({ do: 'quote', service: 'recharge', details: { phone } }) as const;

async function start(limits: Partial<EnquiryLimits> = {}) {
  const world = await sessionWorld();
  const refusals: AttemptScope[] = [];
  const guard = enquiryGuard(world.attempts, limits, (scope) => refusals.push(scope));
  const callFrom = (callerNumber: string | undefined, code?: string) =>
    performWorkFor(
      { ...world.dependencies, enquiries: guard },
      {
        ...{ callId: 'call', callerNumber, order: code === undefined ? undefined : { code } },
        keptPin: new KeptPin(quickly, () => undefined),
        awaitAgent: async () => ({ type: 'agentLeft' }),
        reachAgent: async () => 'unavailable',
      },
    );
  return { ...world, refusals, callFrom };
}

describe('enquiries about phones', () => {
  it('are answered only so often to one number, the number itself included, over all calls, until a day later', async () => {
    const { callFrom, refusals, clock } = await start({ perCaller: 3 });
    for (const phone of [own, other, '13700137000']) {
      assert.notEqual((await callFrom(own)(billOf(phone))).type, 'askedTooOften');
    }
    assert.deepEqual(await callFrom(own)({ do: 'ask-phone-balance', service: 'phone-balance', phone: own }), {
      type: 'askedTooOften',
    });
    assert.deepEqual(await callFrom(own)(rechargeOf(other)), { type: 'askedTooOften' });
    assert.deepEqual(refusals, ['enquiry-caller', 'enquiry-caller']);
    assert.notEqual(
      (await callFrom(other)({ do: 'ask-phone-balance', service: 'phone-balance', phone: other })).type,
      'askedTooOften',
    );
    clock.advance(86_400_000);
    assert.notEqual(
      (await callFrom(own)({ do: 'ask-phone-balance', service: 'phone-balance', phone: own })).type,
      'askedTooOften',
    );
  });

  it('do not keep anybody from recharging the phone that calls', async () => {
    const { callFrom } = await start({ perCaller: 1 });
    await callFrom(own)({ do: 'ask-phone-balance', service: 'phone-balance', phone: own });
    assert.notEqual((await callFrom(own)(rechargeOf(own))).type, 'askedTooOften');
  });

  it('of all who withhold their number are counted together', async () => {
    const { callFrom } = await start({ withheld: 4 });
    const told = await Promise.all(
      Array.from({ length: 24 }, async (_, call) =>
        callFrom(undefined)(billOf(`1390013${String(call).padStart(4, '0')}`)),
      ),
    );
    assert.equal(told.filter(({ type }) => type === 'askedTooOften').length, 20);
  });

  it('about one phone are limited, whoever calls, and never keep its own caller from an answer', async () => {
    const { callFrom } = await start({ perPhone: 2 });
    const told = await Promise.all(
      [1, 2, 3, 4].map(async (caller) => callFrom(`1370000000${caller}`)(billOf(own))),
    );
    assert.equal(told.filter(({ type }) => type === 'askedTooOften').length, 2);
    assert.notEqual((await callFrom(own)(billOf(own))).type, 'askedTooOften');
  });
});

describe('order codes that callers key', () => {
  const prepare = async ({ orders, clock }: Awaited<ReturnType<typeof start>>) => {
    const prepared = await orders.prepare({
      ...{
        service: 'recharge',
        target: own,
        details: { phone: own },
        amount: money(2_500),
        reference: undefined,
        note: undefined,
      },
      ...{ createdBy: 'shop', idempotencyKey: 'key', expiresAt: new Date(clock.now().getTime() + 3_600_000) },
    });
    assert.ok(prepared.outcome === 'prepared');
    return prepared.order;
  };

  it('get one answer when nothing can be paid under them, whatever the reason', async () => {
    const world = await start();
    const { callFrom, orders } = world;
    const made = await prepare(world);
    await orders.cancel(made.id);
    const unknown = await callFrom(own)({ do: 'find-order', code: '000000' });
    assert.deepEqual(unknown, { type: 'orderClosed', why: 'unknown' });
    assert.deepEqual(await callFrom(own)({ do: 'find-order', code: made.code }), unknown);
    assert.deepEqual(await callFrom(own, made.code)({ do: 'find-order' }), {
      type: 'orderClosed',
      why: 'cancelled',
    });
  });

  it('are looked for only so often over all calls of a number, of withheld numbers, and of all', async () => {
    const world = await start({ codesPerCaller: 3, codesWithheld: 4, codesInAll: 9 });
    const { callFrom, refusals } = world;
    const { code } = await prepare(world);
    const guesses = async (from: (call: number) => string | undefined) =>
      Promise.all(
        Array.from({ length: 12 }, async (_, call) =>
          callFrom(from(call))({ do: 'find-order', code: `00000${call % 10}` }),
        ),
      );
    const looked = (told: readonly { readonly type: string }[]) =>
      told.filter(({ type }) => type === 'orderClosed').length;
    assert.equal(looked(await guesses(() => own)), 3);
    assert.equal(looked(await guesses(() => undefined)), 4);
    assert.equal(looked(await guesses((call) => `137000000${String(call).padStart(2, '0')}`)), 2);
    assert.deepEqual(await callFrom(own)({ do: 'find-order', code }), { type: 'unavailable' });
    assert.ok(refusals.includes('order-code-all'));
  });

  it('do not count when there is something to pay', async () => {
    const world = await start({ codesPerCaller: 1 });
    const { callFrom } = world;
    const { code } = await prepare(world);
    for (let time = 0; time < 5; time += 1) {
      assert.equal((await callFrom(own)({ do: 'find-order', code })).type, 'orderFound');
    }
  });
});
