import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { grantAppUser } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import type { Bank } from '../../src/bank/bank.js';
import { systemClock, systemWait } from '../../src/clock.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { readDurability } from '../../src/database/durability.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { BackgroundWork } from '../../src/payment/background-work.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import type { PaymentParts } from '../../src/payment/payment-parts.js';
import { paymentPolicy } from '../../src/payment/payment-policy.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { Provider } from '../../src/provider/provider.js';
import { cannot } from '../../src/provider/provider.js';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { MysqlAttempts } from '../../src/wallet/mysql-attempts.js';
import { dropDatabase, ownDatabaseUrl } from '../support/database.js';
import { pan, recharge } from '../support/payment-world.js';
import { pinDoor } from '../support/pin-door.js';
import { silentLog } from '../support/silent-log.js';

const callers = [8, 16, 32, 64];
const roundMs = 1_000;
const rounds = 8;
const unlimited = { count: 1_000_000_000, amountMinor: Number.MAX_SAFE_INTEGER };

type Statement = { readonly sql: string; readonly bindings: readonly unknown[] };
/** What of a driver's connection a bare loop needs. */
type BareConnection = {
  query(sql: string, values: unknown, done: (error: Error | null) => void): void;
};
type BarePool = {
  acquireConnection(): Promise<BareConnection>;
  releaseConnection(connection: BareConnection): Promise<void>;
};

let numbers = 0;
const nextRrn = (): string => {
  numbers += 1;
  return String(numbers).padStart(12, '0');
};

/**
 * Measures payments through `takePayment`, with a bank and a carrier in memory that answer at once, and
 * beside them what they write (the very statements, recorded from a payment) in a tight loop on the driver's
 * own connections. The two take turns, so that a busy machine slows both.
 */
export async function run(): Promise<void> {
  const adminUrl = ownDatabaseUrl();
  const name = new URL(adminUrl).pathname.slice(1);
  const url = new URL(adminUrl);
  url.username = name.slice(-20);
  url.password = randomBytes(8).toString('hex');
  await migrate(adminUrl);
  try {
    await grantAppUser(adminUrl, { user: url.username, password: url.password, database: name });
    await measureAll(url.href);
  } finally {
    await dropDatabase(adminUrl);
  }
}

async function measureAll(url: string): Promise<void> {
  let commits = 0;
  const database = openDatabase(url, { onCommit: () => (commits += 1) });
  const pay = payer(database);
  const statements = await recorded(database, pay);
  const settings = await readDurability(database);
  const durable = ['version', 'innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin'];
  print(durable.map((setting) => `${setting} ${settings.get(setting) ?? 'unknown'}`).join(', '));
  print(`${statements.length} statements a payment, ${commitsIn(statements)} of them COMMIT`);
  print('callers    bare/s    payments/s    ratio    p50 ms    p99 ms    commits/payment');
  for (const count of callers) {
    const bareDatabase = openDatabase(url, { poolSize: count });
    const pool = bareDatabase.client as BarePool;
    const connections = await Promise.all(
      Array.from({ length: count }, async () => pool.acquireConnection()),
    );
    const bare = async (lane: number): Promise<void> => replay(connections[lane], statements);
    await forRound(count, 500, bare);
    await forRound(count, 500, pay);
    const bareTimes: number[] = [];
    const payTimes: number[] = [];
    const commitsBefore = commits;
    for (let round = 0; round < rounds; round += 1) {
      bareTimes.push(...(await forRound(count, roundMs, bare)));
      payTimes.push(...(await forRound(count, roundMs, pay)));
    }
    const seconds = (rounds * roundMs) / 1_000;
    payTimes.sort((a, b) => a - b);
    const at = (share: number) => payTimes[Math.floor(payTimes.length * share)] ?? Number.NaN;
    const cells = [
      String(count),
      (bareTimes.length / seconds).toFixed(0),
      (payTimes.length / seconds).toFixed(0),
      (payTimes.length / bareTimes.length).toFixed(2),
      at(0.5).toFixed(1),
      at(0.99).toFixed(1),
      ((commits - commitsBefore) / payTimes.length).toFixed(2),
    ];
    print(cells.map((cell, i) => cell.padStart([7, 10, 14, 9, 10, 10, 19][i] ?? 0)).join(''));
    await Promise.all(connections.map(async (connection) => pool.releaseConnection(connection)));
    await bareDatabase.destroy();
  }
  await database.destroy();
}

