import { v7 as uuidv7 } from 'uuid';
import type { Call } from '../call/call.js';
import type { CallLog, CallOutcome, CallStep } from '../call-log/call-log.js';
import { type Clock, systemWait } from '../clock.js';
import { apologise, type ConversationOutcome, converse } from '../dialogue/converse.js';
import { maskPhone } from '../log.js';
import type { Preferences, Wallet } from '../wallet/wallet.js';
import { performWorkFor } from './perform-work.js';
import type { Caller, Services } from './services.js';

/** What taking a call needs. */
export type TakeCallDependencies = Omit<Services, 'callLog'> & {
  readonly callLog: CallLog;
  readonly clock: Clock;
  /** Called with each step of each conversation, for the metrics. */
  readonly onQuestion: (dialogue: string, heard: string) => void;
  /** Called once for each call that ended, for the metrics. */
  readonly onEnd: (outcome: CallOutcome) => void;
};

/**
 * Takes one call from its arrival to its end: writes it down, answers, converses, hangs up, closes the
 * record. Never rejects. A call that cannot be written down is not answered: nobody pays off the record.
 */
export async function takeCall(dependencies: TakeCallDependencies, call: Call): Promise<void> {
  const { callLog, log, onEnd } = dependencies;
  const { channelId, callerNumber, serviceNumber, entry } = call;
  const id = uuidv7();
  const steps: CallStep[] = [];
  let language: string | undefined;
  let outcome: CallOutcome = 'fault';
  try {
    await callLog.begin({ id, channelId, callerNumber, serviceNumber, entry });
  } catch (error) {
    log.error({ callId: id, err: error }, 'a call was refused because it could not be written down');
    await hangUp(dependencies, call);
    return;
  }
  log.info({ callId: id, caller: maskPhone(callerNumber), serviceNumber }, 'call');
  try {
    if (await call.answer()) {
      await callLog.answered(id);
      const end = await hold(dependencies, call, id, steps);
      outcome = end.ending;
      language = end.language;
    } else {
      outcome = 'abandoned';
    }
  } catch (error) {
    log.error({ callId: id, err: error }, 'a call ended by a fault');
  }
  await hangUp(dependencies, call);
  try {
    await callLog.end(id, { outcome, language, steps });
  } catch (error) {
    log.error({ callId: id, err: error }, 'the end of a call could not be written down');
  }
  log.info({ callId: id, outcome }, 'call ended');
  onEnd(outcome);
}

async function hold(
  dependencies: TakeCallDependencies,
  call: Call,
  callId: string,
  steps: CallStep[],
): Promise<ConversationOutcome> {
  const { wallet, log, clock, onQuestion } = dependencies;
  const { callerNumber } = call;
  let isThere = true;
  void call.ended.then(() => {
    isThere = false;
  });
  const caller: Caller = {
    callId,
    callerNumber,
    isThere: () => isThere,
    transfer: (to) => call.transfer(to),
  };
  return converse({
    party: call,
    perform: performWorkFor(dependencies, caller),
    callerPhone: callerNumber,
    ...(await preferencesOf(wallet, callerNumber)),
    pause: systemWait,
    onStep: ({ dialogue, state, answer }) => {
      steps.push({ dialogue, state, heard: answer, at: clock.now() });
      onQuestion(dialogue, answer);
    },
    onFault: (error, at) => log.error({ callId, ...at, err: error }, 'work for a call failed'),
  });
}

/**
 * Ends a call that was in progress when this process began: the caller hears that we were interrupted. A
 * payment of theirs is in the database, and its outcome is told at their next call.
 */
export async function endOrphan(dependencies: TakeCallDependencies, call: Call): Promise<void> {
  const { callLog, wallet, log, onEnd } = dependencies;
  const record = await callLog.findOpen(call.channelId);
  try {
    await apologise(call, await preferencesOf(wallet, call.callerNumber));
  } finally {
    await hangUp(dependencies, call);
    if (record !== undefined) {
      await callLog.end(record.id, { outcome: 'interrupted', steps: [] });
      onEnd('interrupted');
    }
    log.warn({ callId: record?.id ?? 'none' }, 'a call from before the restart was ended');
  }
}

async function preferencesOf(wallet: Wallet, callerNumber: string | undefined): Promise<Preferences> {
  return callerNumber === undefined
    ? { language: undefined, pace: undefined }
    : wallet.preferencesOf(callerNumber);
}

async function hangUp({ log }: Pick<TakeCallDependencies, 'log'>, call: Call): Promise<void> {
  try {
    await call.hangUp();
  } catch (error) {
    log.error({ err: error }, 'a call could not be hung up');
  }
}
