import assert from 'node:assert/strict';
import {
  callIsRecorded,
  hearEachOther,
  hearsNoKeyFromNowOn,
  hearsOrder,
  isTakenByAgent,
  orderBecomes,
  preparesRecharge,
  type Talk,
  talksWithAgent,
} from '../harness/agents-journey.js';
import type { PreparedOrder, WatchedSession } from '../harness/api-client.js';
import { callLab } from '../harness/call-lab.js';
import type { Said } from '../harness/caller.js';
import type { Customers } from '../harness/customers.js';
import { answersInTurn, confirmsWithPin, keysPin } from '../harness/journey.js';
import { sideBySide } from '../harness/side-by-side.js';
import { mainMenu, menus, spoken, thisPhone } from '../harness/spoken.js';
import { isKeptInformed } from '../harness/while-the-bank-is-silent.js';

const amountMinor = 6_000;

type Detour = Talk & {
  readonly order: PreparedOrder;
  readonly session: WatchedSession;
  readonly agentHeardNoKey: () => void;
  /** Where in what the agent heard the detour began. */
  readonly since: number;
};

describe('calls: an agent sends the caller to pay, and gets them back', () => {
  const lab = callLab();

  /** Talks with an agent, who sends the caller to an order over the API and waits with music. */
  async function isSentOnDetour(wishes: Parameters<Customers['create']>[0] = {}): Promise<Detour> {
    const customer = await lab.customers.create(wishes);
    const talk = await talksWithAgent(lab, customer);
    const order = await preparesRecharge(talk, amountMinor);
    await talk.desktop.begins(talk.channelId, 'detour', order.id);
    const session = await talk.desktop.watches(talk.channelId);
    const since = talk.agent.heard.length;
    const agentHeardNoKey = hearsNoKeyFromNowOn(talk);
    await hearsOrder(talk.caller, amountMinor);
    await talk.caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
    await waitsWithMusic(talk);
    return { ...talk, order, session, agentHeardNoKey, since };
  }

  /** The agent is kept, hears music and not the caller; the caller is with nobody. */
  async function waitsWithMusic({ agent, caller, customer, callerHz }: Talk): Promise<void> {
    agent.isStillUp();
    const from = agent.heard.length;
    const callerFrom = caller.heard.length;
    await agent.hearsSomething(1_000);
    assert.equal(agent.toneSince(from, callerHz), 0, 'the agent hears the caller');
    assert.equal(caller.toneSince(callerFrom, agent.toneHz), 0, 'the caller hears the agent');
    assert.deepEqual((await lab.switchView.placeOf(customer.phone))?.with, []);
  }

  /** Goes back: the agent hears this first, then both hear each other, in a bridge of ours. */
  async function isGivenBack(detour: Detour, agentHears: readonly Said[]): Promise<void> {
    const { caller, agent, customer, since } = detour;
    await caller.hears('agents.returning');
    const place = await lab.switchView.joined(customer.phone, agent.agent, 20_000);
    assert.match(place.bridge ?? '', /^walletline-\d{10}$/);
    await agent.hasHeard(lab.soundsOf([...agentHears, 'agent.connecting-caller']), since);
    await hearEachOther(detour);
    detour.agentHeardNoKey();
  }

  /** They talk until the agent hangs up, which ends the call for both. */
  async function endsWithAgent(detour: Detour): Promise<void> {
    detour.agent.hangsUp();
    await detour.caller.isOverSoon();
    await lab.switchView.isGone(detour.customer.phone);
    detour.session.stop();
    await callIsRecorded(lab, detour, { way: 'detour', orderId: detour.order.id, outcome: 'returned' });
  }

  sideBySide({
    'paid: the agent sees and hears it, and has the caller back': async () => {
      const detour = await isSentOnDetour();
      const { customer, caller, order, desktop, session } = detour;
      await confirmsWithPin(caller, customer.card.pin);
      const payment = await lab.records.paymentIn('completed', customer.phone);
      await caller.hears([...spoken.paid('recharge', amountMinor, payment.rrn), 'next.text-message']);
      const result = await session.seesResult();
      assert.deepEqual([result['outcome'], result['amountMinor']], ['paid', amountMinor]);
      await isGivenBack(detour, [spoken.agentPaid(amountMinor, payment.rrn)]);
      await orderBecomes(desktop, order.id, 'paid');
      await endsWithAgent(detour);
      assert.ok(!session.text.includes(customer.card.pan) && !session.text.includes(customer.card.pin));
    },

    'declined: the agent hears so, and has the caller back': async () => {
      const detour = await isSentOnDetour({ cardBalanceMinor: 100 });
      const { customer, caller, order, desktop, session } = detour;
      await confirmsWithPin(caller, customer.card.pin);
      await caller.hears([spoken.declined(amountMinor), 'declined.insufficient-funds']);
      assert.equal((await session.seesResult())['outcome'], 'declined');
      await isGivenBack(detour, ['agent.not-paid']);
      await orderBecomes(desktop, order.id, 'open');
      await endsWithAgent(detour);
    },

    'a wrong PIN twice: the agent has the caller back': async () => {
      const detour = await isSentOnDetour({ pin: '135790' });
      const { customer, caller, order, desktop } = detour;
      await confirmsWithPin(caller, '111111');
      await caller.hears(spoken.wrongPin(1));
      await keysPin(caller, '222222');
      await caller.hears([spoken.declined(amountMinor), spoken.justLocked(customer.card)]);
      await isGivenBack(detour, ['agent.not-paid']);
      await orderBecomes(desktop, order.id, 'open');
      await endsWithAgent(detour);
    },

    'the caller hangs up at the PIN: the agent is told and freed': async () => {
      const { customer, caller, agent, order, desktop, since, session, ...talk } = await isSentOnDetour();
      await caller.presses('1');
      await caller.hearsBeginningOf('pin.ask');
      await caller.presses('135');
      await caller.hangsUp();
      await agent.isFreed();
      await agent.hasHeard(lab.soundsOf(['agent.caller-gone']), since);
      talk.agentHeardNoKey();
      assert.equal((await session.seesResult())['outcome'], 'caller-gone');
      await orderBecomes(desktop, order.id, 'open');
      const all = { ...talk, customer, caller, agent, desktop };
      await callIsRecorded(lab, all, { way: 'detour', orderId: order.id, outcome: 'caller-hung-up' });
    },

    'the agent hangs up: the caller pays all the same, and goes to the queue': async () => {
      const { customer, caller, agent, order, desktop, ...talk } = await isSentOnDetour();
      agent.hangsUp();
      await agent.isFreed();
      await confirmsWithPin(caller, customer.card.pin);
      const payment = await lab.records.paymentIn('completed', customer.phone);
      await caller.hears([...spoken.paid('recharge', amountMinor, payment.rrn), 'next.text-message']);
      await caller.hears('agents.returning');
      await caller.hears('agents.instead');
      const next = await isTakenByAgent(lab, customer, caller);
      await orderBecomes(desktop, order.id, 'paid');
      next.agent.hangsUp();
      await caller.isOverSoon();
      const all = { ...talk, customer, caller, agent, desktop };
      await callIsRecorded(lab, all, { way: 'detour', orderId: order.id, outcome: 'transferred' });
    },

    'the bank is silent: the agent has the caller back, whose money comes back': async () => {
      const detour = await isSentOnDetour();
      const { customer, caller, order, desktop } = detour;
      await lab.bank.fails({ match: { kind: 'purchase', pan: customer.card.pan }, fault: 'no-answer' });
      await confirmsWithPin(caller, customer.card.pin);
      await isKeptInformed(caller);
      const payment = await lab.records.paymentIn('reversed', customer.phone, 25_000);
      await caller.hears([...spoken.returning(amountMinor, payment.rrn), 'next.text-message']);
      await isGivenBack(detour, ['agent.not-paid']);
      await orderBecomes(desktop, order.id, 'open');
      await endsWithAgent(detour);
    },

    'key 0 leads back to the agent who waits, and whose phone cannot send the caller away from there':
      async () => {
        const detour = await isSentOnDetour();
        await detour.caller.presses('0');
        await isGivenBack(detour, ['agent.not-paid']);
        await orderBecomes(detour.desktop, detour.order.id, 'open');
        // This phone hangs up when it is refused; others would go on.
        assert.match(await detour.agent.transfersTo('12580'), /404/);
        await endsWithAgent(detour);
      },

    'by the feature code: the caller finds the main menu, and the queue does not ring the agent':
      async () => {
        const customer = await lab.customers.create();
        const talk = await talksWithAgent(lab, customer);
        const { caller, agent } = talk;
        const since = agent.heard.length;
        const agentHeardNoKey = hearsNoKeyFromNowOn(talk);
        await agent.presses('*73');
        await caller.hearsBeginningOf(['welcome.transferred', ...mainMenu('en')]);
        await waitsWithMusic(talk);
        const other = await talksWithAgent(lab, await lab.customers.create());
        assert.notEqual(other.agent.agent, agent.agent);
        await other.caller.hangsUp();
        await caller.presses('2');
        await answersInTurn(caller, [menus.whoseRecharge, '1'], ['recharge.ask-amount', '30#']);
        await caller.hears(spoken.confirm('recharge', 3_000, thisPhone, customer.card));
        await confirmsWithPin(caller, customer.card.pin);
        const payment = await lab.records.paymentIn('completed', customer.phone);
        await caller.hears([...spoken.paid('recharge', 3_000, payment.rrn), 'next.text-message']);
        await caller.hears('agents.returning');
        await agent.hasHeard(lab.soundsOf([spoken.agentPaid(3_000, payment.rrn)]), since);
        await hearEachOther(talk);
        agentHeardNoKey();
        await caller.hangsUp();
        await agent.isFreed();
        await callIsRecorded(lab, talk, { way: 'detour', orderId: null, outcome: 'returned' });
      },
  });
});
