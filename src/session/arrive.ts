import type { Call } from '../call/call.js';
import type { Log } from '../log.js';
import type { OrderStore } from '../payment/orders/order.js';
import type { AgentLines } from './agent-lines.js';
import type { AgentVoice } from './agent-voice.js';
import { arrivalMs, type CallCentreSessions } from './call-centre-sessions.js';
import { orderNamed } from './find-order.js';
import type { LiveSession } from './live-session.js';
import { Pair } from './pair.js';
import type { OrderName } from './services.js';

/** How long a line may take whose session nobody knows here any more, in milliseconds. */
const strangerMs = 1_000;

export type ArriveDependencies = {
  readonly sessions: Pick<CallCentreSessions, 'expected' | 'open' | 'talking'>;
  readonly agentLines: AgentLines;
  readonly agentVoice: AgentVoice;
  readonly orders: Pick<OrderStore, 'find' | 'findByCode'>;
  readonly log: Log;
};

/** What is known of a call that an agent sent. */
export type Arrived = {
  readonly session: LiveSession;
  /** Undefined: the agent is gone for good, or has not come. */
  readonly pair: Pair | undefined;
  readonly order: OrderName | undefined;
};

/**
 * Returns what came with a call, once its agent's line is here too when it is to come; undefined when no agent
 * sent it. Who comes alone goes on alone, as if sent for good. Never rejects.
 */
export async function arrive(dependencies: ArriveDependencies, call: Call): Promise<Arrived | undefined> {
  const { sessions, agentLines, agentVoice, log } = dependencies;
  const { channelId, handover } = call;
  if (handover === undefined) {
    return undefined;
  }
  const { ticket, agent } = handover;
  const expected = sessions.expected(call);
  const isAlone = expected?.seen.way === 'blind';
  const line =
    ticket === undefined || isAlone
      ? undefined
      : await agentLines.claim(ticket, expected === undefined ? strangerMs : arrivalMs);
  const pair = line && new Pair(call, line, agentVoice, log);
  const lines = line === undefined ? [] : [channelId, line.channelId];
  if (expected !== undefined) {
    if (pair === undefined && !isAlone) {
      log.warn({ channelId }, 'an agent has not come with their caller');
      expected.correct({ way: 'blind' });
    }
    expected.lines = lines;
    const { orderId } = expected.seen;
    return { session: expected, pair, order: orderId === undefined ? undefined : { id: orderId } };
  }
  const order = handover.orderCode === undefined ? undefined : { code: handover.orderCode };
  const session = sessions.open({
    channelId,
    way: pair === undefined ? 'blind' : 'detour',
    agent: agent ?? line?.agent,
    orderId: order && (await orderIdOf(dependencies, order)),
  });
  session.lines = lines;
  return { session, pair, order };
}

/** The caller is told what is wrong with an order when it comes to that; here it is only written down. */
async function orderIdOf(dependencies: ArriveDependencies, name: OrderName): Promise<string | undefined> {
  try {
    return (await orderNamed(dependencies, name))?.id;
  } catch (error) {
    dependencies.log.error({ err: error }, 'an order could not be read');
    return undefined;
  }
}
