import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Bank } from './bank/bank.js';
import type { BankMessageRecord, StrayAnswer } from './bank/conversation.js';
import { countMessage } from './bank/count-message.js';
import { profileNamed } from './bank/iso8583/profile-named.js';
import { Iso8583Bank } from './bank/iso8583-bank.js';
import type { LineTiming } from './bank/line-timing.js';
import { usualLineTiming } from './bank/line-timing.js';
import { MysqlBankMessages } from './bank/mysql-bank-messages.js';
import { MysqlTraceNumbers } from './bank/mysql-trace-numbers.js';
import { isApproval } from './bank/response-code.js';
import { SoftwareKeyVault } from './bank/software-key-vault.js';
import { chinaTime } from './bank/terminal-time.js';
import { MysqlCallLog } from './call-log/mysql-call-log.js';
import type { Clock } from './clock.js';
import { systemClock, systemWait } from './clock.js';
import { composeWallet } from './compose-wallet.js';
import type { Config } from './config.js';
import { MysqlConversations } from './conversation/mysql-conversations.js';
import { type Database, openDatabase } from './database/database.js';
import { MysqlLedgerStore } from './ledger/mysql-ledger-store.js';
import type { Log } from './log.js';
import { countedOrders, countedPayments } from './operations/counted-payments.js';
import { countedCarrier, countedProvider } from './operations/counted-provider.js';
import { Metrics } from './operations/metrics.js';
import { BackgroundWork } from './payment/background-work.js';
import { deliverNotices } from './payment/deliver-notices.js';
import { findEarlier } from './payment/earlier-payment.js';
import { FileNoticeDelivery } from './payment/file-notice-delivery.js';
import { MysqlNoticeOutbox } from './payment/mysql-notice-outbox.js';
import { MysqlPaymentStore } from './payment/mysql-payment-store.js';
import { paymentNews } from './payment/news.js';
import { noteLateAnswer } from './payment/note-late-answer.js';
import { MysqlOrderStore } from './payment/orders/mysql-order-store.js';
import type { PaymentParts } from './payment/payment-parts.js';
import type { PaymentPolicy } from './payment/payment-policy.js';
import { paymentPolicy } from './payment/payment-policy.js';
import type { Resolver } from './payment/resolve-unresolved.js';
import { resolveUnresolved } from './payment/resolve-unresolved.js';
import { takePayment } from './payment/take-payment.js';
import type { Worker } from './payment/worker.js';
import type { Carrier } from './provider/carrier/carrier.js';
import { HttpCarrier } from './provider/carrier/http-carrier.js';
import { HttpProvider } from './provider/http-provider.js';
import { ProviderRegistry } from './provider/provider-registry.js';
import { providerLists, providerQuotes } from './provider/quotes.js';
import { catalogue } from './services/catalogue.js';
import { saleNamed } from './services/service.js';
import type { EnquiryLimits } from './session/enquiry-limits.js';
import type { Services } from './session/services.js';

/** What dialogues may ask of the world, built and running; `stop` ends it. */
export type RunningServices = {
  readonly services: Services;
  /** Not started: it finishes what earlier processes left. */
  readonly resolver: Resolver;
  readonly stop: () => Promise<void>;
};

/** Where a test may look in, or make things quicker or worse; a system that serves callers has none. */
export type Seams = {
  readonly clock?: Clock;
  readonly policy?: Partial<PaymentPolicy>;
  readonly lineTiming?: Partial<LineTiming>;
  /** Given the pool before anything is asked of it. */
  readonly onDatabase?: (database: Database) => void;
  /** Called for each message of the bank line, at once when it was sent or received. */
  readonly onBankMessage?: (record: BankMessageRecord) => void;
  /** Returns the bank that is asked with PINs. */
  readonly bank?: (bank: Bank) => Bank;
  /** Returns the parts that payments are made with. */
  readonly parts?: (parts: PaymentParts) => PaymentParts;
};

