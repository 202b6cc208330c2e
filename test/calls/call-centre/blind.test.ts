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
import type { PreparedOrder } from '../harness/api-client.js';
import { callLab } from '../harness/call-lab.js';
import type { Customers } from '../harness/customers.js';
import { answersInTurn, confirmsWithPin, keysPin, wantsNothingElse } from '../harness/journey.js';
import { sideBySide } from '../harness/side-by-side.js';
import type { BankEntry, CarrierEntry } from '../harness/simulator-control.js';
import { mainMenu, menus, spoken, thisPhone } from '../harness/spoken.js';
import { isKeptInformed } from '../harness/while-the-bank-is-silent.js';

const amountMinor = 5_000;

describe('calls: an agent sends the caller to pay, for good', () => {
  const lab = callLab();

  /** Talks with an agent, who transfers the caller (REFER) to an order; then the agent is free. */
  async function isSentToPay(
    wishes: Parameters<Customers['create']>[0] = {},
  ): Promise<Talk & { readonly order: PreparedOrder; readonly agentHeardNoKey: () => void }> {
    const customer = await lab.customers.create(wishes);
    const talk = await talksWithAgent(lab, customer);
    const order = await preparesRecharge(talk, amountMinor);
    const agentHeardNoKey = hearsNoKeyFromNowOn(talk);
    assert.equal(await talk.agent.transfersTo(`12580*${order.code}`), '200 OK');
    await talk.agent.isFreed();
    await hearsOrder(talk.caller, amountMinor);
    await talk.caller.hears(spoken.confirmOrder('recharge', amountMinor, thisPhone, customer.card));
    const place = await lab.switchView.placeOf(customer.phone);
    assert.deepEqual([place?.application, place?.with], ['Stasis', []]);
    return { ...talk, order, agentHeardNoKey };
  }

  const deliveriesTo = (phone: string) =>
    lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone && entry.event === 'accepted').length;

  sideBySide({
    'paid: the order, the bank and the carrier say so, and the agent was free all the time': async () => {
      const { customer, caller, order, desktop, ...talk } = await isSentToPay();
      await confirmsWithPin(caller, customer.card.pin);
      const payment = await lab.records.paymentIn('completed', customer.phone);
      await caller.hears([...spoken.paid('recharge', amountMinor, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      talk.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'paid');
      assert.equal(payment.order_id, order.id);
      assert.equal(deliveriesTo(customer.phone), 1);
      await callIsRecorded(lab, { ...talk, customer, caller, desktop }, sent(order, 'completed'));
    },

    'declined: the order can still be paid': async () => {
      const { customer, caller, order, desktop, ...talk } = await isSentToPay({ cardBalanceMinor: 100 });
      await confirmsWithPin(caller, customer.card.pin);
      await caller.hears([spoken.declined(amountMinor), 'declined.insufficient-funds']);
      await wantsNothingElse(caller);
      talk.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      assert.equal(deliveriesTo(customer.phone), 0);
      await callIsRecorded(lab, { ...talk, customer, caller, desktop }, sent(order, 'completed'));
    },

    'a wrong PIN twice: nothing is paid, and key 0 leads to an agent again': async () => {
      const { customer, caller, order, desktop, ...talk } = await isSentToPay({ pin: '135790' });
      await confirmsWithPin(caller, '111111');
      await caller.hears(spoken.wrongPin(1));
      await keysPin(caller, '222222');
      await caller.hears([spoken.declined(amountMinor), spoken.justLocked(customer.card)]);
      await answersInTurn(caller, [menus.anotherService, '0']);
      const again = await isTakenByAgent(lab, customer, caller);
      assert.equal(again.agent.header('X-Walletline-Position'), 'conversation.askAnother');
      await hearEachOther(again);
      again.agent.hangsUp();
      await caller.isHungUpOn();
      talk.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      await callIsRecorded(lab, { ...talk, customer, caller, desktop }, sent(order, 'transferred'));
    },

    'the caller hangs up at the PIN: nothing is paid': async () => {
      const { customer, caller, order, desktop, ...talk } = await isSentToPay();
      await caller.presses('1');
      await caller.hearsBeginningOf('pin.ask');
      await caller.presses('135');
      await caller.hangsUp();
      talk.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
      await lab.switchView.isGone(customer.phone);
      await callIsRecorded(lab, { ...talk, customer, caller, desktop }, sent(order, 'caller-hung-up'));
    },

    'the bank is silent: it is reversed, and the order can be paid again': async () => {
      const { customer, caller, order, desktop, ...talk } = await isSentToPay();
      await lab.bank.fails({ match: { kind: 'purchase', pan: customer.card.pan }, fault: 'no-answer' });
      await confirmsWithPin(caller, customer.card.pin);
      await isKeptInformed(caller);
      const payment = await lab.records.paymentIn('reversed', customer.phone, 25_000);
      await caller.hears([...spoken.returning(amountMinor, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      talk.agentHeardNoKey();
      await orderBecomes(desktop, order.id, 'open');
      assert.deepEqual(
        lab.bank
          .entries<BankEntry>(({ panMasked }) => panMasked.endsWith(customer.card.lastFour))
          .map(({ event }) => event),
        ['purchase', 'reversal'],
      );
      await callIsRecorded(lab, { ...talk, customer, caller, desktop }, sent(order, 'completed'));
    },

    'without an order: the caller finds the main menu, and the record names the agent': async () => {
      const customer = await lab.customers.create();
      const talk = await talksWithAgent(lab, customer);
      assert.equal(await talk.agent.transfersTo('12580'), '200 OK');
      await talk.caller.hears(['welcome.transferred', ...mainMenu('en')]);
      await talk.caller.hangsUp();
      await callIsRecorded(lab, talk, { way: 'blind', orderId: null, outcome: 'caller-hung-up' });
    },

    'by the API: the caller goes to pay, and the agent is free': async () => {
      const customer = await lab.customers.create();
      const talk = await talksWithAgent(lab, customer);
      const order = await preparesRecharge(talk, amountMinor);
      await talk.desktop.begins(talk.channelId, 'blind', order.id);
      await talk.agent.isFreed();
      await hearsOrder(talk.caller, amountMinor);
      await talk.caller.hangsUp();
      await callIsRecorded(lab, talk, sent(order, 'caller-hung-up'));
    },

    'back to the queue: another agent takes the caller': async () => {
      const customer = await lab.customers.create();
      const talk = await talksWithAgent(lab, customer);
      assert.equal(await talk.agent.transfersTo('12581'), '200 OK');
      const next = await isTakenByAgent(lab, customer, talk.caller);
      await next.caller.hangsUp();
      await next.agent.isFreed();
      await lab.switchView.isGone(customer.phone);
    },

    'to any other number: the switch refuses it': async () => {
      for (const number of ['13900139000', '12580*12345']) {
        const talk = await talksWithAgent(lab, await lab.customers.create());
        assert.match(await talk.agent.transfersTo(number), /404/);
        await talk.caller.hangsUp();
      }
    },
  });
});

function sent(order: PreparedOrder, outcome: string) {
  return { way: 'blind', orderId: order.id, outcome } as const;
}
