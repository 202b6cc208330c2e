import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import type { BankTrace } from '../../src/bank/bank.js';
import { usualLineTiming } from '../../src/bank/line-timing.js';
import { money } from '../../src/money.js';
import type { Payment } from '../../src/payment/payment.js';
import type { PaymentResult } from '../../src/payment/take-payment.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { withDatabase } from '../support/database.js';
import { IssuerProcess } from '../support/issuer-process.js';
import type { PaymentLink } from '../support/payment-link.js';
import { payingPhone, startPaymentLink } from '../support/payment-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;
const amount = money(100);
const count = 50;

describe('a bank host that is killed in the middle of 50 payments and started again', () => {
  const test = withDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'bank-killed-'));
  const host = new IssuerProcess(folder);
  let link: PaymentLink;
  let results: readonly PaymentResult[];
  let payments: readonly Payment[];
  let connectsWhileDown = 0;

  before(async function () {
    this.timeout(60_000);
    await host.start();
    // The line as it is in production, but for how long an answer is waited for.
    const { backOff } = usualLineTiming;
    link = await startPaymentLink({
      ...{ test, bankPort: host.port },
      timing: { answerTimeoutMs: 10_000, backOff },
      policy: { bankLeaseMs: 15_000 },
    });
    // Some are still waiting for their answers when the host dies; the others are at every other stage.
    const slow = { match: { kind: 'purchase' }, fault: 'late-answer', delayMs: 60_000, times: 20 };
    await host.control('POST', '/faults', slow);
    const callIds = Array.from({ length: count }, () => uuidV7());
    const take = takePayment(link.parts);
    const killed = until(() => link.carrierJournal().length >= 5, 'five are delivered', 10_000).then(() =>
      host.kill(),
    );
    const taken = callIds.map(async (callId, i) => {
      // The last ten come to a line that is just being lost.
      await (i < 40 ? pause(10 * i) : killed);
      return take({
        ...{
          callId,
          callerNumber: payingPhone,
          service: 'recharge',
          subject: payingPhone,
          details: { phone: payingPhone },
          amount,
        },
        ...{ cardId: 'card-1', card: bankCard(card), pin: pinOf(card.pin) },
      });
    });
    await killed;
    results = await Promise.all(taken);
    const before = link.line.counts.connects;
    await pause(3_000);
    connectsWhileDown = link.line.counts.connects - before;
    await host.start();
    await until(() => link.bank.available, 'the line is back', 30_000);
    const rested = await link.rested(callIds);
    payments = callIds.map((callId) => rested.find((payment) => payment.callId === callId) ?? assert.fail());
  });
  after(async function () {
    this.timeout(20_000);
    await link.stop();
    await host.kill();
    rmSync(folder, { recursive: true });
  });

  const inState = (state: string): number => payments.filter((payment) => payment.state === state).length;

  it('was killed in the middle: some were paid, some in flight, some not sent', () => {
    for (const state of ['completed', 'reversed', 'declined']) {
      assert.ok(inState(state) > 0, `no payment is ${state}`);
    }
    assert.equal(
      inState('completed') + inState('reversed') + inState('declined'),
      count,
      'each is at its end',
    );
  });

  it('leaves each payment ended as its caller was told', () => {
    const ends = { paid: 'completed', returning: 'reversed', unavailable: 'declined' } as const;
    results.forEach(({ outcome }, i) => {
      assert.ok(outcome in ends, outcome);
      assert.equal(
        payments[i]?.state,
        ends[outcome as keyof typeof ends],
        `payment ${i} was told ${outcome}`,
      );
    });
  });

  it('loses nothing: each purchase it approved was delivered once, or given back, and never both', () => {
    const { journal } = host;
    const carrier = link.carrierJournal();
    for (const { id, state, trace } of payments) {
      const of = journal.filter((entry) => isOf(trace, entry));
      const approved = of.filter(({ event, result }) => event === 'purchase' && result === '00').length;
      const reversed = of.filter(
        ({ event, original }) => event === 'reversal' && original === 'approved',
      ).length;
      const delivered = carrier.filter(({ key, event }) => key === id && event === 'accepted').length;
      assert.ok(approved <= 1 && reversed <= 1, 'one STAN, one effect');
      assert.equal(delivered, state === 'completed' ? 1 : 0, `${trace.rrn}: ${state}`);
      assert.equal(approved - reversed, delivered, `${trace.rrn}: ${state}`);
    }
    assert.ok(journal.every((entry) => payments.some(({ trace }) => isOf(trace, entry))));
  });

  it('agrees with the ledger and with what is left on the card, to the fen', async () => {
    const taken = inState('completed') * amount.amountMinor;
    assert.deepEqual(await link.ledger.balance('bank-clearing/unionpay', 'CNY'), {
      pendingMinor: 0,
      postedMinor: taken,
    });
    assert.deepEqual(await link.ledger.balance('provider:mobile', 'CNY'), {
      pendingMinor: 0,
      postedMinor: -taken,
    });
    const [account] = (await host.control('GET', '/accounts')) as { balanceMinor: number }[];
    assert.equal(account?.balanceMinor, card.balanceMinor - taken);
  });

  it('is not stormed: few attempts while it was away, one connection and one sign-in when it was back', async () => {
    assert.ok(connectsWhileDown >= 2 && connectsWhileDown <= 6, `${connectsWhileDown} attempts in 3 s`);
    const counts = (await host.control('GET', '/counts')) as { connections: number; signIns: number };
    assert.deepEqual([counts.connections, counts.signIns], [1, 1]);
  });

  it('is asked for each reversal once: no try is spent while the line is down', () => {
    const reversals = host.journal.filter(({ event }) => event === 'reversal');
    assert.equal(
      new Set(reversals.map(({ terminal, stan }) => `${terminal}/${stan}`)).size,
      reversals.length,
    );
    assert.ok(payments.every(({ attempts }) => attempts <= 1));
  });
});

/** True for what the bank did of a payment, which it knows by terminal and STAN: its references are its own. */
function isOf(trace: BankTrace, { terminal, stan }: { terminal: string; stan: string }): boolean {
  return terminal === trace.terminalId && Number(stan) === trace.stan;
}
