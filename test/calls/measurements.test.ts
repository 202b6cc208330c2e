import assert from 'node:assert/strict';
import { callLab, labSetting } from './harness/call-lab.js';
import { type Caller, dial } from './harness/caller.js';
import { confirmsWithPin, wantsNothingElse } from './harness/journey.js';
import { median } from './harness/median.js';
import { withSecondTry } from './harness/second-try.js';
import { nobodyCalls } from './harness/side-by-side.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

/** Questions of a recharge, with its result: each is one step of the caller's. */
const stepsOfARecharge = 7;

describe('calls: what a call costs', () => {
  const lab = callLab();
  before('every other call ends', async function () {
    this.timeout(600_000);
    await nobodyCalls();
  });

  async function counter(name: string): Promise<number> {
    const response = await fetch(`http://${labSetting('WALLETLINE_HTTP_LISTEN')}/metrics`);
    const lines = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'gm');
    const values = Array.from((await response.text()).matchAll(lines), ([, value]) => Number(value));
    assert.ok(values.length > 0, `the app does not publish ${name}`);
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** A recharge by a caller who listens to every question before answering. */
  async function rechargesPatiently(): Promise<Caller> {
    const { phone, card } = await lab.customers.create();
    const caller = await dial(lab, { from: phone });
    await caller.hears(['welcome', ...mainMenu('en')]);
    await caller.presses('2');
    await caller.hears(menus.whoseRecharge);
    await caller.presses('1');
    await caller.hears('recharge.ask-amount');
    await caller.presses('50#');
    await caller.hears(spoken.confirm('recharge', 5_000, thisPhone, card));
    await confirmsWithPin(caller, card.pin);
    const payment = await lab.records.paymentIn('completed', phone);
    await caller.hears([...spoken.paid('recharge', 5_000, payment.rrn), 'next.text-message']);
    await wantsNothingElse(caller);
    await lab.records.endedCallOf(phone);
    return caller;
  }

  async function countOneRecharge(): Promise<void> {
    const before = {
      requests: await counter('walletline_ari_requests_total'),
      commits: await counter('walletline_database_commits_total'),
    };
    await rechargesPatiently();
    const requests = (await counter('walletline_ari_requests_total')) - before.requests;
    const commits = (await counter('walletline_database_commits_total')) - before.commits;
    console.log(
      `      one recharge: ${requests} ARI requests in ${stepsOfARecharge} steps, ${commits} database commits`,
    );
    assert.ok(requests > 0 && commits > 0);
  }

  async function timeThreeRecharges(): Promise<void> {
    const callers = await Promise.all(Array.from({ length: 3 }, rechargesPatiently));
    const latencies = callers.flatMap(({ latenciesMs }) => latenciesMs);
    console.log(
      `      from the end of the last key to the first sound, ${latencies.length} answers: ` +
        `median ${median(latencies).toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms`,
    );
    assert.ok(latencies.length >= 3 * 6, 'every answer is measured');
    assert.ok(Math.min(...latencies) > -20, 'no prompt can follow before its key has ended');
  }

  it('a recharge makes few requests to Asterisk and few commits', async function () {
    this.timeout(180_000);
    await withSecondTry('counted recharge', countOneRecharge);
  });

  it('the next prompt follows the last key of an answer', async function () {
    this.timeout(240_000);
    await withSecondTry('timed recharges', timeThreeRecharges);
  });
});