/** Builds everything but the telephone and the operator's side: what `npm run talk` needs too. */
export function composeServices(config: Config, log: Log, metrics: Metrics, seams: Seams = {}) {
  const { clock = systemClock } = seams;
  const database = openDatabase(config.DATABASE_URL.reveal(), { onCommit: metrics.committed, log });
  seams.onDatabase?.(database);
  const bankMessages = new MysqlBankMessages({ database, log });
  const ledger = new MysqlLedgerStore(database, clock);
  const store = new MysqlPaymentStore(database, ledger);
  const orders = countedOrders(new MysqlOrderStore(database, clock), metrics);
  const onAlarm = metrics.bankAlarm;
  const late = noteLateAnswer({
    ...{ store: countedPayments(store, metrics), log, onAlarm },
    bankCard: (cardId) => wallet.bankCard(cardId),
  });
  const background = new BackgroundWork(log);
  const bank = composeBank(config, log, metrics, {
    ...{ database, clock, timing: seams.lineTiming },
    onRecord: (record) => {
      seams.onBankMessage?.(record);
      bankMessages.record(record);
    },
    onStray: (stray) => {
      const { responseCode } = stray;
      if (stray.authentic && stray.answers === 'transaction' && responseCode !== undefined) {
        background.run(late({ ...stray, approved: isApproval(responseCode), responseCode }));
      }
    },
  });
  const { carrier, providers } = composeProviders(config, log, { metrics, clock });
  const providerOf = providerByService(config);
  for (const { id, sale } of catalogue.services) {
    if (sale !== undefined) {
      providers.require(providerOf(id), `the service "${id}"`);
    }
  }
  const conversations = new MysqlConversations(database, clock);
  const { wallet, attempts, pins, pruning } = composeWallet(config, log, metrics, {
    ...{ database, clock },
    bank: seams.bank?.(bank) ?? bank,
    others: [conversations],
  });
  const perDay = { count: config.LIMIT_PAYMENTS_PER_DAY, amountMinor: config.LIMIT_PER_DAY_MINOR };
  const made: PaymentParts = {
    store: countedPayments(store, metrics),
    bank,
    providers,
    pins,
    bankCard: (cardId) => wallet.bankCard(cardId),
    policy: paymentPolicy(
      {
        bankAnswerTimeoutMs: config.BANK_ANSWER_TIMEOUT_MS,
        providerTimeoutMs: Math.max(
          config.CARRIER_TIMEOUT_MS,
          ...config.PROVIDERS.map(({ timeoutMs }) => timeoutMs),
        ),
      },
      {
        limits: { perPaymentMinor: config.LIMIT_PER_PAYMENT_MINOR, perCallerDay: perDay, perCardDay: perDay },
        ...seams.policy,
      },
    ),
    clock,
    wait: systemWait,
    log,
    onAlarm,
    background,
    node: config.ARI_APP,
    incarnation: randomBytes(4).toString('hex'),
    bankName: config.BANK_NAME,
    providerOf: ({ service }) => providerOf(service),
    tellsPayer: ({ service, details }) => saleNamed(catalogue, service).tellsPayer(details),
    newId: uuidv7,
  };
  const parts = seams.parts?.(made) ?? made;
  const callLog = new MysqlCallLog(database, clock, config.ARI_APP);
  const services: Services & { callLog: MysqlCallLog } = {
    bank: parts.bank,
    catalogue,
    pins: parts.pins,
    carrier,
    quote: providerQuotes(parts.providers, providerOf),
    list: providerLists(parts.providers, providerOf),
    wallet,
    enquiries: { attempts, limits: enquiryLimits(config), onRefusal: metrics.enquiryRefused },
    orders,
    takePayment: takePayment(parts),
    news: paymentNews(store, clock),
    findEarlier: findEarlier(store, {
      ...{ clock, windowMs: config.SAME_PAYMENT_WINDOW_MS, utcOffsetMinutes: parts.policy.utcOffsetMinutes },
    }),
    callLog,
    conversations,
    log,
    onPayment: metrics.paymentTold,
  };
  const close = async () => {
    await background.idle();
    await bank.stop(config.BANK_ANSWER_TIMEOUT_MS);
    await bankMessages.flush();
    await database.destroy();
  };
  return {
    ...{ services, callLog, conversations, bank, database, orders, clock, close },
    resolver: resolveUnresolved(parts),
    notices: composeNotices(config, parts, database),
    pruning,
  };
}

