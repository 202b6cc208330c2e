import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { SipProbe } from '../../lab/sip-probe.js';
import {
  hearEachOther,
  isTakenByAgent,
  preparesRecharge,
  talksWithAgent,
} from '../harness/agents-journey.js';
import { callLab } from '../harness/call-lab.js';
import { answersInTurn, callsIn, confirmsWithPin, wantsNothingElse } from '../harness/journey.js';
import { sideBySide } from '../harness/side-by-side.js';
import type { BankEntry, CarrierEntry } from '../harness/simulator-control.js';
import { menus, spoken, thisPhone } from '../harness/spoken.js';

const amountMinor = 8_000;

describe('calls: callers and agents', () => {
  const lab = callLab();

  sideBySide({
    'key 0 leads to an agent, whose phone shows the language and where the caller was': async () => {
      const customer = await lab.customers.create({ language: 'zh' });
      await lab.agents();
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(caller, [menus.whoseRecharge, '0']);
      const { agent, desktop } = await isTakenByAgent(lab, customer, caller);
      assert.equal(agent.header('X-Walletline-Language'), 'zh');
      assert.equal(agent.header('X-Walletline-Position'), 'recharge.askWhose');
      assert.match(agent.header('From') ?? '', /^"zh recharge\.askWhose" </);
      const calls = (await desktop.get('/calls')).body['live'] as readonly Record<string, unknown>[];
      const call = calls.find(({ callerNumber }) => callerNumber === customer.phone);
      assert.deepEqual(
        [call?.['talking'], call?.['language'], call?.['position'], call?.['agent']],
        [true, 'zh', 'recharge.askWhose', agent.agent],
      );
      await caller.hangsUp();
      await agent.isFreed();
    },

    // What is asserted elsewhere not to be heard must be something that this ear does hear.
    'an agent who simply talks with a caller hears the caller’s keys, as events or as tones': async () => {
      const talk = await talksWithAgent(lab, await lab.customers.create());
      await talk.caller.presses('135790*#');
      await pause(500);
      assert.equal(talk.agent.keysHeard, '135790*#');
      const since = talk.agent.heard.length;
      await talk.caller.soundsKeys('2468');
      await pause(500);
      assert.match(talk.agent.keyTonesSince(since), /^2+4+6+8+$/);
      await talk.caller.hangsUp();
      await talk.agent.isFreed();
    },

    'the tones of keys that a phone sends as sound do not reach the agent while a PIN is keyed': async () => {
      const talk = await talksWithAgent(lab, await lab.customers.create());
      const { caller, agent, desktop, channelId, customer } = talk;
      const order = await preparesRecharge(talk, amountMinor);
      await desktop.begins(channelId, 'assisted', order.id);
      await caller.hears('assisted.began');
      await desktop.orders(channelId, 'capture', 'card-pin');
      await caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
      await caller.presses('1');
      await caller.hears('pin.ask');
      const since = agent.heard.length;
      await caller.soundsKeys('135790');
      await pause(500);
      assert.equal(agent.keyTonesSince(since), '');
      await caller.hangsUp();
      await agent.isFreed();
    },

    'the feature code is the agents’: a caller who keys it stays in the conversation': async () => {
      const talk = await talksWithAgent(lab, await lab.customers.create());
      await talk.caller.presses('*73');
      await pause(1_500);
      const place = await lab.switchView.placeOf(talk.customer.phone);
      assert.deepEqual([place?.application, place?.with], ['Queue', [talk.agent.agent]]);
      await hearEachOther(talk);
      talk.agent.hangsUp();
      await talk.caller.isOverSoon();
    },

    'a stranger who writes events into their number moves nobody': async () => {
      const talk = await talksWithAgent(lab, await lab.customers.create());
      const [agentChannelId = ''] = (await lab.switchView.placeOf(talk.customer.phone))?.withIds ?? [];
      const lines = [
        'x',
        '',
        'Event: UserEvent',
        'UserEvent: WalletlinePay',
        `Uniqueid: ${agentChannelId}`,
        '',
      ];
      const forged = encodeURIComponent([...lines, ''].join('\r\n'));
      const sipPort = Number(lab.sipAddress.split(':')[1]);
      for (const sent of [
        { from: `<sip:${forged}@127.0.0.1>` },
        { headers: [`P-Asserted-Identity: <sip:${forged}@127.0.0.1>`] },
        { headers: [`Remote-Party-ID: <sip:${forged}@127.0.0.1>;party=calling`] },
      ]) {
        const stranger = await SipProbe.open(sipPort);
        stranger.send('INVITE', lab.serviceNumber, sent);
        stranger.hangsUp(await stranger.hears(/^SIP\/2.0 200/));
        await pause(500);
        stranger.close();
      }
      const place = await lab.switchView.placeOf(talk.customer.phone);
      assert.deepEqual([place?.application, place?.with], ['Queue', [talk.agent.agent]]);
      await hearEachOther(talk);
      talk.agent.hangsUp();
      await talk.caller.isOverSoon();
    },

    'an order that two calls pay at once is paid once, and the other hears so': async () => {
      const target = (await lab.customers.create()).phone;
      const customers = await Promise.all([lab.customers.create(), lab.customers.create()]);
      const order = await lab.api('shop').prepares({ service: 'recharge', target, amountMinor });
      // Slow enough for the other to come while the first is on its way.
      for (const { card } of customers) {
        const match = { kind: 'purchase', pan: card.pan };
        await lab.bank.fails({ match, fault: 'late-answer', delayMs: 3_000 });
      }
      const callers = await Promise.all(
        customers.map(async (customer) => {
          const caller = await callsIn(lab, customer);
          await caller.presses('3');
          await answersInTurn(caller, [menus.whoseBill, '3'], ['order.ask-code', order.code]);
          await caller.hears(spoken.order('recharge', amountMinor, target));
          await caller.hears(spoken.confirmOrder('recharge', amountMinor, target, customer.card));
          await confirmsWithPin(caller, customer.card.pin);
          return { caller, customer };
        }),
      );
      const paysOrder = async (phone: string) =>
        (await lab.records.paymentsOf(phone))[0]?.order_id === order.id;
      const [payer, other] = (await paysOrder(customers[0].phone)) ? callers : [callers[1], callers[0]];
      assert.ok(payer && other);
      await other.caller.hears(['order.being-paid', 'order.nothing-taken']);
      const { rrn } = await lab.records.paymentIn('completed', payer.customer.phone);
      await payer.caller.hears([...spoken.paid('recharge', amountMinor, rrn), 'next.text-message']);
      await Promise.all([wantsNothingElse(other.caller), wantsNothingElse(payer.caller)]);
      assert.deepEqual(await lab.records.paymentsOf(other.customer.phone), []);
      assert.deepEqual(
        lab.bank.entries<BankEntry>(({ panMasked }) => panMasked.endsWith(other.customer.card.lastFour)),
        [],
      );
      const delivered = lab.carrier.entries<CarrierEntry>(({ phone }) => phone === target);
      assert.deepEqual(
        delivered.map(({ event }) => event),
        ['accepted'],
      );
    },
  });
});
