import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { StrayAnswer } from './bank/conversation.js';
import { countMessage } from './bank/count-message.js';
import { profileNamed } from './bank/iso8583/profile-named.js';
import { Iso8583Bank } from './bank/iso8583-bank.js';
import { usualLineTiming } from './bank/line-timing.js';
import { MysqlBankMessages } from './bank/mysql-bank-messages.js';
import { MysqlTraceNumbers } from './bank/mysql-trace-numbers.js';
import { SoftwareKeyVault } from './bank/software-key-vault.js';
import { chinaTime } from './bank/terminal-time.js';
import { createAsteriskSwitch } from './call/asterisk/asterisk-switch.js';
import { defaultDigitTimers } from './call/digit-collector.js';
import { MysqlCallLog } from './call-log/mysql-call-log.js';
import { HttpCarrier } from './carrier/http-carrier.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { type Database, openDatabase } from './database/database.js';
import { type KnownPrompt, promptsInUse } from './dialogue/prompt.js';
import { MysqlLedgerStore } from './ledger/mysql-ledger-store.js';
import type { Log } from './log.js';
import { createHttpApp, listen } from './operations/http-server.js';
import { Metrics } from './operations/metrics.js';
import { BackgroundWork } from './payment/background-work.js';
import { MysqlPaymentStore } from './payment/mysql-payment-store.js';
import { paymentNews } from './payment/news.js';
import { noteLateAnswer } from './payment/note-late-answer.js';
import type { PaymentParts } from './payment/payment-parts.js';
import { paymentPolicy } from './payment/payment-policy.js';
import { resolveUnresolved } from './payment/resolve-unresolved.js';
import { systemWait } from './payment/system-wait.js';
import { takePayment } from './payment/take-payment.js';
import { Reception } from './session/reception.js';
import type { Services } from './session/services.js';
import { grammars } from './speech/grammars.js';
import { PromptLibrary } from './speech/prompt-library.js';
import { CardSealer } from './wallet/card-sealer.js';
import { MysqlWallet } from './wallet/mysql-wallet.js';

/** What dialogues may ask of the world, built and running; `stop` ends it. */
export type RunningServices = { readonly services: Services; readonly stop: () => Promise<void> };

/** The whole system, built; `start` makes it take calls. */
export type System = {
  start(): Promise<void>;
  /** Lets calls end, then closes everything in the order in which it depends on each other. */
  stop(): Promise<void>;
};

/** Builds everything but the telephone and the operator's side: what `npm run talk` needs too. */
function composeServices(config: Config, log: Log, metrics: Metrics) {
  const clock = systemClock;
  const database = openDatabase(config.DATABASE_URL.reveal(), { onCommit: metrics.committed });
  const bankMessages = new MysqlBankMessages({ database, log });
  const ledger = new MysqlLedgerStore(database, clock);
  const store = new MysqlPaymentStore(database, ledger);
  const late = noteLateAnswer({ store, log });
  const background = new BackgroundWork(log);
  const bank = composeBank(config, log, metrics, {
    database,
    onRecord: (record) => bankMessages.record(record),
    onStray: (stray) => {
      if (
        stray.authentic &&
        stray.answers === 'transaction' &&
        stray.rrn !== undefined &&
        stray.responseCode !== undefined
      ) {
        const { rrn, responseCode } = stray;
        background.run(late({ rrn, approved: responseCode === '00', responseCode }));
      }
    },
  });
  const carrier = new HttpCarrier({
    url: config.CARRIER_URL,
    timeoutMs: config.CARRIER_TIMEOUT_MS,
    token: config.CARRIER_TOKEN?.reveal(),
    log,
  });
  const wallet = new MysqlWallet({
    database,
    sealer: new CardSealer(
      Buffer.from(config.CARD_KEY.reveal(), 'hex'),
      Buffer.from(config.CARD_HASH_KEY.reveal(), 'hex'),
    ),
    clock,
    servedPrefixes: config.CARD_PREFIXES.split(','),
    pinTries: config.PIN_TRIES,
    pinLockMs: config.PIN_LOCK_MS,
  });
  const perDay = { count: config.LIMIT_PAYMENTS_PER_DAY, amountMinor: config.LIMIT_PER_DAY_MINOR };
  const parts: PaymentParts = {
    store,
    bank,
    carrier,
    bankCard: (cardId) => wallet.bankCard(cardId),
    policy: paymentPolicy(
      { bankAnswerTimeoutMs: config.BANK_ANSWER_TIMEOUT_MS, carrierTimeoutMs: config.CARRIER_TIMEOUT_MS },
      {
        limits: { perPaymentMinor: config.LIMIT_PER_PAYMENT_MINOR, perCallerDay: perDay, perCardDay: perDay },
      },
    ),
    clock,
    wait: systemWait,
    log,
    background,
    node: config.ARI_APP,
    incarnation: randomBytes(4).toString('hex'),
    bankName: config.BANK_NAME,
    carrierName: config.CARRIER_NAME,
    newId: uuidv7,
  };
  const callLog = new MysqlCallLog(database, clock, config.ARI_APP);
  const services: Services & { callLog: MysqlCallLog } = {
    bank,
    carrier,
    wallet,
    takePayment: takePayment(parts),
    news: paymentNews(store),
    callLog,
    log,
    onPayment: metrics.paymentTold,
  };
  const close = async () => {
    await background.idle();
    await bank.stop(config.BANK_ANSWER_TIMEOUT_MS);
    await bankMessages.flush();
    await database.destroy();
  };
  return { services, callLog, bank, database, clock, resolver: resolveUnresolved(parts), close };
}

