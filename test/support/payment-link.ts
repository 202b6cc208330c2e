import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import type { BankLine } from '../../src/bank/bank-line.js';
import type { StrayAnswer } from '../../src/bank/conversation.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { Iso8583Bank } from '../../src/bank/iso8583-bank.js';
import type { LineTiming } from '../../src/bank/line-timing.js';
import { usualLineTiming } from '../../src/bank/line-timing.js';
import { MysqlBankMessages } from '../../src/bank/mysql-bank-messages.js';
import { MysqlTraceNumbers } from '../../src/bank/mysql-trace-numbers.js';
import { isApproval } from '../../src/bank/response-code.js';
import { SoftwareKeyVault } from '../../src/bank/software-key-vault.js';
import { chinaTime } from '../../src/bank/terminal-time.js';
import { systemClock, systemWait } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { BackgroundWork } from '../../src/payment/background-work.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { noteLateAnswer } from '../../src/payment/note-late-answer.js';
import type { Payment } from '../../src/payment/payment.js';
import type { PaymentParts } from '../../src/payment/payment-parts.js';
import type { PaymentPolicy } from '../../src/payment/payment-policy.js';
import { paymentPolicy } from '../../src/payment/payment-policy.js';
import type { Change } from '../../src/payment/payment-store.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { HttpCarrier } from '../../src/provider/carrier/http-carrier.js';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { MysqlAttempts } from '../../src/wallet/mysql-attempts.js';
import { bankCard, contractCards } from '../contracts/bank.js';
import type { JournalEntry as CarrierEntry } from '../simulators/carrier/carrier-books.js';
import { CarrierBooks } from '../simulators/carrier/carrier-books.js';
import { createCarrierServer } from '../simulators/carrier/carrier-server.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import type { TestDatabase } from './database.js';
import { pinDoor } from './pin-door.js';
import { RecordedLog } from './recorded-log.js';
import { until } from './until.js';

const [card] = contractCards;

/** The caller whose card the contract's first is; the carrier knows the phone. */
export const payingPhone = '13800138000';

export type PaymentLinkOptions = {
  readonly test: TestDatabase;
  /** Where the issuer host listens. */
  readonly bankPort: number;
  readonly timing?: Partial<LineTiming>;
  readonly policy?: Partial<PaymentPolicy>;
};

/** Times short enough for tests, and long enough for a machine that is busy. */
const quickTiming: LineTiming = {
  ...usualLineTiming,
  answerTimeoutMs: 500,
  networkTimeoutMs: 1_000,
  frameTimeoutMs: 100,
  backOff: { firstMs: 20, longestMs: 200 },
};
const quickPolicy: Partial<PaymentPolicy> = {
  bankLeaseMs: 1_500,
  backOffFirstMs: 50,
  backOffLongestMs: 400,
  pollMs: 25,
};

/**
 * Everything that takes payments, for real: MySQL, a bank on TCP, a carrier on HTTP, and the worker that
 * resolves what is unresolved. The issuer host is the caller's.
 */
