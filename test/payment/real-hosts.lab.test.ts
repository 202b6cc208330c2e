import assert from 'node:assert/strict';
import type { Pan } from '../../src/bank/bank.js';
import { systemWait } from '../../src/clock.js';
import { isLegal } from '../../src/payment/payment.js';
import { bankCard, contractCards } from '../contracts/bank.js';
import { withDatabase } from '../support/database.js';
import type { HostRequest, Reply } from '../support/independent-host/independent-host.js';
import { IndependentHost } from '../support/independent-host/independent-host.js';
import { payingCaller } from '../support/paying-caller.js';
import type { PaymentLink } from '../support/payment-link.js';
import { startPaymentLink } from '../support/payment-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;
const reversedPath = ['authorising', 'unknown', 'reversing', 'reversed'];

describe('a call that pays through a bank host that is not the simulator', function () {
  this.timeout(30_000);
  const test = withDatabase();
  let host: IndependentHost;
  let link: PaymentLink;
  let caller: Awaited<ReturnType<typeof payingCaller>>;
  const call = async (keys?: readonly string[]): Promise<string[]> => caller.call(keys);

  beforeEach(async () => {
    host = await IndependentHost.start();
    link = await startPaymentLink({
      test,
      bankPort: host.port,
      policy: { triesBeforeOperator: 3, bankLeaseMs: 700 },
    });
    caller = await payingCaller(link);
  });
  afterEach(async () => {
    // Whoever calls next must not hear of what this test left behind.
    await test.admin('payments').update({ news_due: 0, next_attempt_at: null });
    await link.stop();
    await host.stop();
  });

  const payment = async () => {
    const payments = await link.rested(caller.callIds());
    const [only] = payments;
    assert.ok(only !== undefined && payments.length === 1, `${payments.length} payments`);
    return only;
  };
  /** Everyone's books of the one payment that was made. */
  const books = async () => {
    const { id, state } = await payment();
    const transitions = await test
      .database('payment_transitions')
      .where({ payment_id: id })
      .orderBy('id')
      .select<{ from_state: string; to_state: string; reason: string | null }[]>('*');
    assert.ok(transitions.every(({ from_state: from, to_state: to }) => isLegal(from, to)));
    const notices = await test
      .database('notices')
      .where({ payment_id: id })
      .orderBy('id')
      .select<{ outcome: string; withdrawn_at: Date | null }[]>('outcome', 'withdrawn_at');
    return {
      state,
      path: transitions.map(({ to_state: to }) => to),
      lastReason: transitions.at(-1)?.reason ?? '',
      ledger: (await link.ledger.transfersOf(id)).map(({ kind }) => kind),
      delivered: link.carrierJournal().filter(({ key, event }) => key === id && event === 'accepted').length,
      notices: notices.map(({ outcome, withdrawn_at: at }) =>
        at === null ? outcome : `${outcome} withdrawn`,
      ),
      host: host.received
        .filter(({ kind }) => kind === 'purchase' || kind === 'reversal')
        .map(({ kind }) => kind),
    };
  };
  const reversals = (): HostRequest[] => host.of('reversal');
  const purchase = (): HostRequest => {
    const [first] = host.of('purchase');
    assert.ok(first);
    return first;
  };
  const carrierRefuses = async (): Promise<void> => {
    const order = { fault: 'refuse', operation: 'order' };
    await fetch(`${link.carrierUrl}/control/faults`, { method: 'POST', body: JSON.stringify(order) });
  };
  const stateNow = async (): Promise<string | undefined> => {
    const [state] = await test
      .database('payments')
      .where({ call_id: caller.callIds()[0] ?? '' })
      .pluck<string[]>('state');
    return state;
  };
  const comesTo = async (state: string): Promise<void> => {
    await until(async () => (await stateNow()) === state, state, 10_000);
    await link.parts.background.idle();
  };
  const openQueue = async (): Promise<number> => {
    const rows = await test
      .database('payments')
      .whereNotNull('operator_since')
      .whereNotIn('state', ['completed', 'declined', 'reversed', 'late-reversed'])
      .where({ call_id: caller.callIds()[0] ?? '' })
      .pluck('id');
    return rows.length;
  };
  const noted = (what: RegExp): number => link.log.lines.filter((line) => what.test(line)).length;

  const approvals: readonly Reply[] = [
    ...['08', '11', '16', 'A2', 'A4', 'A5', 'A6'].map((code) => ({ fields: { 39: code } })),
    { fields: { 39: '10', 4: '000000005000' } },
    ...[undefined, '      ', 'AB12  ', '  1   '].map((code) => ({ fields: { 38: code } })),
  ];
  for (const approval of approvals) {
    it(`is paid, once, when the host approves with ${JSON.stringify(approval.fields)}`, async () => {
      host.once('purchase', approval);
      assert.deepEqual(await call(), ['recharge.paid']);
      const { ledger, delivered, host: came, path } = await books();
      assert.deepEqual(path, ['authorising', 'authorised', 'delivering', 'completed']);
      assert.deepEqual([ledger, delivered, came], [['pending', 'posted'], 1, ['purchase']]);
    });
  }

  for (const [what, reply, reason, code] of [
    ['a code of no table', { fields: { 39: 'Z9', 38: undefined } }, '98', 'Z9'],
    ['"partially done" (32)', { fields: { 39: '32' } }, '98', '32'],
    ['"wait" (09)', { fields: { 39: '09', 38: undefined } }, '98', '09'],
    ['"the issuer answered too late" (68)', { fields: { 39: '68', 38: undefined } }, '98', '68'],
    ['"the issuer did not answer" (98)', { fields: { 39: '98', 38: undefined } }, '98', '98'],
    ['a partial approval', { fields: { 39: '10', 4: '000000003000' } }, '06', '10'],
    ['a partial approval without its amount', { fields: { 39: '10', 4: undefined } }, '06', '10'],
    ['an approval of a smaller amount', { fields: { 4: '000000003000', 38: 'AB12  ' } }, '06', '00'],
  ] as const satisfies readonly (readonly [string, Reply, string, string])[]) {
    it(`is returned, never delivered and never called declined, after ${what}`, async () => {
      host.once('purchase', reply);
      assert.deepEqual(await call(), ['payment.returning']);
      const { ledger, delivered, host: came, path, notices } = await books();
      assert.deepEqual(path, reversedPath);
      assert.deepEqual(
        [ledger, delivered, came, notices],
        [['pending', 'voided'], 0, ['purchase', 'reversal'], ['reversed']],
      );
      const { bankResponseCode, authorisationCode } = await payment();
      assert.equal(bankResponseCode, code);
      const [reversal] = reversals();
      assert.deepEqual(
        [reversal?.fields[39], reversal?.fields[38], reversal?.fields[4]],
        [reason, authorisationCode, '000000005000'],
      );
      assert.deepEqual(await call(['hangup']), ['news.returned']);
    });
  }

  for (const code of [undefined, '      ', 'AB12  ', '  1   ']) {
    it(`is returned with field 38 as it came (${JSON.stringify(code)}) when the carrier refuses`, async () => {
      host.once('purchase', { fields: { 38: code } });
      await carrierRefuses();
      assert.deepEqual(await call(), ['payment.returning']);
      const { state, ledger, host: came } = await books();
      assert.deepEqual([state, ledger, came], ['reversed', ['pending', 'voided'], ['purchase', 'reversal']]);
      const [reversal] = reversals();
      assert.deepEqual([reversal?.fields[38], reversal?.fields[39]], [code, '06']);
      assert.ok(reversal && host.isSigned(reversal));
      assert.deepEqual(host.faults, []);
    });
  }

  for (const [stored, sent] of [
    ['AB12', 'AB12  '],
    ['', undefined],
  ] as const) {
    it(`is returned when an earlier version stored field 38 as ${JSON.stringify(stored)}`, async () => {
      host.once('reversal', 'silence');
      await carrierRefuses();
      assert.deepEqual(await call(), ['payment.returning']);
      await test
        .admin('payments')
        .where({ state: 'reversing' })
        .update({ authorisation_code: stored, bank_approved_at: null });
      assert.equal((await payment()).state, 'reversed');
      const [, repeat] = reversals();
      assert.deepEqual([repeat?.fields[38], repeat?.fields[39]], [sent, '06']);
    });
  }

  it('is returned without a field that cannot be sent, when the message can do without', async () => {
    host.once('purchase', { fields: { 38: 'AB12  ' } });
    await carrierRefuses();
    Object.assign(link.parts, { bankCard: async () => ({ ...bankCard(card), expiry: '49/12' }) });
    assert.deepEqual(await call(), ['payment.returning']);
    assert.equal((await payment()).state, 'reversed');
    assert.deepEqual([reversals()[0]?.fields[14], reversals()[0]?.fields[38]], [undefined, 'AB12  ']);
    assert.equal(noted(/^ERROR a reversal leaves without a field .*"field 14"/), 1);
  });

  it('goes to a person who is told the truth when the reversal cannot be made, and is not tried as if the line were down', async () => {
    await carrierRefuses();
    Object.assign(link.parts, { bankCard: async () => ({ pan: 'not a number' as Pan }) });
    assert.deepEqual(await call(), ['payment.returning']);
    const { state, lastReason, host: came, ledger } = await books();
    assert.deepEqual([state, came, ledger], ['needs-operator', ['purchase'], ['pending']]);
    assert.match(lastReason, /breaks the bank’s profile and never left: field 2/);
    const { attempts, nextAttemptAt } = await payment();
    assert.deepEqual([attempts, nextAttemptAt], [1, undefined]);
    assert.equal(noted(/breaks its profile and is not sent/), 1);
    assert.deepEqual(await call(['hangup']), ['news.being-returned']);
  });

  it('sends nothing, takes nothing and says so when a purchase cannot be made', async () => {
    const { bank } = link.parts;
    const nextTrace = bank.nextTrace.bind(bank);
    bank.nextTrace = async () => {
      const trace = await nextTrace();
      return { ...trace, stan: 1_000_000 + trace.stan };
    };
    assert.deepEqual(await call(), ['payment.unavailable']);
    const { state, host: came, ledger } = await books();
    assert.deepEqual([state, came, ledger], ['declined', [], ['pending', 'voided']]);
  });

  for (const code of ['25', '12']) {
    it(`is reversed once more when its approval comes after the reversal was answered ${code}`, async () => {
      host.once('purchase', 'silence');
      host.once('reversal', { fields: { 39: code } });
      assert.deepEqual(await call(), ['payment.returning']);
      assert.deepEqual((await books()).path, reversedPath);
      assert.deepEqual([(await payment()).reversalCode, link.alarms], [code, []]);

      host.once('reversal', 'silence');
      host.reply(purchase(), { fields: { 38: 'AB12  ' } });
      host.reply(purchase(), { fields: { 38: 'AB12  ' } });
      await until(() => reversals().length === 2, 'the second reversal');
      assert.equal(await stateNow(), 'late-reversing');
      assert.ok(link.alarms.length > 0 && link.alarms.every((alarm) => alarm === 'late-approval'));
      assert.ok(noted(/^ERROR the bank approved a payment after it had ended/) > 0);
      assert.equal(await openQueue(), 1);
      const again = reversals()[1];
      assert.deepEqual(
        [again?.fields[39], again?.fields[38], again?.fields[11]],
        ['06', 'AB12  ', purchase().fields[11]],
      );
      assert.deepEqual(await call(['hangup']), ['news.being-returned']);

      await comesTo('late-reversed');
      const { path, ledger, delivered, notices } = await books();
      assert.deepEqual(path, [...reversedPath, 'late-reversing', 'late-reversed']);
      assert.deepEqual([ledger, delivered], [['pending', 'voided', 'pending', 'voided'], 0]);
      assert.deepEqual(notices, ['reversed withdrawn', 'late-reversing', 'late-reversed']);
      assert.equal(await openQueue(), 0);
      const sent = reversals().length;
      host.reply(purchase(), { fields: { 38: 'AB12  ' } });
      await until(() => link.strays.length === 3, 'a further duplicate');
      await link.parts.background.idle();
      await systemWait(300);
      assert.deepEqual([await stateNow(), reversals().length], ['late-reversed', sent]);
      assert.deepEqual(await call(['hangup']), ['news.returned']);
    });
  }

  it('is no more than noted when its approval comes late and 00 had acknowledged the reversal', async () => {
    host.once('purchase', 'silence');
    assert.deepEqual(await call(), ['payment.returning']);
    const before = await books();
    host.reply(purchase());
    await until(() => link.strays.length === 1, 'the late approval');
    await link.parts.background.idle();
    await systemWait(200);
    assert.deepEqual([await books(), link.alarms], [before, []]);
  });

  it('does not end with 25 when its approval came while it was being reversed', async () => {
    host.once('purchase', 'silence');
    host.once('reversal', (request) => {
      const [original] = host.of('purchase');
      assert.ok(original);
      host.reply(original, { fields: { 38: undefined } });
      return { fields: { 39: request.fields[39] === '98' ? '25' : '00' }, delayMs: 100 };
    });
    assert.deepEqual(await call(), ['payment.returning']);
    assert.equal((await payment()).state, 'reversed');
    assert.deepEqual(
      reversals().map(({ fields }) => [fields[39], fields[38]]),
      [
        ['98', undefined],
        ['06', undefined],
      ],
    );
    assert.deepEqual((await payment()).reversalCode, '00');
  });

  it('goes on, and to a person, when the host does not find what it approved (25)', async () => {
    host.on('reversal', { fields: { 39: '25' } });
    await carrierRefuses();
    assert.deepEqual(await call(), ['payment.returning']);
    const { state, lastReason, ledger } = await books();
    assert.deepEqual([state, ledger], ['needs-operator', ['pending']]);
    assert.match(lastReason, /in 3 tries; the last: the bank says that it has no such purchase \(25\)/);
    assert.deepEqual(link.alarms, ['no-original', 'no-original', 'no-original']);
    assert.equal(await openQueue(), 1);
    assert.deepEqual(await call(['hangup']), ['news.being-returned']);
    host.on('reversal', {});
    await comesTo('reversed');
    assert.deepEqual(await call(['hangup']), ['news.returned']);
  });

  it('is over when the host says that it was reversed already (22), though its approval is known', async () => {
    host.once('reversal', 'silence');
    host.once('reversal', { fields: { 39: '22' } });
    await carrierRefuses();
    assert.deepEqual(await call(), ['payment.returning']);
    const { state, host: came } = await books();
    assert.deepEqual([state, came], ['reversed', ['purchase', 'reversal', 'reversal']]);
  });

  it('owes nothing when the host declined, lost that answer, and then has nothing to reverse (12)', async () => {
    host.once('purchase', 'silence');
    host.once('reversal', { fields: { 39: '12' } });
    assert.deepEqual(await call(), ['payment.returning']);
    host.reply(purchase(), { fields: { 39: '51', 38: undefined } });
    await until(() => link.strays.length === 1, 'the late refusal');
    await link.parts.background.idle();
    assert.deepEqual([(await books()).path, await openQueue(), link.alarms], [reversedPath, 0, []]);
  });

  it('is reversed, and the caller told, when the host approves what it had declined', async () => {
    host.once('purchase', { fields: { 39: '51', 38: undefined } });
    assert.deepEqual(await call(), ['payment.declined', 'declined.insufficient-funds']);
    host.reply(purchase());
    await until(() => reversals().length === 1, 'the reversal');
    await comesTo('late-reversed');
    const { path, ledger, notices } = await books();
    assert.deepEqual(path, ['authorising', 'declined', 'late-reversing', 'late-reversed']);
    assert.deepEqual(ledger, ['pending', 'voided', 'pending', 'voided']);
    assert.deepEqual(notices, ['declined withdrawn', 'late-reversing', 'late-reversed']);
    assert.deepEqual(await call(['hangup']), ['news.returned']);
  });

  it('keeps asking when the host answers a reversal with a code of no table, or with "wait"', async () => {
    host.once('reversal', { fields: { 39: 'Z9' } });
    host.once('reversal', { fields: { 39: '09' } });
    await carrierRefuses();
    assert.deepEqual(await call(), ['payment.returning']);
    const { state, host: came } = await books();
    assert.deepEqual([state, came.length], ['reversed', 4]);
  });

  it('calls a person when the host gives back another amount', async () => {
    host.once('reversal', { fields: { 39: '10', 4: '000000003000' } });
    await carrierRefuses();
    assert.deepEqual(await call(), ['payment.returning']);
    assert.equal((await books()).state, 'needs-operator');
  });
});