type BankHooks = {
  readonly database: Database;
  readonly onRecord: (record: Parameters<MysqlBankMessages['record']>[0]) => void;
  readonly onStray: (stray: StrayAnswer) => void;
};

function composeBank(
  config: Config,
  log: Log,
  metrics: Metrics,
  { database, onRecord, onStray }: BankHooks,
): Iso8583Bank {
  const profile = profileNamed(config.BANK_PROFILE);
  const [first = '', ...others] = config.BANK_TERMINALS.split(',');
  const terminal = (terminalId: string) => ({
    terminalId,
    merchantId: config.BANK_MERCHANT,
    acquirerId: config.BANK_ACQUIRER,
    ...chinaTime,
  });
  const secondary =
    config.BANK_SECONDARY_HOST === undefined
      ? []
      : [{ host: config.BANK_SECONDARY_HOST, port: config.BANK_SECONDARY_PORT ?? config.BANK_PORT }];
  return new Iso8583Bank({
    terminals: [terminal(first), ...others.map(terminal)],
    hosts: [{ host: config.BANK_HOST, port: config.BANK_PORT }, ...secondary],
    profile,
    vault: new SoftwareKeyVault({
      masterKey: Buffer.from(config.BANK_TMK.reveal(), 'hex'),
      pinBlockFormat: profile.pinBlockFormat,
      mac: profile.mac,
      random: randomBytes,
      lab: config.ENVIRONMENT === 'lab',
    }),
    traces: new MysqlTraceNumbers({ database, clock: systemClock }),
    clock: systemClock,
    log,
    random: Math.random,
    timing: { ...usualLineTiming, answerTimeoutMs: config.BANK_ANSWER_TIMEOUT_MS },
    maxInFlight: 64,
    onMessage: (record) => {
      countMessage(metrics, record);
      onRecord(record);
    },
    onStray: (stray) => {
      metrics.bankAlarm(stray.why);
      onStray(stray);
    },
  });
}

/** Builds the services that a conversation needs, with the bank line started, for use without a telephone. */
export function startServices(config: Config, log: Log): RunningServices {
  const { services, bank, close } = composeServices(config, log, new Metrics());
  bank.start();
  return { services, stop: close };
}

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
    needs: promptsInUse().map(({ name, placeholders }) => ({
      prompt: name,
      values: Object.keys(placeholders),
    })),
  });
  const { services, callLog, bank, database, clock, resolver, close } = composeServices(config, log, metrics);
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
      bank.start();
      await resolver.start();
      await reception.start();
    },
    async stop() {
      await reception.stop(config.DRAIN_MS);
      await resolver.stop();
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
