import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import {
  callIsRecorded,
  hearEachOther,
  hearsNoKeyFromNowOn,
  isTakenByAgent,
  orderBecomes,
  preparesRecharge,
  type Talk,
  talksWithAgent,
} from '../harness/agents-journey.js';
import type { PreparedOrder, WatchedSession } from '../harness/api-client.js';
import { callLab } from '../harness/call-lab.js';
import type { Customers } from '../harness/customers.js';
import { sideBySide } from '../harness/side-by-side.js';
import { spoken, thisPhone } from '../harness/spoken.js';
import { isKeptInformed } from '../harness/while-the-bank-is-silent.js';

const amountMinor = 7_000;

type Assisted = Talk & {
  readonly order: PreparedOrder;
  readonly session: WatchedSession;
  readonly agentHeardNoKey: () => void;
};

describe('calls: an agent stays on the line while the caller pays', () => {
  const lab = callLab();

  /** Talks with an agent, who begins to take a payment: they stay connected, and the caller is told. */
  async function isAssisted(wishes: Parameters<Customers['create']>[0] = {}): Promise<Assisted> {
    const customer = await lab.customers.create(wishes);
    const talk = await talksWithAgent(lab, customer);
    const order = await preparesRecharge(talk, amountMinor);
    const agentHeardNoKey = hearsNoKeyFromNowOn(talk);
    await talk.desktop.begins(talk.channelId, 'assisted', order.id);
    const session = await talk.desktop.watches(talk.channelId);
    await talk.caller.hears('assisted.began');
    const place = await lab.switchView.joined(customer.phone, talk.agent.agent);
    assert.match(place.bridge ?? '', /^walletline-\d{10}$/);
    await hearEachOther(talk);
    return { ...talk, order, session, agentHeardNoKey };
  }

  const tells = (session: WatchedSession, progress: string, count = 1) =>
    session.sees(progress, (event) => {
      const seen = session.events.filter((each) => each['progress'] === progress);
      return event === seen[count - 1];
    });

  /** The agent asks for the PIN; the caller hears what it is for, confirms, and keys it. */
  async function keysPinForAgent(
    { desktop, channelId, caller, customer, session }: Assisted,
    pin: string,
    count = 1,
  ): Promise<void> {
    await desktop.orders(channelId, 'capture', 'card-pin');
    await caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
    await caller.presses('1');
    await caller.hearsBeginningOf('pin.ask');
    await caller.presses(pin);
    await tells(session, 'pin-kept', count);
  }

  async function endsWithCaller(assisted: Assisted, outcome: string): Promise<void> {
    const { caller, agent, customer, order, session } = assisted;
    await caller.hangsUp();
    await agent.isFreed();
    await lab.switchView.isGone(customer.phone);
    session.stop();
    for (const secret of [customer.card.pin, customer.card.pan]) {
      assert.ok(secret === '' || !session.text.includes(secret));
    }
    await callIsRecorded(lab, assisted, { way: 'assisted', orderId: order.id, outcome });
  }

  sideBySide({
    'paid: the agent sees each key and hears none, and nothing of the caller while the PIN is keyed':
      async () => {
        const assisted = await isAssisted();
        const { customer, caller, agent, callerHz, desktop, channelId, session, order } = assisted;
        await desktop.orders(channelId, 'capture', 'card-pin');
        await caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
        await caller.presses('1');
        await caller.hearsBeginningOf('pin.ask');
        const muted = agent.heard.length;
        await pause(700);
        assert.equal(agent.toneSince(muted, callerHz), 0, 'the agent hears the caller at the PIN');
        await caller.presses(customer.card.pin);
        await tells(session, 'pin-kept');
        assert.deepEqual(
          session.events
            .filter(({ type }) => type === 'keys')
            .map((event) => [event['field'], event['keyed']]),
          [1, 2, 3, 4, 5, 6].map((keyed) => ['card-pin', keyed]),
        );
        await hearEachOther(assisted);
        await desktop.orders(channelId, 'complete');
        await caller.hears('wait.one-moment');
        const payment = await lab.records.paymentIn('completed', customer.phone);
        await caller.hears([...spoken.paid('recharge', amountMinor, payment.rrn), 'next.text-message']);
        const result = await session.seesResult();
        assert.deepEqual([result['outcome'], result['amountMinor']], ['paid', amountMinor]);
        await orderBecomes(desktop, order.id, 'paid');
        await hearEachOther(assisted);
        assisted.agentHeardNoKey();
        await endsWithCaller(assisted, 'returned');
      },

    'with a card number that the caller keys: it is kept, and the agent learns its last four': async () => {
      const assisted = await isAssisted({ cards: 0 });
      const { caller, desktop, channelId, session, agent, callerHz } = assisted;
      const card = lab.customers.originalCard('6217001234567890122');
      await desktop.orders(channelId, 'capture', 'card-number');
      await caller.hearsBeginningOf('card.ask-number');
      const muted = agent.heard.length;
      await caller.presses(`${card.pan}#`);
      await tells(session, 'card-kept');
      assert.equal(agent.toneSince(muted, callerHz), 0, 'the agent hears the caller at the card number');
      const { body } = await desktop.get(`/calls/${channelId}/payment-session`);
      assert.deepEqual((body['kept'] as { cardLastFour: string }).cardLastFour, card.lastFour);
      assert.ok(!session.text.includes(card.pan));
      await desktop.orders(channelId, 'cancel');
      await caller.hears(['cancelled', 'nothing-paid']);
      await hearEachOther(assisted);
      assisted.agentHeardNoKey();
      await orderBecomes(desktop, assisted.order.id, 'open');
      await endsWithCaller(assisted, 'returned');
    },

    'declined: they go on talking, and the order can still be paid': async () => {
      const assisted = await isAssisted({ cardBalanceMinor: 100 });
      const { customer, caller, desktop, channelId, session } = assisted;
      await keysPinForAgent(assisted, customer.card.pin);
      await desktop.orders(channelId, 'complete');
      await caller.hears('wait.one-moment');
      await caller.hears([spoken.declined(amountMinor), 'declined.insufficient-funds']);
      assert.equal((await session.seesResult())['outcome'], 'declined');
      await hearEachOther(assisted);
      assisted.agentHeardNoKey();
      await orderBecomes(desktop, assisted.order.id, 'open');
      await endsWithCaller(assisted, 'returned');
    },

    'a wrong PIN twice: the agent asks again, then it is over': async () => {
      const assisted = await isAssisted({ pin: '135790' });
      const { customer, caller, desktop, channelId, session } = assisted;
      await keysPinForAgent(assisted, '111111', 1);
      await desktop.orders(channelId, 'complete');
      await caller.hears('wait.one-moment');
      await caller.hears(spoken.wrongPin(1));
      await tells(session, 'pin-wrong', 1);
      await keysPinForAgent(assisted, '222222', 2);
      await desktop.orders(channelId, 'complete');
      await caller.hears('wait.one-moment');
      await caller.hears([spoken.declined(amountMinor), spoken.justLocked(customer.card)]);
      await hearEachOther(assisted);
      assisted.agentHeardNoKey();
      await orderBecomes(desktop, assisted.order.id, 'open');
      await endsWithCaller(assisted, 'returned');
    },

    'the caller hangs up at the PIN: the agent is told and freed': async () => {
      const assisted = await isAssisted();
      const { customer, caller, agent, desktop, channelId, session, order } = assisted;
      const since = agent.heard.length;
      await desktop.orders(channelId, 'capture', 'card-pin');
      await caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
      await caller.presses('1');
      await caller.hearsBeginningOf('pin.ask');
      await caller.presses('135');
      await caller.hangsUp();
      await agent.isFreed();
      await agent.hasHeard(lab.soundsOf(['agent.caller-gone']), since);
      assisted.agentHeardNoKey();
      assert.equal((await session.seesResult())['outcome'], 'caller-gone');
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
      await orderBecomes(desktop, order.id, 'open');
      await endsWithCaller(assisted, 'caller-hung-up');
    },

    'the agent hangs up: the caller goes to the queue': async () => {
      const assisted = await isAssisted();
      const { customer, caller, agent, desktop, order } = assisted;
      agent.hangsUp();
      await agent.isFreed();
      await caller.hears('agents.instead');
      const next = await isTakenByAgent(lab, customer, caller);
      await caller.hangsUp();
      await next.agent.isFreed();
      assisted.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      await callIsRecorded(lab, assisted, { way: 'assisted', orderId: order.id, outcome: 'transferred' });
    },

    'the bank is silent: the caller hears it, and both go on talking': async () => {
      const assisted = await isAssisted();
      const { customer, caller, desktop, channelId, order } = assisted;
      await lab.bank.fails({ match: { kind: 'purchase', pan: customer.card.pan }, fault: 'no-answer' });
      await keysPinForAgent(assisted, customer.card.pin);
      await desktop.orders(channelId, 'complete');
      await caller.hears('wait.one-moment');
      await isKeptInformed(caller);
      const payment = await lab.records.paymentIn('reversed', customer.phone, 25_000);
      await caller.hears([...spoken.returning(amountMinor, payment.rrn), 'next.text-message']);
      await hearEachOther(assisted);
      assisted.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      await endsWithCaller(assisted, 'returned');
    },
  });
});
