import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.js';
import { freePorts } from '../../lab/ports.js';
import { projectDir } from '../../lab/project-dir.js';
import { runCommand } from '../../lab/run-command.js';
import {
  hearEachOther,
  hearsNoKeyFromNowOn,
  hearsOrder,
  isTakenByAgent,
  orderBecomes,
  preparesRecharge,
  type Talk,
  talksWithAgent,
} from '../calls/harness/agents-journey.js';
import type { PreparedOrder } from '../calls/harness/api-client.js';
import { CallLab } from '../calls/harness/call-lab.js';
import { confirmsWithPin } from '../calls/harness/journey.js';
import { spoken, thisPhone } from '../calls/harness/spoken.js';

const amountMinor = 5_000;
const agents = ['1001', '1002', '1003', '1004', '1005', '1006'];

type Paying = Talk & { readonly order: PreparedOrder; readonly agentHeardNoKey: () => void };

/** A lab of its own, because its application is killed. */
describe('a call centre whose application is killed in the middle of a payment', function () {
  this.timeout(180_000);
  let stateDir = '';
  let lab: Lab;
  let calls: CallLab;

  async function talk(): Promise<Paying> {
    const talking = await talksWithAgent(calls, await calls.customers.create());
    const order = await preparesRecharge(talking, amountMinor);
    return { ...talking, order, agentHeardNoKey: hearsNoKeyFromNowOn(talking) };
  }

  const hearsWhatIsPaid = async ({ caller, customer }: Talk) =>
    caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));

  /** Sent for good, and the bank is asked. */
  async function isPaying(): Promise<Paying> {
    const paying = await talk();
    await calls.bank.fails({
      match: { kind: 'purchase', pan: paying.customer.card.pan },
      fault: 'no-answer',
    });
    await paying.agent.transfersTo(`12580*${paying.order.code}`);
    await hearsOrder(paying.caller, amountMinor);
    await hearsWhatIsPaid(paying);
    await confirmsWithPin(paying.caller, paying.customer.card.pin);
    return paying;
  }

  /** On a detour, and asked whether to pay. */
  async function isAsked(): Promise<Paying> {
    const asked = await talk();
    await asked.desktop.begins(asked.channelId, 'detour', asked.order.id);
    await hearsOrder(asked.caller, amountMinor);
    await hearsWhatIsPaid(asked);
    return asked;
  }

  /** With an agent on the line, in the middle of the PIN. */
  async function keysPin(): Promise<Paying> {
    const keying = await talk();
    const { desktop, channelId, caller } = keying;
    await desktop.begins(channelId, 'assisted', keying.order.id);
    await caller.hears('assisted.began');
    await desktop.orders(channelId, 'capture', 'card-pin');
    await hearsWhatIsPaid(keying);
    await caller.presses('1');
    await caller.hearsBeginningOf('pin.ask');
    await caller.presses('135');
    return keying;
  }

  before(async function () {
    this.timeout(300_000);
    stateDir = await mkdtemp(join(tmpdir(), 'walletline-call-centre-'));
    lab = new Lab({
      stateDir,
      ports: await freePorts(),
      fresh: true,
      agents,
      environment: { WALLETLINE_BANK_ANSWER_TIMEOUT_MS: '10000' },
    });
    await lab.start();
    calls = new CallLab(lab.env);
    await calls.start();
    await calls.agents();
  });
  after(async () => {
    await calls.stop();
    await lab.stop();
    await rm(stateDir, { recursive: true, force: true });
  });

  it('loses nobody: who pays goes to an agent, who has one goes back, who talks goes on talking', async () => {
    const [paying, asked, keying, talking] = await Promise.all([isPaying(), isAsked(), keysPin(), talk()]);
    await lab.app.kill('SIGKILL');
    // There is nobody to take a caller whom an agent sends to pay now: the caller waits for an agent again.
    assert.equal(await talking.agent.transfersTo(`12580*${talking.order.code}`), '200 OK');
    const taken = await isTakenByAgent(calls, talking.customer, talking.caller);
    await hearEachOther(taken);
    await lab.app.start();

    // Sent for good, in the middle of a payment.
    await paying.caller.hears('sorry-interrupted.agent', { withinMs: 30_000 });
    const next = await isTakenByAgent(calls, paying.customer, paying.caller);
    assert.equal(next.agent.header('X-Walletline-Position'), 'interrupted');
    paying.agentHeardNoKey();

    // On a detour.
    asked.agent.isStillUp();
    await calls.switchView.joined(asked.customer.phone, asked.agent.agent, 30_000);
    await asked.agent.hasHeard(calls.soundsOf(['agent.not-known', 'agent.connecting-caller']), 0);
    await asked.caller.hears('sorry-interrupted.agent');
    await hearEachOther(asked);
    asked.agentHeardNoKey();

    // With the agent on the line: they were together all the time, and the caller is heard again.
    keying.agent.isStillUp();
    await hearEachOther(keying);
    keying.agentHeardNoKey();

    for (const { caller } of [paying, asked, keying, talking]) {
      await caller.hangsUp();
    }
    await Promise.all([next, taken, asked, keying].map(async ({ agent }) => agent.isFreed()));
    const payment = await calls.records.paymentIn('reversed', paying.customer.phone, 40_000);
    assert.equal(payment.order_id, paying.order.id);
    for (const { desktop, order } of [paying, asked, keying, talking]) {
      await orderBecomes(desktop, order.id, 'open');
    }
    for (const [{ customer }, way, outcome] of [
      [paying, 'blind', 'interrupted'],
      [asked, 'detour', 'interrupted'],
      [keying, 'assisted', 'returned'],
    ] as const) {
      const row = await calls.records.endedCallOf(customer.phone);
      assert.deepEqual([row.entry, row.transfer_way, row.outcome], ['transfer', way, outcome]);
    }
    const audit = join(projectDir, 'dist/src/payment/audit/main.js');
    const { code, output } = await runCommand(process.execPath, [audit], { env: lab.env });
    assert.equal(code, 0, output);
  });
});
