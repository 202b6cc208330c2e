import { randomInt, randomUUID } from 'node:crypto';
import { rightsByTable } from '../db/grants.js';
import { MysqlTerminalClaims, terminalClaimEveryMs } from './bank/mysql-terminal-claims.js';
import { chinaTime } from './bank/terminal-time.js';
import { createAmiCallCentre } from './call/asterisk/ami-call-centre.js';
import { createAsteriskSwitch } from './call/asterisk/asterisk-switch.js';
import type { CallCentre } from './call/call-centre.js';
import { defaultDigitTimers } from './call/digit-collector.js';
import { MysqlCallRecords } from './call-log/mysql-call-records.js';
import { type Clock, systemWait } from './clock.js';
import { composeServices } from './compose-services.js';
import { type Config, numberPlanOf } from './config.js';
import { checkCharacterSet } from './database/character-set.js';
import { openDatabase } from './database/database.js';
import { checkDurability } from './database/durability.js';
import { TableProbe } from './database/table-probe.js';
import type { KnownPrompt } from './dialogue/prompt.js';
import { grammars } from './languages/catalogue.js';
import { MysqlLedgerStore } from './ledger/mysql-ledger-store.js';
import type { Log } from './log.js';
import { countedOrders } from './operations/counted-payments.js';
import { EventStreams } from './operations/event-streams.js';
import { createHttpApp, listen } from './operations/http-server.js';
import { Metrics } from './operations/metrics.js';
import type { ApiAccess } from './operations/mount-routes.js';
import { MysqlApiReads } from './operations/mysql-api-reads.js';
import { MysqlOperatorQueue } from './payment/operator/mysql-operator-queue.js';
import { MysqlOrderStore } from './payment/orders/mysql-order-store.js';
import { worker } from './payment/worker.js';
import { allPrompts } from './services/catalogue.js';
import { AgentLines } from './session/agent-lines.js';
import { AgentVoice } from './session/agent-voice.js';
import { CallCentreSessions } from './session/call-centre-sessions.js';
import { Reception } from './session/reception.js';
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
    needs: allPrompts.map(({ name, placeholders }) => ({
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
  const composed = composeServices(config, log, metrics);
  const { services, callLog, conversations, bank, database, clock, resolver, notices, pruning, close } =
    composed;
  const [context = '', extension = ''] = config.AGENTS.split(',');
  const phoneSwitch = createAsteriskSwitch({
    ariUrl: config.ARI_URL.reveal(),
    app: config.ARI_APP,
    agents: config.AGENTS === '' ? undefined : { context, extension },
    soundPrefix: config.SOUND_PREFIX,
    recordings: (speech) => library.recordings(speech),
    apology: 'sorry-once-more' satisfies KnownPrompt,
    numberPlan: numberPlanOf(config),
    timers: {
      ...defaultDigitTimers,
      firstDigitMs: config.FIRST_DIGIT_TIMEOUT_MS,
      interDigitMs: config.INTER_DIGIT_TIMEOUT_MS,
      groupedDigitMs: config.GROUPED_DIGIT_TIMEOUT_MS,
      slowPaceFactor: config.SLOW_PACE_TIME_PERCENT / 100,
      answerMs: config.WHOLE_ANSWER_TIMEOUT_MS,
    },
    holdLimitMs: config.HOLD_LIMIT_MS,
    log,
    clock,
  });
  const { callCentre, sessions, agentLines, agentVoice } = composeSessions(config, log, metrics, composed);
  const reception = new Reception(
    {
      ...{ ...services, callLog, conversations, clock, pause: systemWait, log },
      goOnMs: config.GO_ON_WINDOW_MS,
      ...{ sessions, agentLines, agentVoice },
      onQuestion: metrics.questionEnded,
      onEnd: metrics.callEnded,
    },
    phoneSwitch,
  );
  metrics.watch({
    callsInProgress: () => reception.callCount,
    switchConnected: () => phoneSwitch.connected,
    bankAvailable: () => bank.available,
    ...(callCentre === undefined ? {} : { callCentreConnected: () => callCentre.available }),
    ariRequests: () => phoneSwitch.ariRequests,
  });
  const tables = new TableProbe(database, rightsByTable, () => clock.monotonicMs());
  const notReady = async () => [
    ...(phoneSwitch.connected ? [] : ['switch']),
    ...((await tables.usable()) ? [] : ['database']),
  ];
  // Without it agents still transfer callers by themselves, so this node takes its calls.
  const degraded = () => (callCentre === undefined || callCentre.available ? [] : ['call-centre']);
  const api = composeApi(config, { log, metrics }, clock, { callCentre, sessions });
  const http = createHttpApp({ metrics, notReady, degraded, api, log });
  const claims = new MysqlTerminalClaims({
    ...{ database, log, node: config.ARI_APP, incarnation: randomUUID() },
    terminalIds: config.BANK_TERMINALS.split(','),
  });
  const renewing = worker(() => claims.renew(), {
    ...{ pollMs: terminalClaimEveryMs, wait: systemWait, log, name: 'terminals' },
  });
  let server: Awaited<ReturnType<typeof listen>> | undefined;
  return {
    async start() {
      server = await listen(http, config.HTTP_LISTEN);
      await database.raw('SELECT 1');
      await checkDurability(database, { log, required: config.REQUIRE_DURABILITY });
      await checkCharacterSet(database);
      await claims.take();
      renewing.start();
      bank.start();
      await resolver.start();
      notices?.start();
      pruning.start();
      await reception.start();
      sessions.start();
    },
    async stop() {
      sessions.refuse();
      await reception.stop(config.DRAIN_MS);
      await sessions.stop();
      await resolver.stop();
      await notices?.stop();
      await pruning.stop();
      await renewing.stop();
      await claims.letGo();
      await api?.close();
      await close();
      server?.closeAllConnections();
      server?.close();
    },
  };
}

type Composed = ReturnType<typeof composeServices>;

/** What brings callers from agents and back. */
function composeSessions(config: Config, log: Log, metrics: Metrics, { orders, clock }: Composed) {
  const amiUrl = config.AMI_URL?.reveal();
  const numberPlan = numberPlanOf(config);
  const callCentre =
    amiUrl === undefined ? undefined : createAmiCallCentre({ url: amiUrl, log, clock, numberPlan });
  const agentVoice = new AgentVoice(config.AGENTS_LANGUAGE);
  const agentLines = new AgentLines(systemWait, log, agentVoice);
  const sessions = new CallCentreSessions({
    ...{ callCentre, agentLines, orders, clock, log },
    newTicket: () => Array.from({ length: ticketDigits }, () => randomInt(10)).join(''),
    pause: systemWait,
    onEnd: metrics.sessionEnded,
  });
  return { callCentre, sessions, agentLines, agentVoice };
}

/** How many digits name a session to the dialplan. */
const ticketDigits = 10;

/** Undefined: nobody has a token. */
function composeApi(
  config: Config,
  { log, metrics }: { log: Log; metrics: Metrics },
  clock: Clock,
  { callCentre, sessions }: { callCentre: CallCentre | undefined; sessions: CallCentreSessions },
): (ApiAccess & { readonly close: () => Promise<void> }) | undefined {
  if (config.API_TOKENS === undefined) {
    return undefined;
  }
  // Connections of its own, few and patient: whoever asks much of the API must not keep a payment waiting.
  const database = openDatabase(config.DATABASE_URL.reveal(), {
    ...{ poolSize: 4, acquireTimeoutMs: 30_000, connectTimeoutMs: 15_000 },
    ...{ onCommit: metrics.committed, log },
  });
  return {
    tokens: config.API_TOKENS,
    requestsPerMinute: config.API_REQUESTS_PER_MINUTE,
    api: {
      ...{ sessions, callCentre, clock },
      orders: countedOrders(new MysqlOrderStore(database, clock), metrics),
      payments: new MysqlOperatorQueue(database, new MysqlLedgerStore(database, clock)),
      callRecords: new MysqlCallRecords(database),
      reads: new MysqlApiReads(database),
      streams: new EventStreams(),
      settings: {
        limitPerPaymentMinor: config.LIMIT_PER_PAYMENT_MINOR,
        orderLifetimeMs: config.ORDER_LIFETIME_MS,
        ...chinaTime,
      },
    },
    close: () => database.destroy(),
  };
}
