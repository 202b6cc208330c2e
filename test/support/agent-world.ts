import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import type { Order } from '../../src/payment/orders/order.js';
import type { PaymentSession, SessionReply } from '../../src/session/payment-sessions.js';
import { Reception } from '../../src/session/reception.js';
import { FakeCallCentre } from './fake-call-centre.js';
import { FakeSwitch } from './fake-switch.js';
import { ScriptedAgentLine } from './scripted-agent-line.js';
import { ScriptedCall, type ScriptedCallOptions } from './scripted-call.js';
import { sessionWorld } from './session-world.js';
import { until } from './until.js';

const channelId = 'caller-1';

/** A session world in which callers talk with agent 1001, who sends them to pay. */
export async function agentWorld() {
  const callCentre = new FakeCallCentre();
  const world = await sessionWorld({ callCentre });
  const phoneSwitch = new FakeSwitch();
  const reception = new Reception(world.dependencies, phoneSwitch);
  await reception.start();
  world.sessions.start();
  let orders = 0;

  /** An agent prepares a recharge of 50 yuan for the caller's phone. */
  const prepare = async (createdBy = '1001'): Promise<Order> => {
    orders += 1;
    const prepared = await world.orders.prepare({
      ...{
        service: 'recharge',
        target: '13800138000',
        details: { phone: '13800138000' },
        amount: yuan(50),
        createdBy,
      },
      ...{ reference: undefined, note: undefined, idempotencyKey: `key-${orders}` },
      expiresAt: new Date('2026-11-24T04:00:00.000Z'),
    });
    assert.ok(prepared.outcome === 'prepared');
    return prepared.order;
  };

  /** Sends a caller who talks with 1001; both lines come, the caller's first. */
  const send = async (
    way: PaymentSession['way'],
    options: ScriptedCallOptions & { orderId?: string; agentHangsUpDuring?: string } = {},
  ) => {
    callCentre.talk(channelId);
    const { orderId, agentHangsUpDuring: hangsUpDuring, ...scripted } = options;
    let call: ScriptedCall | undefined;
    let line: ScriptedAgentLine | undefined;
    callCentre.onMove = async ({ ticket, agentComesToo }) => {
      call = new ScriptedCall({ ...scripted, channelId, handover: { agent: '1001', ticket } });
      phoneSwitch.bring(call);
      if (agentComesToo) {
        line = new ScriptedAgentLine({ ticket, ...(hangsUpDuring === undefined ? {} : { hangsUpDuring }) });
        phoneSwitch.bringAgent(line);
      }
      return 'moved';
    };
    const reply: SessionReply = await world.sessions.begin({ channelId, way, orderId, agent: '1001' });
    assert.equal(reply.outcome, 'done');
    assert.ok(call !== undefined);
    return { call, line: line ?? new ScriptedAgentLine({ ticket: 'none' }) };
  };

  const state = () => world.sessions.find(channelId)?.state;
  const result = () => world.sessions.find(channelId)?.result;
  return {
    ...{ ...world, callCentre, phoneSwitch, reception, channelId, prepare, send, state, result },
    /** Resolves when the session is in this state. */
    comesTo: (wanted: PaymentSession['state']) => until(() => state() === wanted, `the state ${wanted}`),
    /** Resolves when nothing goes on any more. */
    quiet: () => until(() => reception.callCount === 0, 'the end of the call'),
  };
}
