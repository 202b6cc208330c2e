import type { AgentLine, Call } from '../call/call.js';
import type { CallOutcome, OpenCall } from '../call-log/call-log.js';
import { apologise } from '../dialogue/converse.js';
import type { SpeechPreferences } from '../dialogue/dialogues.js';
import { hangUp } from './hang-up.js';
import { Pair } from './pair.js';
import { preferencesOf } from './preferences-of.js';
import type { TakeCallDependencies } from './take-call.js';

/** How long the line of the agent who belongs to a call may take to be found, in milliseconds. */
const lineMs = 2_000;

/**
 * Sees to a call that was in progress when this process began. A payment of the caller's is in the database, and
 * its outcome is told at their next call. A caller and an agent who talk are left talking; a caller whose agent
 * waits hears that we were interrupted and is joined with them; one whom an agent had sent goes to the agents'
 * queue; any other call is ended. Rejects only when the caller could not be told.
 */
export async function endOrphan(dependencies: TakeCallDependencies, call: Call): Promise<void> {
  const { callLog, log, onEnd } = dependencies;
  const record = await orUndefined(dependencies, callLog.findOpen(call.channelId));
  let outcome: CallOutcome = 'interrupted';
  try {
    outcome = await seeTo(dependencies, call, record);
  } finally {
    await hangUp(dependencies, call);
    if (record !== undefined) {
      await callLog.end(record.id, { outcome, steps: [] });
      onEnd(outcome);
    }
    log.warn({ callId: record?.id ?? 'none', outcome }, 'a call from before the restart was ended');
  }
}

async function seeTo(
  dependencies: TakeCallDependencies,
  call: Call,
  record: OpenCall | undefined,
): Promise<CallOutcome> {
  const { agentLines, agentVoice, wallet, catalogue, log } = dependencies;
  const joined = await orUndefined(dependencies, call.joinedTicket());
  const ticket = joined ?? call.handover?.ticket;
  const line = ticket === undefined ? undefined : await agentLines.claim(ticket, lineMs);
  const preferences =
    (await orUndefined(dependencies, preferencesOf(wallet, call.callerNumber))) ?? neverChosen;
  if (line !== undefined) {
    return bringTogether(dependencies, call, {
      pair: new Pair(call, line, agentVoice, log),
      line,
      wasJoined: joined !== undefined,
      preferences,
      record,
    });
  }
  if (call.entry !== 'transfer') {
    await apologise(call, preferences, catalogue.charts.languages);
    return 'interrupted';
  }
  await apologise(call, preferences, catalogue.charts.languages, 'agent');
  await call.transfer('agents', { language: preferences.language, position: 'interrupted' });
  return 'interrupted';
}

const neverChosen: SpeechPreferences = { language: undefined, pace: undefined };

type Found = {
  readonly pair: Pair;
  readonly line: AgentLine;
  readonly wasJoined: boolean;
  readonly preferences: SpeechPreferences;
  readonly record: OpenCall | undefined;
};

/** Leaves a pair talking, or brings it together again, until one of the two hangs up. */
async function bringTogether(
  { sessions, catalogue }: TakeCallDependencies,
  call: Call,
  { pair, line, wasJoined, preferences, record }: Found,
): Promise<CallOutcome> {
  const session = sessions.open({
    channelId: call.channelId,
    way: record?.transferWay ?? 'detour',
    agent: record?.agent ?? line.agent,
    orderId: record?.orderId,
  });
  session.lines = [call.channelId, line.channelId];
  const attended = pair.attend();
  try {
    session.settle({ outcome: 'interrupted' });
    if (!wasJoined) {
      pair.tell({ outcome: 'interrupted' });
      await apologise(call, preferences, catalogue.charts.languages, 'agent');
    }
    if (await (wasJoined ? pair.join() : pair.reunite())) {
      session.enter('joined');
      await pair.talk();
      return wasJoined ? 'returned' : 'interrupted';
    }
    await call.transfer('agents', { language: preferences.language, position: 'interrupted' });
    return 'interrupted';
  } finally {
    session.end();
    await call.hangUp();
    await attended;
  }
}

/** What cannot be found out now is taken as not known: the caller must not wait for it. */
async function orUndefined<T>(
  { log }: Pick<TakeCallDependencies, 'log'>,
  asked: Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    log.error({ err: error }, 'something of a call from before the restart is not known');
    return undefined;
  }
}
