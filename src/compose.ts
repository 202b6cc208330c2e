import { createAsteriskSwitch } from './call/asterisk/asterisk-switch.js';
import { defaultDigitTimers } from './call/digit-collector.js';
import { composeServices } from './compose-services.js';
import type { Config } from './config.js';
import type { Database } from './database/database.js';
import { checkDurability } from './database/durability.js';
import { type KnownPrompt, promptsInUse } from './dialogue/prompt.js';
import type { Log } from './log.js';
import { createHttpApp, listen } from './operations/http-server.js';
import { Metrics } from './operations/metrics.js';
import { Reception } from './session/reception.js';
import { grammars } from './speech/grammars.js';
import { FolderNameRecordings } from './speech/name-recordings.js';
import { PromptLibrary } from './speech/prompt-library.js';

/** The whole system, built; `start` makes it take calls. */
export type System = {
  start(): Promise<void>;
  /** Lets calls end, then closes everything in the order in which it depends on each other. */
  stop(): Promise<void>;
};

/**
 * Builds the whole system. Nothing is sent anywhere before `start`.
 * @throws Error when a prompt is missing, before any caller could find it.
 */
export async function compose(config: Config, log: Log): Promise<System> {
  const metrics = new Metrics();
  const library = await PromptLibrary.load({
    builtFolder: config.PROMPTS_DIR,
    scriptFolder: config.PROMPT_SCRIPTS_DIR,
    grammars,
    names: new FolderNameRecordings(config.PROMPTS_DIR),
    needs: promptsInUse().map(({ name, placeholders }) => ({
      prompt: name,
      values: Object.keys(placeholders),
    })),
  });
  if (library.slowGaps.length > 0) {
    log.warn(
      { missing: library.slowGaps.length, first: library.slowGaps[0] },
      'slow recordings are missing: run "npm run prompts"',
    );
  }
  const { services, callLog, bank, database, clock, resolver, notices, close } = composeServices(
    config,
    log,
    metrics,
  );
  const [context = '', extension = ''] = config.AGENTS.split(',');
  const phoneSwitch = createAsteriskSwitch({
    ariUrl: config.ARI_URL.reveal(),
    app: config.ARI_APP,
    agents: config.AGENTS === '' ? undefined : { context, extension },
    soundPrefix: config.SOUND_PREFIX,
    recordings: (speech) => library.recordings(speech),
    apology: 'sorry-once-more' satisfies KnownPrompt,
    timers: {
      ...defaultDigitTimers,
      firstDigitMs: config.FIRST_DIGIT_TIMEOUT_MS,
      interDigitMs: config.INTER_DIGIT_TIMEOUT_MS,
      answerMs: config.WHOLE_ANSWER_TIMEOUT_MS,
    },
    log,
    clock,
  });
  const reception = new Reception(
    { ...services, callLog, clock, log, onQuestion: metrics.questionEnded, onEnd: metrics.callEnded },
    phoneSwitch,
  );
  metrics.watch({
    callsInProgress: () => reception.callCount,
    switchConnected: () => phoneSwitch.connected,
    bankAvailable: () => bank.available,
    ariRequests: () => phoneSwitch.ariRequests,
  });
  const notReady = async () => [
    ...(phoneSwitch.connected ? [] : ['switch']),
    ...((await answers(database)) ? [] : ['database']),
  ];
  const http = createHttpApp({ metrics, notReady, log });
  let server: Awaited<ReturnType<typeof listen>> | undefined;
  return {
    async start() {
      server = await listen(http, config.HTTP_LISTEN);
      await database.raw('SELECT 1');
      await checkDurability(database, { log, required: config.REQUIRE_DURABILITY });
      bank.start();
      await resolver.start();
      notices?.start();
      await reception.start();
    },
    async stop() {
      await reception.stop(config.DRAIN_MS);
      await resolver.stop();
      await notices?.stop();
      await close();
      server?.closeAllConnections();
      server?.close();
    },
  };
}

async function answers(database: Database): Promise<boolean> {
  try {
    await database.raw('SELECT 1');
    return true;
  } catch {
    // Why it does not answer is logged by whoever needed it; here it is the answer itself.
    return false;
  }
}
