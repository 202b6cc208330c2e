/** Stretches of the way that callers and agents go together. */
import type { AgentCall } from './agent-call.js';
import type { CallLab } from './call-lab.js';
import type { Caller } from './caller.js';
import type { Customer } from './customers.js';
import { callsIn } from './journey.js';

/** A caller and an agent who talk with each other. */
export type Talk = {
  readonly caller: Caller;
  readonly agent: AgentCall;
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
  const agents = await lab.agents();
  const caller = await callsIn(lab, customer);
  await caller.presses('0');
  const agent = await agents.answering(customer.phone);
  const { channelId } = await lab.switchView.joined(customer.phone, agent.agent);
  const callerHz = callerTone();
  const talk = { caller, agent, channelId, callerHz };
  caller.sounds(callerHz);
  await hearEachOther(talk);
  return talk;
}

/** Both hear each other's tone from now on. */
export async function hearEachOther({ caller, agent, callerHz }: Talk): Promise<void> {
  await Promise.all([caller.hearsTone(agent.toneHz), agent.hearsTone(callerHz)]);
}