/** Returns what takes one payment, by another caller and with another card each time. */
function payer(database: Database): () => Promise<void> {
  const store = new MysqlPaymentStore(database, new MysqlLedgerStore(database, systemClock));
  const parts: PaymentParts = {
    ...{ store, bank, clock: systemClock, wait: systemWait, log: silentLog },
    providers: new ProviderRegistry([provider]),
    pins: pinDoor({
      ...{ bank, clock: systemClock, wait: systemWait },
      attempts: new MysqlAttempts(database, systemClock),
      // Each caller has a card of their own, whatever its number says here.
      subjectOf: () => randomUUID(),
    }),
    bankCard: async () => ({ pan }),
    policy: paymentPolicy(
      { bankAnswerTimeoutMs: 20_000, providerTimeoutMs: 8_000 },
      {
        limits: {
          perPaymentMinor: unlimited.amountMinor,
          perCallerDay: unlimited,
          perCardDay: unlimited,
        },
      },
    ),
    background: new BackgroundWork(silentLog),
    ...{ node: 'bench', incarnation: '1', bankName: 'unionpay', newId: uuidV7 },
    providerOf: () => provider.id,
  };
  const take = takePayment(parts);
  return async () => {
    const callerNumber = `13${String(Math.floor(Math.random() * 1e9)).padStart(9, '0')}`;
    const result = await take(
      recharge({ callerNumber, subject: callerNumber, details: { phone: callerNumber }, cardId: uuidV7() }),
    );
    if (result.outcome !== 'paid') {
      throw new Error(`a payment came to ${result.outcome}`);
    }
  };
}

const bank: Bank = {
  available: true,
  reversibleTerminals: ['00000001'],
  nextTrace: async () => {
    const rrn = nextRrn();
    return { terminalId: '00000001', stan: numbers % 1_000_000, rrn, transmittedAt: new Date() };
  },
  balance: async () => ({ outcome: 'not-sent' }),
  purchase: async () => ({ outcome: 'approved', authorisationCode: '123456', responseCode: '00' }),
  reverse: async () => ({ outcome: 'not-sent' }),
};

const provider: Provider = {
  id: 'carrier',
  can: new Set(),
  list: async () => ({ outcome: 'listed', items: [] }),
  quote: async () => cannot,
  hold: async () => cannot,
  release: async () => ({ outcome: 'released' }),
  deliver: async ({ key }) => ({ outcome: 'accepted', providerReference: key }),
  lookUp: async () => ({ outcome: 'unknown' }),
  cancel: async () => cannot,
};

/** Returns what one payment writes, with the BEGIN and COMMIT around it; what it only reads is left out. */
async function recorded(database: Database, pay: () => Promise<void>): Promise<readonly Statement[]> {
  await pay();
  const statements: Statement[] = [];
  const record = ({ sql, bindings }: { sql: string; bindings?: unknown[] }): void => {
    statements.push({ sql, bindings: bindings ?? [] });
  };
  database.on('query', record);
  await pay();
  database.off('query', record);
  return statements.filter(({ sql }) => !/^\s*select/i.test(sql));
}

function commitsIn(statements: readonly Statement[]): number {
  return statements.filter(({ sql }) => /^commit/i.test(sql)).length;
}

/** Runs the statements for another payment: every id and number that a payment has of its own is new. */
async function replay(
  connection: BareConnection | undefined,
  statements: readonly Statement[],
): Promise<void> {
  const rrn = nextRrn();
  const ids = new Map<string, string>();
  const fresh = (value: unknown): unknown => {
    if (typeof value !== 'string') {
      return value;
    }
    if (/^\d{12}$/.test(value)) {
      return rrn;
    }
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value)) {
      const id = ids.get(value) ?? uuidV7();
      ids.set(value, id);
      return id;
    }
    return value;
  };
  for (const { sql, bindings } of statements) {
    await new Promise<void>((resolve, reject) => {
      connection?.query(sql, bindings.map(fresh), (error) => (error === null ? resolve() : reject(error)));
    });
  }
}

/** Keeps `count` lanes busy for a while; returns how long each piece of work took, in milliseconds. */
async function forRound(
  count: number,
  durationMs: number,
  work: (lane: number) => Promise<void>,
): Promise<number[]> {
  const timesMs: number[] = [];
  const endMs = performance.now() + durationMs;
  const lane = async (number: number): Promise<void> => {
    while (performance.now() < endMs) {
      const startMs = performance.now();
      await work(number);
      timesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, number) => lane(number)));
  return timesMs;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
