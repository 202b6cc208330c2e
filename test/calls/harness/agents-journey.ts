/** Stretches of the way that callers and agents go together. */
import assert from 'node:assert/strict';
import type { AgentCall } from './agent-call.js';
import type { ApiUser, PreparedOrder } from './api-client.js';
import type { CallLab } from './call-lab.js';
import type { Caller } from './caller.js';
import type { Customer } from './customers.js';
import { callsIn } from './journey.js';
import { labWait } from './lab-wait.js';
import { spoken, thisPhone } from './spoken.js';

/** A caller and an agent who talk with each other. */
export type Talk = {
  readonly customer: Customer;
  readonly caller: Caller;
  readonly agent: AgentCall;
  /** The agent's desktop. */
  readonly desktop: ApiUser;
  /** The caller's line at the switch. */
  readonly channelId: string;
  /** The tone by which the caller is known. */
  readonly callerHz: number;
};

/** Each caller sounds another tone than its neighbours, above the agents'. */
let nextTone = 0;
function callerTone(): number {
  nextTone = (nextTone + 1) % 20;
  return 2_400 + 50 * nextTone;
}

/** Calls in, keys 0 in the main menu, and talks with the agent who answers: each hears the other's tone. */
export async function talksWithAgent(lab: CallLab, customer: Customer): Promise<Talk> {
  await lab.agents();
  const caller = await callsIn(lab, customer);
  await caller.presses('0');
  return isTakenByAgent(lab, customer, caller);
}

/** Waits in the queue until an agent answers; each hears the other's tone. */
export async function isTakenByAgent(lab: CallLab, customer: Customer, caller: Caller): Promise<Talk> {
  const agents = await lab.agents();
  const agent = await agents.answering(customer.phone);
  const { channelId } = await lab.switchView.joined(customer.phone, agent.agent);
  const talk = { customer, caller, agent, channelId, callerHz: callerTone(), desktop: lab.api(agent.agent) };
  caller.sounds(talk.callerHz);
  await hearEachOther(talk);
  return talk;
}

/** Both hear each other's tone from now on. */
export async function hearEachOther({ caller, agent, callerHz }: Talk): Promise<void> {
  await Promise.all([caller.hearsTone(agent.toneHz), agent.hearsTone(callerHz)]);
}

/** The agent prepares a recharge of the caller's own phone. */
export async function preparesRecharge(
  { desktop, customer }: Talk,
  amountMinor: number,
): Promise<PreparedOrder> {
  return desktop.prepares({ service: 'recharge', target: customer.phone, amountMinor });
}

/** Is told of a recharge of the own phone that somebody prepared. */
export async function hearsOrder(caller: Caller, amountMinor: number): Promise<void> {
  await caller.hears('welcome.transferred');
  await caller.hears(spoken.order('recharge', amountMinor, thisPhone));
}

/** The agent's ear, from now on, has heard no key: neither as a tone nor as an event. Call the result to check. */
export function hearsNoKeyFromNowOn({ agent }: Talk): () => void {
  const [events, sample] = [agent.keysHeard, agent.heard.length];
  return () => {
    assert.equal(agent.keysHeard, events, `agent ${agent.agent} got keys as telephone events`);
    assert.equal(agent.keyTonesSince(sample), '', `agent ${agent.agent} heard the tones of keys`);
  };
}

/** The state of an order once it is that. */
export async function orderBecomes(desktop: ApiUser, orderId: string, state: string): Promise<void> {
  await labWait(`the order to be ${state}`, async () =>
    (await desktop.get(`/orders/${orderId}`)).body['state'] === state ? true : undefined,
  );
}

/** What of an order the recorded call must say. */
export type RecordedAs = {
  readonly way: 'blind' | 'detour' | 'assisted';
  readonly orderId: string | null;
  readonly outcome: string;
};

/** The one row of a caller's call, once it has ended: transferred, by this agent, with this order. */
export async function callIsRecorded(lab: CallLab, { customer, agent }: Talk, as: RecordedAs): Promise<void> {
  const row = await lab.records.endedCallOf(customer.phone);
  assert.deepEqual(
    [row.entry, row.agent, row.order_id, row.transfer_way, row.outcome],
    ['transfer', agent.agent, as.orderId, as.way, as.outcome],
  );
}
