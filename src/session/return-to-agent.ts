import type { Call } from '../call/call.js';
import type { CallOutcome } from '../call-log/call-log.js';
import { tellOfNextAgent } from '../dialogue/converse.js';
import type { SpeechPreferences } from '../dialogue/dialogues.js';
import type { Languages } from '../dialogue/language.js';
import type { LiveSession } from './live-session.js';
import type { Pair } from './pair.js';
import type { SessionResult } from './payment-sessions.js';

type Returning = {
  readonly call: Call;
  readonly pair: Pair;
  readonly session: LiveSession;
  readonly result: SessionResult;
  readonly preferences: SpeechPreferences;
  readonly languages: Languages;
  /** Assisted: the two have been joined all the time. */
  readonly isJoined: boolean;
  readonly callerIsThere: () => boolean;
  readonly reachAgents: () => Promise<'transferred' | 'unavailable'>;
};

/**
 * Gives a caller back to the agent who sent them, and stays until one of the two hangs up. When the agent is
 * gone, the caller is told so and goes to the agents' queue. Returns how the call ended.
 */
export async function returnToAgent(returning: Returning): Promise<CallOutcome> {
  const { call, pair, session, result, preferences, languages, isJoined, callerIsThere, reachAgents } =
    returning;
  if (pair.agentIsThere && callerIsThere()) {
    if (!isJoined) {
      pair.tell(result);
    }
    if (isJoined || (await pair.reunite())) {
      session.enter('joined');
      await pair.talk();
      return 'returned';
    }
  }
  if (!callerIsThere()) {
    return 'caller-hung-up';
  }
  await tellOfNextAgent(call, preferences, languages, 'agents.instead');
  if ((await reachAgents()) === 'transferred') {
    return 'transferred';
  }
  await tellOfNextAgent(call, preferences, languages, 'agents-unavailable');
  return callerIsThere() ? 'completed' : 'caller-hung-up';
}
