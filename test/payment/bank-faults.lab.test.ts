import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { isLegal } from '../../src/payment/payment.js';
import { takeCall } from '../../src/session/take-call.js';
import { contractCards } from '../contracts/bank.js';
import type { FaultOrder } from '../simulators/issuer-host/fault-script.js';
import { IssuerHost } from '../simulators/issuer-host/issuer-host.js';
import { withDatabase } from '../support/database.js';
import { payingDependencies, recharge50 } from '../support/paying-caller.js';
import type { PaymentLink } from '../support/payment-link.js';
import { payingPhone, startPaymentLink } from '../support/payment-link.js';
import type { RecordedCallLog } from '../support/recorded-call-log.js';
import { ScriptedCall } from '../support/scripted-call.js';
import { until } from '../support/until.js';
import { type Ending, expectEnding, givenBack, neverTaken, paid } from './endings.js';

const [card] = contractCards;

describe('a call that pays while the bank', function () {
  this.timeout(20_000);
  const test = withDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'bank-faults-'));
  let host: IssuerHost;
  let link: PaymentLink;
  let callLog: RecordedCallLog;
  let dependencies: Awaited<ReturnType<typeof payingDependencies>>;
  let hosts = 0;
  let booksBefore: Awaited<ReturnType<typeof balances>>;

  const balances = async () => ({
    bank: await link.ledger.balance('bank-clearing/unionpay', 'CNY'),
    carrier: await link.ledger.balance('provider:mobile', 'CNY'),
  });

  beforeEach(async () => {
    hosts += 1;
    const journalFile = join(folder, `${hosts}.jsonl`);
    host = await IssuerHost.start({ profile: unionpayProfile, cards: contractCards, journalFile });
    link = await startPaymentLink({ test, bankPort: host.port });
    booksBefore = await balances();
    dependencies = await payingDependencies(link);
    ({ callLog } = dependencies);
  });
  afterEach(async () => {
    // Whoever calls next must not hear of what this test left behind.
    await test.admin('payments').update({ news_due: 0, next_attempt_at: null });
    await link.stop();
    await host.stop();
  });
  after(() => rmSync(folder, { recursive: true }));

  const script = (kind: 'purchase' | 'reversal', fault: Omit<FaultOrder, 'match'>): void =>
    host.faults.add({ match: { kind }, ...fault });

  /** Makes a call and returns the prompts heard in it that speak of money or of the bank. */
  const call = async (keys: readonly string[] = recharge50): Promise<string[]> => {
    const channelId = `scripted-${callLog.calls.length + 1}`;
    const scripted = new ScriptedCall({ script: keys, channelId, callerNumber: payingPhone });
    await takeCall(dependencies, scripted);
    return scripted.heard
      .map(({ prompt }) => prompt)
      .filter((prompt) => /^(payment\.|recharge\.paid|declined\.|bank\.|news\.|pin\.)/.test(prompt));
  };
  const askedForPin = (prompt: string): boolean => prompt.startsWith('pin.ask');

  /** Calls, waits until the payment is at rest, and returns what everyone's books say of it. */
  const pays = async (): Promise<Ending & { rrn: string }> => {
    const told = (await call()).filter((prompt) => !askedForPin(prompt));
    return { ...(await ending()), told };
  };
  const ending = async () => {
    const payments = await link.rested(callLog.calls.map(({ id }) => id));
    const [payment] = payments;
    assert.ok(payment !== undefined && payments.length === 1, `${payments.length} payments`);
    const transitions = await test
      .database('payment_transitions')
      .where({ payment_id: payment.id })
      .orderBy('id')
      .select<{ from_state: string; to_state: string }[]>('from_state', 'to_state');
    assert.ok(transitions.every(({ from_state: from, to_state: to }) => isLegal(from, to)));
    const path = transitions.map(({ to_state: to }) => to);
    assert.equal(path.at(-1), payment.state);
    // A repeat that finds everything done is no difference: on a busy machine any answer can be late.
    const bank = host.books.journal
      .filter(({ original }) => original !== 'reversed-already')
      .map(({ event, result, original }) => [event, result, original].filter(Boolean).join(' '));
    const delivered = link
      .carrierJournal()
      .filter(({ key, event }) => key === payment.id && event === 'accepted').length;
    const ledger = (await link.ledger.transfersOf(payment.id)).map(({ kind }) => kind);
    await checkSums(payment.state, delivered);
    return { path, bank, delivered, ledger, rrn: payment.trace.rrn };
  };

  /** Our ledger, the card and the carrier agree on what has moved, to the fen. */
  const checkSums = async (state: string, delivered: number): Promise<void> => {
    const books = await balances();
    const posted = state === 'completed' ? 5_000 : 0;
    const pending = state === 'needs-operator' ? 5_000 : 0;
    const [bankBooks, providerBooks] = [books.bank, books.carrier];
    assert.deepEqual(
      [
        bankBooks.postedMinor - booksBefore.bank.postedMinor,
        bankBooks.pendingMinor - booksBefore.bank.pendingMinor,
      ],
      [posted, pending],
    );
    // Each sum has its other side: nothing is made and nothing is lost.
    assert.equal(bankBooks.postedMinor + providerBooks.postedMinor, 0);
    assert.equal(bankBooks.pendingMinor + providerBooks.pendingMinor, 0);
    assert.equal(delivered * 5_000, posted);
    assert.equal(host.books.balanceOf(card.pan), 100_000 - posted - pending);
  };
  /** What the conversation log has of one payment, in order. */
  const conversation = async (rrn: string): Promise<string[]> => {
    const rows = await test
      .database('bank_messages')
      .where({ rrn })
      .orderBy('id')
      .select<{ direction: string; mti: string; result: string }[]>('direction', 'mti', 'result');
    return rows.map(({ direction, mti, result }) => `${direction} ${mti} ${result}`);
  };
  const noted = (what: RegExp): number => link.log.lines.filter((line) => what.test(line)).length;

  it('answers in order: paid, once', async () => {
    const found = await pays();
    expectEnding(found, paid);
    assert.deepEqual(await conversation(found.rrn), ['sent 0200 sent', 'received 0210 00']);
    const [said] = await test
      .database('bank_messages')
      .where({ rrn: found.rrn })
      .pluck<string[]>('description');
    assert.ok(said !== undefined && !said.includes(card.pan), 'the card number is masked');
    assert.match(said, /622202\*{9}3446/);
    assert.match(said, /52 .*\(hidden, 8 bytes\)/);
    assert.deepEqual(await call(['hangup']), [], 'no news is left');
  });

  it('gives no answer: given back', async () => {
    script('purchase', { fault: 'no-answer' });
    const found = await pays();
    expectEnding(found, givenBack);
    const said = await conversation(found.rrn);
    assert.deepEqual(said.slice(0, 3), ['sent 0200 sent', 'sent 0200 no-answer', 'sent 0400 sent']);
    assert.equal(said.at(-1), 'received 0410 00');
  });

  it('never gets the request: nothing was taken, and an original that still comes is refused', async () => {
    script('purchase', { fault: 'request-lost' });
    expectEnding(await pays(), neverTaken);
  });

  it('gets the request only after its reversal', async () => {
    script('purchase', { fault: 'late-request', delayMs: 1_100 });
    const found = await pays();
    await until(() => host.books.journal.length === 2, 'the original comes');
    expectEnding(
      { ...found, ...(await ending()) },
      { ...neverTaken, bank: ['reversal 00 never-seen', 'purchase 94'] },
    );
  });

  it('answers late, but in time: paid, once', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 120 });
    expectEnding(await pays(), paid);
    assert.deepEqual(link.strays, []);
  });

  it('answers after the time-out, before the reversal is sent: given back, never delivered', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 600 });
    link.hooks.beforeChange = async ({ path }) => {
      if (path.at(-1)?.to === 'reversing') {
        await until(() => link.strays.length > 0, 'the late answer');
      }
    };
    const found = await pays();
    expectEnding(found, givenBack);
    assert.deepEqual((await conversation(found.rrn)).slice(0, 4), [
      'sent 0200 sent',
      'sent 0200 no-answer',
      'received 0210 late',
      'sent 0400 sent',
    ]);
    assert.equal(noted(/^INFO a late answer of the bank .*"state":"authorising"/), 1);
  });

  it('answers after the reversal was sent: given back, never delivered', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 800 });
    script('reversal', { fault: 'late-answer', delayMs: 400 });
    const found = await pays();
    expectEnding(found, givenBack);
    assert.deepEqual((await conversation(found.rrn)).slice(2, 4), ['sent 0400 sent', 'received 0210 late']);
    assert.equal(noted(/^INFO a late answer of the bank .*"state":"reversing"/), 1);
  });

  it('answers after the reversal was acknowledged: given back, never delivered', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 1_300 });
    expectEnding(await pays(), givenBack);
    assert.deepEqual(link.strays, []);
    await until(() => link.strays.length > 0, 'the late answer');
    const { told: _, ...books } = givenBack;
    const { rrn, ...now } = await ending();
    assert.deepEqual(now, books, 'the late approval changed something');
    assert.equal((await conversation(rrn)).at(-1), 'received 0210 late');
    assert.equal(noted(/^INFO a late answer of the bank .*"state":"reversed"/), 1);
    assert.equal(noted(/^ERROR/), 0);
  });

  it('answers twice: paid, once', async () => {
    script('purchase', { fault: 'duplicate-answer' });
    const found = await pays();
    expectEnding(found, paid);
    assert.deepEqual(await conversation(found.rrn), [
      'sent 0200 sent',
      'received 0210 00',
      'received 0210 duplicate',
    ]);
  });

  it('answers with another trace number: nobody’s answer, given back', async () => {
    script('purchase', { fault: 'wrong-stan' });
    const found = await pays();
    expectEnding(found, givenBack);
    // The host's own reference and a trace number that is another's: nothing here names the payment.
    assert.equal((await test.database('bank_messages').where({ result: 'unmatched' })).length, 1);
  });

  it('answers with another amount: given back', async () => {
    script('purchase', { fault: 'wrong-amount' });
    expectEnding(await pays(), givenBack);
  });

  it('declines: nothing taken, and the caller hears why', async () => {
    script('purchase', { fault: 'respond', code: '51' });
    expectEnding(await pays(), {
      path: ['authorising', 'declined'],
      bank: ['purchase 51'],
      delivered: 0,
      ledger: ['pending', 'voided'],
      told: ['payment.declined', 'declined.insufficient-funds'],
    });
  });

  it('answers with a wrong MAC: not believed, given back', async () => {
    script('purchase', { fault: 'bad-mac' });
    const found = await pays();
    expectEnding(found, givenBack);
    assert.ok((await conversation(found.rrn)).includes('received 0210 bad-mac'));
  });

  for (const [what, fault, expected] of [
    ['sends garbage', 'garbage', givenBack],
    ['sends half a frame and no more', 'half-frame', givenBack],
    ['is cut off between request and answer', 'drop-after', givenBack],
    ['is cut off before it read the request', 'drop-before', neverTaken],
  ] as const) {
    it(`${what}: the line comes back, and the money with it`, async () => {
      script('purchase', { fault });
      const found = await pays();
      expectEnding(found, expected);
      assert.equal((await conversation(found.rrn))[1], 'sent 0200 line-lost');
      assert.deepEqual([link.line.counts.connects, link.line.counts.signOns], [2, 2]);
    });
  }

  it('loses the answers to the reversal: sent again as it was until one comes, given back once', async () => {
    script('purchase', { fault: 'no-answer' });
    script('reversal', { fault: 'no-answer', times: 2 });
    const found = await pays();
    expectEnding(found, givenBack);
    const { journal } = host.books;
    assert.ok(journal.length >= 4, `${journal.length - 1} reversals`);
    assert.ok(journal.slice(2).every(({ original }) => original === 'reversed-already'));
    assert.equal(
      new Set(journal.map(({ stan }) => stan)).size,
      1,
      'each has the trace number of its original',
    );
    assert.deepEqual(await call(['hangup']), ['news.returned'], 'the caller hears the end on the next call');
  });

  it('refuses the reversal: a person is called at once, and the caller is told the truth', async () => {
    script('purchase', { fault: 'no-answer' });
    script('reversal', { fault: 'respond', code: '40' });
    expectEnding(await pays(), {
      path: ['authorising', 'unknown', 'reversing', 'needs-operator'],
      bank: ['purchase 00', 'reversal 40'],
      delivered: 0,
      ledger: ['pending'],
      told: ['payment.returning'],
    });
    assert.equal(noted(/^ERROR a payment needs an operator/), 1);
    assert.deepEqual(await call(['hangup']), ['news.being-returned']);
    await pause(300);
    assert.equal(host.books.journal.length, 2, 'no refused reversal is sent again by itself');
  });

  it('approves what the carrier then refuses: given back, with the reason of a payment that cannot be completed', async () => {
    const order = { fault: 'refuse', operation: 'order' };
    await fetch(`${link.carrierUrl}/control/faults`, { method: 'POST', body: JSON.stringify(order) });
    const { path: _, ...books } = givenBack;
    expectEnding(await pays(), {
      ...books,
      path: ['authorising', 'authorised', 'delivering', 'reversing', 'reversed'],
    });
  });

  it('cannot be reached: the caller hears so before any PIN, and no payment is begun', async () => {
    host.setLink(true);
    await until(() => !link.bank.available, 'the line is down');
    assert.deepEqual(await call(), ['bank.unavailable']);
    assert.deepEqual(await link.rested(callLog.calls.map(({ id }) => id)), []);
    assert.deepEqual(host.books.journal, []);
  });

  it('goes away while the caller keys the PIN: nothing is sent, and no payment is left hanging', async () => {
    const { takePayment: take } = dependencies;
    dependencies = {
      ...dependencies,
      takePayment: async (request) => {
        host.setLink(true);
        await until(() => !link.bank.available, 'the line is down');
        return take(request);
      },
    };
    expectEnding(await pays(), {
      path: ['authorising', 'declined'],
      bank: [],
      delivered: 0,
      ledger: ['pending', 'voided'],
      told: ['payment.unavailable'],
    });
  });
});
