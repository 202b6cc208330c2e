import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ariUser } from '../../lab/asterisk.js';
import { Lab } from '../../lab/lab.js';
import { freePorts } from '../../lab/ports.js';
import { projectDir } from '../../lab/project-dir.js';
import { runCommand } from '../../lab/run-command.js';
import { labSecrets } from '../../lab/secrets.js';
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
import { labWait } from '../calls/harness/lab-wait.js';
import { menuAgain, menus, spoken, thisPhone } from '../calls/harness/spoken.js';
import { type LosableLink, losableLink } from '../support/losable-link.js';

const amountMinor = 5_000;
const agents = ['1001', '1002', '1003', '1004', '1005', '1006'];

type Paying = Talk & { readonly order: PreparedOrder; readonly agentHeardNoKey: () => void };

/** A lab of its own, because its application is killed and its connections are cut. */
describe('a call centre whose parts fail', function () {
  this.timeout(180_000);
  let stateDir = '';
  let lab: Lab;
  let calls: CallLab;
  let ami: LosableLink;

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
    const ports = await freePorts();
    ami = await losableLink('127.0.0.1', ports.ami);
    const { amiPassword } = await labSecrets(stateDir, agents);
    lab = new Lab({
      stateDir,
      ports,
      agents,
      environment: {
        WALLETLINE_BANK_ANSWER_TIMEOUT_MS: '10000',
        WALLETLINE_AMI_URL: `ami://${ariUser}:${amiPassword}@127.0.0.1:${ami.port}`,
      },
    });
    await lab.start();
    calls = new CallLab(lab.env);
    await calls.start();
    await calls.agents();
  });
  after(async () => {
    await calls.stop();
    await lab.stop();
    await ami.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  const callCentreBecomes = async (state: string) =>
    labWait(`the call centre to be ${state}`, async () =>
      (await calls.api('operator').get('/calls')).body['callCentre'] === state ? true : undefined,
    );

  it('does without AMI what it can, says what it cannot, and learns of who talks when it is back', async () => {
    const talking = await talk();
    const { desktop, channelId, caller, agent, order, customer } = talking;
    ami.cut();
    await callCentreBecomes('unavailable');
    const { status, body } = await desktop.post(`/calls/${channelId}/payment-session`, { way: 'detour' });
    assert.deepEqual([status, body['type']], [503, '/problems/call-centre-unavailable']);
    await agent.presses('*73');
    const other = await talk();
    assert.equal(await other.agent.transfersTo(`12580*${other.order.code}`), '200 OK');
    await hearsOrder(other.caller, amountMinor);
    await other.caller.hangsUp();
    await hearEachOther(talking);

    ami.heal();
    await callCentreBecomes('available');
    await desktop.begins(channelId, 'detour', order.id);
    await hearsOrder(caller, amountMinor);
    await caller.presses('0');
    await calls.switchView.joined(customer.phone, agent.agent);
    await hearEachOther(talking);
    await caller.hangsUp();
    await agent.isFreed();
    await calls.switchView.isGone(customer.phone);
  });

  it('prepares one order for 1,000 requests at once with one key', async () => {
    const order = { service: 'recharge', target: '13900139000', amountMinor, reference: 'at once' };
    const shop = calls.api('SHOP');
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () =>
        shop.post('/orders', order, { 'idempotency-key': 'one-of-1000' }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    assert.equal(made.length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 999);
    assert.equal(new Set(answers.map(({ body }) => body['id'])).size, 1);
    assert.equal((await calls.database('orders').where({ reference: 'at once' })).length, 1);
  });

  it('loses nobody whose application is killed: who pays goes to an agent, who has one goes back, who talks goes on talking', async () => {
    const [paying, asked, keying, talking] = await Promise.all([isPaying(), isAsked(), keysPin(), talk()]);
    await lab.app.kill('SIGKILL');
    // There is nobody to take a caller whom an agent sends to pay now: the caller waits for an agent again.
    assert.equal(await talking.agent.transfersTo(`12580*${talking.order.code}`), '200 OK');
    const taken = await isTakenByAgent(calls, talking.customer, talking.caller);
    await hearEachOther(taken);
    await lab.app.start();

    // Sent for good, in the middle of a payment. Whoever was there first has waited for the others to get there.
    for (const word of ['wait.still-working', 'wait.thank-you']) {
      paying.caller.mightHear([word]);
    }
    await paying.caller.hears('sorry-interrupted.agent', { withinMs: 30_000 });
    const next = await isTakenByAgent(calls, paying.customer, paying.caller);
    assert.equal(next.agent.header('X-Walletline-Position'), 'interrupted');
    paying.agentHeardNoKey();

    // On a detour.
    asked.agent.isStillUp();
    await calls.switchView.joined(asked.customer.phone, asked.agent.agent, 30_000);
    await asked.agent.hasHeard(calls.soundsOf(['agent.not-known', 'agent.connecting-caller']), 0);
    const [readBack, cardReadBack] = spoken.confirmOrder(
      'recharge',
      amountMinor,
      thisPhone,
      asked.customer.card,
    );
    assert.ok(readBack !== undefined && cardReadBack !== undefined);
    for (const why of ['noinput-1', 'noinput-2'] as const) {
      const [intro, ...choices] = menuAgain(menus.order, why, 'choice.back');
      assert.ok(intro !== undefined);
      asked.caller.mightHear([readBack, cardReadBack, intro, 'nothing-paid-yet', ...choices]);
    }
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
