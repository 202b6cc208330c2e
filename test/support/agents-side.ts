import type { CallCentre } from '../../src/call/call-centre.js';
import type { Clock } from '../../src/clock.js';
import { systemWait } from '../../src/clock.js';
import type { Pause } from '../../src/dialogue/waiting.js';
import { AgentLines } from '../../src/session/agent-lines.js';
import { AgentVoice } from '../../src/session/agent-voice.js';
import { CallCentreSessions } from '../../src/session/call-centre-sessions.js';
import { FakeClock } from './fake-clock.js';
import { FakeOrderStore } from './fake-order-store.js';
import { silentLog } from './silent-log.js';

/** Waits as a system does, a hundred times as fast. */
export const quickly: Pause = (ms, signal) => systemWait(ms / 100, signal);

type Options = {
  readonly callCentre?: CallCentre | undefined;
  readonly orders?: FakeOrderStore;
  readonly clock?: Clock;
};

/** What brings callers from agents and back, in memory and quick. Tickets are 5550000001, 5550000002, … */
export function agentsSide({
  callCentre,
  orders = new FakeOrderStore(),
  clock = new FakeClock(),
}: Options = {}) {
  const agentVoice = new AgentVoice('en');
  const agentLines = new AgentLines(quickly, silentLog, agentVoice);
  /** How each session that is over ended: its way and its result. */
  const sessionsEnded: string[] = [];
  let tickets = 0;
  const sessions = new CallCentreSessions({
    ...{ callCentre, agentLines, orders, clock, pause: quickly, log: silentLog },
    newTicket: () => {
      tickets += 1;
      return String(5_550_000_000 + tickets);
    },
    onEnd: (way, outcome) => sessionsEnded.push(`${way} ${outcome}`),
  });
  return { orders, agentVoice, agentLines, sessions, sessionsEnded };
}