export async function startPaymentLink({ test, bankPort, timing = {}, policy = {} }: PaymentLinkOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'payment-link-'));
  const { database } = test;
  const log = new RecordedLog();
  const ledger = new MysqlLedgerStore(database, systemClock);
  const store = new MysqlPaymentStore(database, ledger);
  const messages = new MysqlBankMessages({ database, log, gatherMs: 5 });
  const background = new BackgroundWork(log);
  const strays: StrayAnswer[] = [];
  const alarms: string[] = [];
  const onAlarm = (alarm: string): void => void alarms.push(alarm);
  const late = noteLateAnswer({ store, log, onAlarm, bankCard: async () => bankCard(card) });
  const bank = bankTo(bankPort, {
    ...{ database, log, timing: { ...quickTiming, ...timing } },
    onMessage: (record) => messages.record(record),
    onStray: (stray) => {
      strays.push(stray);
      const { responseCode } = stray;
      if (stray.authentic && stray.answers === 'transaction' && responseCode !== undefined) {
        background.run(late({ ...stray, approved: isApproval(responseCode), responseCode }));
      }
    },
  });
  const carrierJournal = join(folder, 'carrier.jsonl');
  const phones = [{ phone: payingPhone, balanceMinor: 0, dueMinor: 1_000_000 }];
  const carrierServer = createCarrierServer(new CarrierBooks(phones, carrierJournal));
  await new Promise<void>((resolve) => carrierServer.listen(0, '127.0.0.1', resolve));
  const carrierUrl = `http://127.0.0.1:${(carrierServer.address() as AddressInfo).port}`;
  const carrier = new HttpCarrier({ id: 'mobile', url: carrierUrl, timeoutMs: 2_000, log });
  const hooks: { beforeChange: (change: Change) => Promise<void> } = { beforeChange: async () => undefined };
  const parts: PaymentParts = {
    store: holdable(store, hooks),
    ...{ bank, log, background, clock: systemClock, wait: systemWait, newId: uuidV7 },
    providers: new ProviderRegistry([carrier]),
    pins: pinDoor({
      ...{ bank, log, clock: systemClock, wait: systemWait },
      attempts: new MysqlAttempts(database, systemClock),
      limits: { perCard: 1_000 },
    }),
    bankCard: async () => bankCard(card),
    policy: paymentPolicy(
      { bankAnswerTimeoutMs: 500, providerTimeoutMs: 2_000 },
      { ...quickPolicy, ...policy },
    ),
    ...{ node: 'node-1', incarnation: randomBytes(4).toString('hex') },
    ...{ bankName: 'unionpay', providerOf: () => 'mobile', onAlarm },
  };
  const resolver = resolveUnresolved(parts);
  bank.start();
  await until(() => bank.available, 'the bank line is up', 10_000);
  await resolver.start();
  const [line] = bank.lines;
  return {
    ...{ parts, bank, carrier, ledger, log, strays, hooks, carrierUrl, alarms },
    line: line as BankLine,
    /** What the carrier's own journal says. */
    carrierJournal: (): CarrierEntry[] => readLines<CarrierEntry>(carrierJournal),
    /** Returns the payments of these calls once each has come to rest, or to a person. */
    rested: async (callIds: readonly string[]): Promise<readonly Payment[]> => {
      const resting = ['completed', 'declined', 'reversed', 'late-reversed', 'needs-operator'];
      const endMs = performance.now() + 20_000;
      for (;;) {
        const ids = await database('payments')
          .whereIn('call_id', [...callIds])
          .orderBy('id')
          .pluck<string[]>('id');
        const found = await Promise.all(ids.map(async (id) => store.find(id)));
        const payments = found.filter((payment) => payment !== undefined);
        if (payments.every(({ state }) => resting.includes(state))) {
          await background.idle();
          await messages.flush();
          return payments;
        }
        if (performance.now() > endMs) {
          throw new Error(`not at rest: ${payments.map(({ state }) => state).join(', ')}`);
        }
        await pause(15);
      }
    },
    stop: async () => {
      await resolver.stop();
      await background.idle();
      await bank.stop(0);
      await messages.flush();
      carrierServer.closeAllConnections();
      await new Promise((resolve) => carrierServer.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
export type PaymentLink = Awaited<ReturnType<typeof startPaymentLink>>;

/** Returns what a journal of one JSON value a line holds; nothing when it was never written. */
export function readLines<T>(file: string): T[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as T);
  } catch {
    return [];
  }
}

type BankParts = Pick<
  ConstructorParameters<typeof Iso8583Bank>[0],
  'log' | 'timing' | 'onMessage' | 'onStray'
> & { readonly database: TestDatabase['database'] };

function bankTo(port: number, { database, ...others }: BankParts): Iso8583Bank {
  const { mac, pinBlockFormat } = unionpayProfile;
  return new Iso8583Bank({
    ...others,
    profile: unionpayProfile,
    clock: systemClock,
    random: Math.random,
    maxInFlight: 64,
    terminals: [
      { terminalId: '00000001', merchantId: '898310041120001', acquirerId: '48110000', ...chinaTime },
    ],
    hosts: [{ host: '127.0.0.1', port }],
    vault: new SoftwareKeyVault({
      masterKey: Buffer.from(labTerminalMasterKey, 'hex'),
      ...{ mac, pinBlockFormat, random: randomBytes, lab: true },
    }),
    traces: new MysqlTraceNumbers({ database, clock: systemClock }),
  });
}

/** The store, with every change held until the hook has resolved. */
function holdable(
  store: MysqlPaymentStore,
  hooks: { readonly beforeChange: (change: Change) => Promise<void> },
): MysqlPaymentStore {
  const change = store.change.bind(store);
  store.change = async (asked) => {
    await hooks.beforeChange(asked);
    return change(asked);
  };
  return store;
}