/** Returns which provider delivers a service: as the settings say, else as its definition does. */
function providerByService(config: Config): (service: string) => string {
  return (service) => {
    const named = config.SERVICE_PROVIDERS.get(service) ?? saleNamed(catalogue, service).provider;
    return named === 'carrier' ? config.CARRIER_NAME : named;
  };
}

/** The carrier answers enquiries, and is one of the providers that deliver. */
function composeProviders(
  config: Config,
  log: Log,
  counting: Parameters<typeof countedProvider>[1],
): { readonly carrier: Carrier; readonly providers: ProviderRegistry } {
  const carrier = new HttpCarrier({
    id: config.CARRIER_NAME,
    url: config.CARRIER_URL,
    timeoutMs: config.CARRIER_TIMEOUT_MS,
    token: config.CARRIER_TOKEN?.reveal(),
    log,
  });
  const others = config.PROVIDERS.map(
    ({ token, ...provider }) => new HttpProvider({ ...provider, token: token?.reveal(), log }),
  );
  return {
    carrier: countedCarrier(carrier, carrier.id, counting),
    providers: new ProviderRegistry(
      [carrier, ...others].map((provider) => countedProvider(provider, counting)),
    ),
  };
}

function enquiryLimits(config: Config): EnquiryLimits {
  return {
    perCaller: config.ENQUIRIES_PER_CALLER,
    withheld: config.ENQUIRIES_WITHHELD,
    perPhone: config.ENQUIRIES_PER_PHONE,
    codesPerCaller: config.ORDER_CODES_PER_CALLER,
    codesWithheld: config.ORDER_CODES_WITHHELD,
    codesInAll: config.ORDER_CODES_IN_ALL,
    windowMs: config.ENQUIRIES_WINDOW_MS,
    crowdWindowMs: config.ENQUIRIES_CROWD_WINDOW_MS,
  };
}

/** Without a file notices wait in the outbox, which loses none. */
function composeNotices(
  config: Config,
  { policy, clock, wait, log }: PaymentParts,
  database: Database,
): Worker | undefined {
  if (config.NOTICES_FILE === undefined) {
    return undefined;
  }
  const delivery = new FileNoticeDelivery(config.NOTICES_FILE, log);
  const outbox = new MysqlNoticeOutbox(database);
  return deliverNotices({ outbox, delivery, policy, clock, wait, log });
}

type BankHooks = {
  readonly database: Database;
  readonly clock: Clock;
  readonly timing: Partial<LineTiming> | undefined;
  readonly onRecord: (record: Parameters<MysqlBankMessages['record']>[0]) => void;
  readonly onStray: (stray: StrayAnswer) => void;
};

function composeBank(
  config: Config,
  log: Log,
  metrics: Metrics,
  { database, clock, timing, onRecord, onStray }: BankHooks,
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
    tls: config.BANK_TLS_CA && {
      ca: config.BANK_TLS_CA.reveal(),
      client: config.BANK_TLS_CLIENT?.reveal(),
      name: config.BANK_TLS_NAME,
    },
    profile,
    vault: new SoftwareKeyVault({
      masterKey: Buffer.from(config.BANK_TMK.reveal(), 'hex'),
      pinBlockFormat: profile.pinBlockFormat,
      mac: profile.mac,
      random: randomBytes,
      lab: config.ENVIRONMENT === 'lab',
    }),
    traces: new MysqlTraceNumbers({ database, clock }),
    clock,
    log,
    random: Math.random,
    timing: { ...usualLineTiming, answerTimeoutMs: config.BANK_ANSWER_TIMEOUT_MS, ...timing },
    maxInFlight: 64,
    onMessage: (record) => {
      countMessage(metrics, record);
      if (record.durationMs !== undefined) {
        metrics.bankTook(record.durationMs / 1000);
      }
      onRecord(record);
    },
    onUnsendable: () => metrics.bankAlarm('unsendable'),
    onStray: (stray) => {
      metrics.bankAlarm(stray.why);
      onStray(stray);
    },
  });
}

/** Builds the services that a conversation needs, with the bank line started, for use without a telephone. */
export function startServices(config: Config, log: Log, seams: Seams = {}): RunningServices {
  const { services, bank, resolver, close } = composeServices(config, log, new Metrics(), seams);
  bank.start();
  return { services, resolver, stop: close };
}
