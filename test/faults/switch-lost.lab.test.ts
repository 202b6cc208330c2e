import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Lab } from '../../lab/lab.js';
import type { LabProcess } from '../../lab/lab-process.js';
import { nodeProcess } from '../../lab/node-processes.js';
import { freePorts } from '../../lab/ports.js';
import { audit } from '../../src/payment/audit/mysql-audit.js';
import { CallLab } from '../calls/harness/call-lab.js';
import type { Caller, Said } from '../calls/harness/caller.js';
import type { Customer } from '../calls/harness/customers.js';
import { callsIn, confirmsWithPin, ordersRecharge } from '../calls/harness/journey.js';
import { labWait } from '../calls/harness/lab-wait.js';
import { menus, spoken } from '../calls/harness/spoken.js';
import { freePort } from '../support/free-port.js';
import type { LosableLink } from '../support/losable-link.js';
import { losableLink } from '../support/losable-link.js';

/** A caller must not be left in silence for longer than this, in milliseconds. */
const longestSilenceMs = 30_000;
const bankTimeoutMs = 12_000;
const amountYuan = 50;

/** A lab of its own, whose app reaches the switch over a link that can be lost. */
describe('payments that are on their way when the switch is lost', function () {
  this.timeout(180_000);
  let stateDir = '';
  let lab: Lab;
  let link: LosableLink;
  let calls: CallLab;
  let env: Readonly<Record<string, string>> = {};
  const apps: LabProcess[] = [];

  const appWith = (settings: Readonly<Record<string, string>>): LabProcess => {
    const app = nodeProcess({
      name: 'the app',
      main: 'src/main.js',
      env: { ...env, ...settings },
      logFile: join(stateDir, `app-${apps.length + 1}.log`),
      stopTimeoutMs: 10_000,
    });
    apps.push(app);
    return app;
  };

  before(async function () {
    this.timeout(300_000);
    stateDir = await mkdtemp(join(tmpdir(), 'walletline-switch-lost-'));
    const environment = { WALLETLINE_BANK_ANSWER_TIMEOUT_MS: String(bankTimeoutMs) };
    lab = new Lab({ stateDir, ports: await freePorts(), fresh: true, app: false, environment });
    await lab.start();
    const ari = new URL(lab.env['WALLETLINE_ARI_URL'] ?? '');
    link = await losableLink(ari.hostname, Number(ari.port));
    ari.port = String(link.port);
    env = { ...lab.env, WALLETLINE_ARI_URL: ari.href.replace(/\/$/, '') };
    await appWith({}).start();
    calls = new CallLab(lab.env);
    await calls.start();
  });

  after(async () => {
    await calls.stop();
    await Promise.all(apps.map((app) => app.stop()));
    await link.close();
    await lab.stop();
    await rm(stateDir, { recursive: true, force: true });
  });

  /** Two customers whose answers the bank gives late, and one whose answer is lost; all have keyed their PINs. */
  async function threePay(answeredAfterMs: number) {
    const answers = [
      { fault: 'late-answer', delayMs: answeredAfterMs },
      { fault: 'late-answer', delayMs: answeredAfterMs },
      { fault: 'no-answer' },
    ];
    return Promise.all(
      answers.map(async (answer) => {
        const customer = await calls.customers.create();
        const { phone, card } = customer;
        await calls.bank.fails({ match: { kind: 'purchase', pan: card.pan }, ...answer });
        const caller = await callsIn(calls, customer);
        await ordersRecharge(caller, phone, { amountYuan, card, phone });
        await confirmsWithPin(caller, card.pin);
        return { customer, caller, isPaid: answer.fault !== 'no-answer' };
      }),
    );
  }

  /** Hears words of patience, as many as there may be, and then what is true. */
  async function hearsTheTruth({ caller, customer, isPaid }: Awaited<ReturnType<typeof threePay>>[number]) {
    const { phone } = customer;
    const payment = await calls.records.paymentIn(isPaid ? 'completed' : 'reversed', phone, longestSilenceMs);
    const truth = isPaid
      ? spoken.paid('recharge', amountYuan * 100, payment.rrn)
      : spoken.returning(amountYuan * 100, payment.rrn);
    await hearsAfterPatience(caller, [...truth, 'next.text-message']);
    await caller.hearsBeginningOf(menus.anotherService);
    await caller.hangsUp();
    if (isPaid) {
      await isNoNews(customer);
    }
  }

  async function hearsAfterPatience(caller: Caller, truth: readonly Said[]): Promise<void> {
    for (let round = 1; round <= 3; round += 1) {
      caller.mightHear(['wait.still-working']);
      caller.mightHear(['wait.thank-you']);
    }
    await caller.hears(truth, { withinMs: longestSilenceMs });
  }

  async function isNoNews({ phone }: Customer): Promise<void> {
    await labWait('what was heard to be written down', async () => {
      const due = await calls.database('payments').where({ caller_number: phone, news_due: 1 }).pluck('id');
      return due.length === 0 ? true : undefined;
    });
  }

  async function moneyIsRight(): Promise<void> {
    const { breaks } = await audit(calls.database, {
      now: new Date(Date.now() + 86_400_000),
      limitMs: 0,
      utcOffsetMinutes: 480,
      journals: {
        bank: env['WALLETLINE_BANK_JOURNAL'] ?? '',
        providers: { carrier: env['WALLETLINE_CARRIER_JOURNAL'] ?? '' },
      },
    });
    assert.deepEqual(breaks, []);
  }

  it('go on while the connection is cut, and then half open, and their callers hear what is true', async () => {
    const payers = await threePay(9_000);
    const beganMs = performance.now();
    link.cut();
    await pause(1_000);
    link.heal();
    await pause(1_500);
    link.goSilent();
    await pause(5_000);
    link.heal();
    await Promise.all(payers.map(hearsTheTruth));
    console.log(`      cut to the last word ${(performance.now() - beganMs).toFixed(0)} ms`);
    await moneyIsRight();
  });

  it('are not disturbed by a second process on the same terminals: it is refused, and says why', async () => {
    const second = appWith({
      WALLETLINE_ARI_APP: 'another',
      WALLETLINE_HTTP_LISTEN: `127.0.0.1:${await freePort()}`,
    });
    await assert.rejects(
      second.start(),
      /WALLETLINE_BANK_TERMINALS: 2 of its terminals.*\n.*12580001: walletline/,
    );
  });
});
