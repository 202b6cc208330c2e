import assert from 'node:assert/strict';
import type { Pan } from '../../src/bank/bank.js';
import type { Money } from '../../src/money.js';
import { yuan } from '../../src/money.js';
import type { LateAnswer } from '../../src/payment/note-late-answer.js';
import { noteLateAnswer } from '../../src/payment/note-late-answer.js';
import { toldByState } from '../../src/payment/payment.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { leftPayment as left } from '../support/left-payment.js';
import { memoryWorld, pan, recharge } from '../support/payment-world.js';
import { silentLog } from '../support/silent-log.js';

describe('a late answer of the bank', () => {
  const errors: string[] = [];
  const alarms: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => void errors.push(message) };

  beforeEach(() => {
    errors.length = 0;
    alarms.length = 0;
  });

  const anotherPan = '6228480012345678903' as Pan;
  type World = Awaited<ReturnType<typeof left>>;
  /** The bank's approval of the world's payment comes, so many times at once. */
  const approvalComes = async (
    { store, only, clock }: World,
    { times = 1, ...other }: Partial<LateAnswer> & { readonly times?: number } = {},
  ): Promise<void> => {
    const { rrn, terminalId, stan } = only().trace;
    const note = noteLateAnswer({
      ...{ store, log, onAlarm: (alarm: string) => void alarms.push(alarm) },
      bankCard: async (cardId) => ({ pan: cardId === 'card-1' ? pan : anotherPan }),
    });
    const late = { rrn, terminalId, stan, approved: true, responseCode: '00', authorisationCode: 'AB12  ' };
    await Promise.all(
      Array.from({ length: times }, async () => note({ ...late, receivedAt: clock.now(), ...other })),
    );
  };
  const reversed = async (responseCode: string, isDone = false): Promise<World> => {
    const world = await left(({ bank: b }) => {
      b.script('purchase', isDone ? 'answer-lost' : 'request-lost');
      if (responseCode !== '00') {
        b.script('reversal', { acknowledges: responseCode });
      }
    });
    assert.equal(world.only().state, 'reversed');
    assert.equal(world.only().reversalCode, responseCode);
    return world;
  };
  const told = ({ store, only }: World) => [
    toldByState[only().state],
    only().newsDue,
    store.notices.map(({ outcome }) => outcome),
  ];

  it('is written down on a payment that is being reversed, and moves nothing', async () => {
    const world = await left(({ bank: b }) => {
      b.script('purchase', 'answer-lost');
      b.script('reversal', 'request-lost');
    });
    const before = world.only();
    await approvalComes(world);
    const { approvedAt, authorisationCode, bankResponseCode, ...rest } = world.only();
    assert.deepEqual(rest, before);
    assert.deepEqual([approvedAt, authorisationCode, bankResponseCode], [world.clock.now(), 'AB12  ', '00']);
    assert.deepEqual([...errors, ...alarms], []);
  });

  it('makes "no such purchase" (25) no end of a reversal, until a person is called and the bank finds it', async () => {
    const world = await left(({ bank: b }) => {
      b.script('purchase', 'answer-lost');
      b.script('reversal', 'request-lost');
      b.script('reversal', { acknowledges: '25' }, 9);
    });
    await approvalComes(world);
    const { only, pass, parts, bank } = world;
    while (only().state === 'reversing') {
      await pass();
    }
    assert.equal(only().state, 'needs-operator');
    assert.equal(only().attempts, parts.policy.triesBeforeOperator);
    await pass();
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });

  it('that comes while the bank still looks for the purchase keeps "no such purchase" from ending it', async () => {
    const world = await left(({ bank: b }) => {
      b.script('purchase', 'answer-lost');
      b.script('reversal', 'request-lost');
      b.script('reversal', { acknowledges: '25' });
    });
    const { bank, only, pass } = world;
    const reverse = bank.reverse.bind(bank);
    bank.reverse = async (request) => {
      const answer = await reverse(request);
      await approvalComes(world);
      return answer;
    };
    await pass();
    assert.equal(only().state, 'reversing');
    bank.reverse = reverse;
    await pass();
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });

  for (const code of ['25', '12']) {
    it(`reverses once more what had ended with ${code}, calls a person, and tells the caller the truth`, async () => {
      const world = await reversed(code, true);
      const { only, pass, bank, store } = world;
      assert.equal(bank.balanceOf(pan), 95_000, 'the debit stands');
      await store.markHeard([only().id]);
      await approvalComes(world);
      await approvalComes(world, { times: 3 });
      assert.equal(only().state, 'late-reversing');
      assert.deepEqual(alarms, ['late-approval']);
      assert.equal(errors.length, 1);
      assert.ok(only().operatorSince);
      assert.deepEqual(told(world), ['being-returned', true, ['late-reversing']]);
      await pass();
      assert.equal(only().state, 'late-reversed');
      assert.equal(bank.balanceOf(pan), 100_000);
      assert.equal(bank.journal.filter(({ kind }) => kind === 'reversal').length, 2);
      assert.deepEqual(told(world), ['returned', true, ['late-reversing', 'late-reversed']]);
      const kinds = (await store.ledger.transfersOf(only().id)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['pending', 'voided', 'pending', 'voided']);
      await approvalComes(world);
      assert.equal(only().state, 'late-reversed', 'a duplicate changes nothing');
      assert.equal(await pass(), 0);
    });
  }

  it('goes on reversing a late approval that the bank does not find, and stays in the queue', async () => {
    const world = await reversed('25', true);
    const { only, pass, bank, parts } = world;
    const alarmed = { ...parts, onAlarm: (alarm: string) => void alarms.push(alarm) };
    bank.script('reversal', { acknowledges: '25' }, 20);
    await approvalComes(world);
    for (let round = 0; round < 20; round += 1) {
      await pass(resolveUnresolved(alarmed));
    }
    assert.equal(only().state, 'late-reversing');
    assert.ok(only().operatorSince && only().nextAttemptAt);
    assert.deepEqual(alarms.slice(0, 2), ['late-approval', 'no-original']);
    await pass();
    assert.equal(only().state, 'late-reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });

  for (const code of ['00', '22', 'A4']) {
    it(`changes nothing after the bank has given it back with ${code}`, async () => {
      const world = await reversed(code, code === '00');
      const before = world.only();
      await approvalComes(world);
      assert.deepEqual(world.only(), before);
      assert.deepEqual([...errors, ...alarms], []);
    });
  }

  it('changes nothing on a payment that was paid', async () => {
    const world = await left(() => undefined);
    const before = world.only();
    assert.equal(before.state, 'completed');
    await approvalComes(world, { times: 2 });
    assert.deepEqual(world.only(), before);
  });

  it('reverses a payment that had ended as declined, and leaves its order to others', async () => {
    const world = await left(({ bank: b }) => {
      b.available = false;
    });
    assert.equal(world.only().state, 'declined');
    assert.equal(world.only().newsDue, false);
    world.bank.available = true;
    await approvalComes(world);
    assert.deepEqual([errors.length, alarms], [1, ['late-approval']]);
    assert.deepEqual(told(world), ['being-returned', true, ['late-reversing']]);
    await world.pass();
    assert.equal(world.only().state, 'late-reversed');
  });

  it('names its payment by the trace number where the host assigns field 37', async () => {
    const world = await reversed('25', true);
    await approvalComes(world, { rrn: '999999999999', stan: 77 });
    assert.equal(world.only().state, 'reversed', 'the trace number of another');
    for (const rrn of ['999999999999', '', undefined]) {
      await approvalComes(world, { rrn });
      assert.equal(world.only().state, 'late-reversing');
    }
  });

  it('finds its payment after the wall clock has stepped back: what was sent before bears a later time', async () => {
    const world = await reversed('25', true);
    world.clock.step(-3_600_000);
    await approvalComes(world, { rrn: undefined });
    assert.equal(world.only().state, 'late-reversing');
  });

  it('names, of two payments with its trace number, the one with its card and its amount', async () => {
    const hourMs = 3_600_000;
    /** Two were sent with one number, 20 hours apart; returns which of them this approval changed. */
    const changedBy = async (
      second: { readonly cardId?: string; readonly amount?: Money },
      answer: Partial<LateAnswer>,
    ): Promise<string> => {
      const world = await reversed('25', true);
      const first = world.only();
      world.clock.advance(20 * hourMs);
      world.bank.script('purchase', 'answer-lost');
      world.bank.script('reversal', { acknowledges: '25' });
      const take = world.bank.nextTrace.bind(world.bank);
      world.bank.nextTrace = async () => ({ ...(await take()), stan: first.trace.stan });
      await takePayment(world.parts)(recharge(second));
      const states = () => world.store.all().map(({ state }) => state);
      assert.deepEqual(states(), ['reversed', 'reversed']);
      await approvalComes(world, { rrn: undefined, ...answer });
      return states()
        .map((state) => (state === 'late-reversing' ? 'changed' : '-'))
        .join(' ');
    };
    assert.equal(await changedBy({ amount: yuan(30) }, {}), '- changed', 'the nearest');
    assert.equal(await changedBy({ amount: yuan(30) }, { amountMinor: 5_000 }), 'changed -');
    assert.equal(await changedBy({ amount: yuan(30) }, { amountMinor: 3_000 }), '- changed');
    assert.equal(
      await changedBy({ amount: yuan(30) }, { amountMinor: 1_000 }),
      '- changed',
      'approved in part',
    );
    assert.equal(await changedBy({ cardId: 'card-2' }, { pan, amountMinor: 5_000 }), 'changed -');
    assert.equal(await changedBy({ cardId: 'card-2' }, { pan: anotherPan }), '- changed');
    assert.equal(await changedBy({}, { pan: anotherPan }), '- -', 'of neither');
  });

  it('that refuses changes nothing, and none that names no payment is an error', async () => {
    const world = await reversed('25');
    await approvalComes(world, { approved: false, responseCode: '51' });
    await approvalComes(world, { rrn: '999999999999', terminalId: '00000009' });
    assert.equal(world.only().state, 'reversed');
    assert.deepEqual([...errors, ...alarms], []);
  });

  it('that only the process itself knows, which another had reversed in vain, is reversed once more', async () => {
    const world = memoryWorld();
    const { store, bank, clock } = world;
    const parts = world.process({ log, node: 'node-1' });
    const release = bank.hold('purchase');
    const paying = takePayment(parts)(recharge());
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(600_000);
    bank.script('reversal', { acknowledges: '25' });
    await resolveUnresolved(world.process({ node: 'node-2' })).resolveOnce();
    assert.equal(store.all()[0]?.state, 'reversed');
    release();
    assert.equal((await paying).outcome, 'returning');
    await parts.background.idle();
    assert.equal(store.all()[0]?.state, 'late-reversing');
    clock.advance(1_000);
    await resolveUnresolved(world.process({ node: 'node-2' })).resolveOnce();
    assert.equal(store.all()[0]?.state, 'late-reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });
});

describe('a reversal that found nothing to give back', () => {
  const overtaken = async (code = '25') =>
    left(({ bank }) => {
      bank.script('purchase', 'answer-lost');
      bank.script('reversal', { acknowledges: code });
    });

  it('is made once more when the purchase can no longer come, though its approval was lost with the line', async () => {
    const { only, pass, bank, clock, parts } = await overtaken();
    assert.deepEqual([only().state, bank.balanceOf(pan)], ['reversed', 95_000]);
    const sentAt = only().trace.transmittedAt.getTime();
    assert.equal(only().nextAttemptAt?.getTime(), sentAt + parts.policy.overtakenGraceMs);
    const alarms: string[] = [];
    await pass(resolveUnresolved({ ...parts, onAlarm: (alarm) => void alarms.push(alarm) }));
    assert.deepEqual([only().state, bank.balanceOf(pan)], ['reversed', 100_000]);
    assert.deepEqual([only().nextAttemptAt, alarms], [undefined, ['late-approval']]);
    clock.advance(600_000);
    assert.equal(await pass(), 0);
  });

  it('is made again until the bank answers, and not before its time when a process takes over', async () => {
    const { only, pass, bank, store, clock, parts } = await overtaken();
    const planned = only().nextAttemptAt;
    await store.postpone(only(), { nextAttemptAt: clock.now(), at: clock.now() });
    await resolveUnresolved(parts).resolveOnce();
    assert.deepEqual(only().nextAttemptAt, planned);
    bank.script('reversal', 'request-lost', 2);
    await pass();
    await pass();
    assert.equal(bank.balanceOf(pan), 95_000);
    await pass();
    assert.deepEqual([bank.balanceOf(pan), only().nextAttemptAt], [100_000, undefined]);
  });
});

describe('a reversal that cannot be sent', () => {
  it('goes to a person at once, who is told why, and not that the bank was silent', async () => {
    const { pass, only, bank, parts, reasons } = await left(({ carrier, bank: b }) => {
      carrier.script('refused');
      b.script('reversal', 'request-lost');
    });
    bank.reverse = async () => ({ outcome: 'unsendable', what: 'field 32 length: is above 11' });
    await pass();
    assert.equal(only().state, 'needs-operator');
    assert.equal(only().attempts, 2);
    assert.equal(only().nextAttemptAt, undefined);
    assert.match(reasons().at(-1) ?? '', /breaks the bank’s profile and never left: field 32 length/);
    assert.equal(parts.policy.triesBeforeOperator > 2, true);
  });

  it('because its card cannot be read reaches a person after the usual tries, with that reason', async () => {
    const { only, pass, parts, reasons, process } = await left(({ carrier, bank: b }) => {
      carrier.script('refused');
      b.script('reversal', 'request-lost');
    });
    const blind = resolveUnresolved({
      ...process(),
      bankCard: async () => {
        throw new Error('the card does not open with this key');
      },
    });
    while (only().state === 'reversing') {
      await pass(blind);
    }
    assert.equal(only().attempts, parts.policy.triesBeforeOperator);
    assert.match(reasons().at(-1) ?? '', /its card could not be read, and nothing was sent/);
    await pass();
    assert.equal(only().state, 'reversed');
  });
});
