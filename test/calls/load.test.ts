import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { languageCodes } from '../../src/languages/catalogue.js';
import { callLab, labSetting } from './harness/call-lab.js';
import { dial } from './harness/caller.js';
import type { Customer } from './harness/customers.js';
import { callsIn, confirmsWithPin, ordersRecharge, wantsNothingElse } from './harness/journey.js';
import { median } from './harness/median.js';
import { withSecondTry } from './harness/second-try.js';
import { nobodyCalls } from './harness/side-by-side.js';
import type { CarrierEntry } from './harness/simulator-control.js';
import { mainMenu, spoken } from './harness/spoken.js';

describe('calls: many at once', () => {
  const lab = callLab();
  before('every other call ends', async function () {
    this.timeout(600_000);
    await nobodyCalls();
  });

  async function recharges(customer: Customer, amountYuan: number): Promise<readonly number[]> {
    const { phone, card } = customer;
    const caller = await callsIn(lab, customer);
    await ordersRecharge(caller, phone, { amountYuan, card, phone });
    await confirmsWithPin(caller, card.pin);
    const payment = await lab.records.paymentIn('completed', phone, 20_000);
    await caller.hears([...spoken.paid('recharge', amountYuan * 100, payment.rrn), 'next.text-message']);
    await wantsNothingElse(caller);
    assert.equal(caller.lostPackets, 0);
    assert.equal(lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id).length, 1);
    return caller.latenciesMs;
  }

  async function twentyRecharge(): Promise<void> {
    const customers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        lab.customers.create({ language: languageCodes[index % languageCodes.length] }),
      ),
    );
    const latencies = (await Promise.all(customers.map((each, index) => recharges(each, 10 + index)))).flat();
    for (const [index, { phone }] of customers.entries()) {
      const payments = await lab.records.paymentsOf(phone);
      assert.deepEqual(
        payments.map(({ state, amount_minor: amount }) => [state, amount]),
        [['completed', (10 + index) * 100]],
      );
      await lab.records.endedCallOf(phone);
    }
    console.log(
      `      20 calls at once: from key to sound, median ${median(latencies).toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms`,
    );
  }

  it('20 callers recharge at once, each by itself', async function () {
    this.timeout(240_000);
    await withSecondTry('20 callers', twentyRecharge);
  });

  describe('200 consecutive calls at 10 a second', () => {
    const appPid = () => Number(labSetting('WALLETLINE_APP_PID'));
    const callsASecond = 10;

    /** Calls, hears the greeting begin, and hangs up; so many times, 10 a second. */
    async function callsInARow(count: number): Promise<readonly Customer[]> {
      const customers: Customer[] = [];
      for (let made = 0; made < count; made += callsASecond) {
        customers.push(
          ...(await Promise.all(
            Array.from({ length: callsASecond }, () => lab.customers.create({ cards: 0 })),
          )),
        );
      }
      const startedMs = performance.now();
      await Promise.all(
        customers.map(async ({ phone }, index) => {
          await pause(Math.max(0, startedMs + (index * 1000) / callsASecond - performance.now()));
          const caller = await dial(lab, { from: phone });
          await caller.hearsBeginningOf(['welcome', ...mainMenu('en')]);
          await caller.hangsUp();
        }),
      );
      return customers;
    }

    it('no call fails, each has one row, and the memory is flat afterwards', async function () {
      this.timeout(120_000);
      // The first calls fill caches and pools; what comes after must not grow.
      await callsInARow(100);
      await pause(2_000);
      const beforeBytes = residentBytes(appPid());
      const customers = await callsInARow(200);
      for (const { phone } of customers) {
        assert.equal((await lab.records.endedCallOf(phone)).outcome, 'caller-hung-up');
      }
      await pause(3_000);
      const afterBytes = residentBytes(appPid());
      const grownMb = (afterBytes - beforeBytes) / 2 ** 20;
      console.log(
        `      200 calls at 10/s: resident memory ${(beforeBytes / 2 ** 20).toFixed(0)} MB before, ${(afterBytes / 2 ** 20).toFixed(0)} MB after`,
      );
      // A call that is kept for ever keeps tens of kilobytes; a heap that was not collected yet, some megabytes.
      assert.ok(grownMb < 20, `the app has grown by ${grownMb.toFixed(1)} MB`);
    });
  });
});

/** Resident memory of a process (proc(5): VmRSS in kB). */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
