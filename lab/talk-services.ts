import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { systemWait } from '../src/clock.js';
import { startServices } from '../src/compose-services.js';
import { readConfig } from '../src/config.js';
import type { Language, Pace } from '../src/dialogue/line.js';
import type { Perform } from '../src/dialogue/work.js';
import type { Log } from '../src/log.js';
import { labSettingsFile, readLabSettings } from '../src/running-lab.js';
import { KeptPin } from '../src/session/kept-pin.js';
import { performWorkFor } from '../src/session/perform-work.js';
import type { AwaitAgent } from './agent-commands.js';
import { LabError } from './lab-error.js';

/** Who talks in the terminal, and what an agent gave them to pay. */
export type TalkRequest = {
  readonly callerPhone: string | undefined;
  readonly orderCode: string | undefined;
  readonly awaitAgent: AwaitAgent;
};

/** What a conversation in the terminal talks about. */
export type TalkServices = {
  readonly perform: Perform;
  readonly language: Language | undefined;
  readonly pace: Pace | undefined;
  readonly close: () => Promise<void>;
};

/** The bank knows each process by terminals of its own. */
const ownTerminal = '12580091';
/** How long the bank line may take to come up, in milliseconds; then the caller hears that it is down. */
const signOnMs = 5_000;

/**
 * Returns the services of the system that npm start keeps up, as a process of its own beside the app.
 * @throws LabError when nothing is running.
 */
export async function openRunningServices({
  callerPhone,
  orderCode,
  awaitAgent,
}: TalkRequest): Promise<TalkServices> {
  const config = readConfig({
    ...(await labSettings()),
    ...process.env,
    WALLETLINE_ARI_APP: 'walletline-talk',
    WALLETLINE_BANK_TERMINALS: ownTerminal,
  });
  const { services, stop } = startServices(config, complaints);
  for (let waitedMs = 0; !services.bank.available && waitedMs < signOnMs; waitedMs += 50) {
    await sleep(50);
  }
  const perform = performWorkFor(services, {
    callId: uuidv7(),
    callerNumber: callerPhone,
    order: orderCode === undefined ? undefined : { code: orderCode },
    keptPin: new KeptPin(systemWait, () => undefined),
    awaitAgent,
    // Nobody can be reached from a terminal.
    reachAgent: async () => 'unavailable',
  });
  const chosen = callerPhone === undefined ? undefined : await services.wallet.preferencesOf(callerPhone);
  return { perform, language: chosen?.language, pace: chosen?.pace, close: stop };
}

/** What someone must act on is shown; the rest would come between the lines of the conversation. */
const complaints: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (_, message) => process.stderr.write(`! ${message}\n`),
};

/** Returns the addresses of the running lab, none when the environment names a database itself. */
async function labSettings(): Promise<Readonly<Record<string, string>>> {
  const lab = await readLabSettings(labSettingsFile(process.env));
  if (lab === undefined && process.env['WALLETLINE_DATABASE_URL'] === undefined) {
    throw new LabError('Nothing is running to talk to: run npm start in another terminal, or add --offline.');
  }
  return lab ?? {};
}
