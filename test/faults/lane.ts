import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { grantAppUser } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import type { LabProcess } from '../../lab/lab-process.js';
import { projectDir } from '../../lab/project-dir.js';
import type { Pan } from '../../src/bank/bank.js';
import { businessDay, chinaTime } from '../../src/bank/terminal-time.js';
import { systemClock } from '../../src/clock.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import type { JournalFiles } from '../../src/payment/audit/journal-files.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';
import { MysqlWallet } from '../../src/wallet/mysql-wallet.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import type { CuttingProxy } from '../support/cutting-proxy.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { dropDatabase, ownDatabaseUrl } from '../support/database.js';
import { providersSetting } from '../support/unreached-providers.js';
import type { DatabaseServer } from './database-server.js';
import type { Armed } from './payer-process.js';
import { PayerProcess } from './payer-process.js';
import { answerTimeoutMs } from './quick-times.js';
import { cards, order, phoneOf, startSimulators, urlIn } from './simulators.js';

export type CardIds = Readonly<Record<keyof typeof cards, string>>;

/** Every caller of a run is a stranger to its card: so many wrong PINs of theirs may reach the bank. */
export const wrongPinsAllowed = 30;
/** The processes' terminals; the trace numbers of each begin shortly before they wrap. */
const terminals = ['F0000001', 'F0000002'] as const;
const firstStan = 999_950;
/** A database that was killed is back by then. */
const longestAwayMs = 60_000;

/**
 * A world of its own for one run at a time: a database behind a proxy that can cut, a bank and a carrier as
 * processes, both with their duplicate checks off, so that a true duplicate shows in their journals.
 */
export class Lane {
  readonly folder: string;
  readonly journals: JournalFiles;
  readonly cardIds: CardIds;
  readonly database: Database;
  readonly proxy: CuttingProxy;
  readonly #server: DatabaseServer | undefined;
  readonly #adminUrl: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #simulators: readonly LabProcess[];
  readonly #providers: ReadonlyMap<string, LabProcess | undefined>;
  readonly #bankControl: string;
  /** Where the providers' simulators listen, by their ids. */
  readonly #urls: Record<string, string>;
  readonly #payers = new Set<PayerProcess>();

  private constructor(made: Awaited<ReturnType<typeof makeLane>>, server: DatabaseServer | undefined) {
    this.#server = server;
    this.folder = made.folder;
    this.journals = made.journals;
    this.cardIds = made.cardIds;
    this.database = made.database;
    this.proxy = made.proxy;
    this.#adminUrl = made.adminUrl;
    this.#env = made.env;
    this.#simulators = made.simulators;
    this.#providers = made.providers;
    this.#bankControl = made.control.bank;
    this.#urls = { ...made.control.providers };
  }

  /**
   * @param build the folder of a compiled product, whose simulators are used.
   * @param server one for this lane alone; without it the lane has a database on the server of the tests.
   * @param others ids of providers besides the carrier, each a process of its own.
   */
  static async start(
    folder: string,
    build: string,
    server?: DatabaseServer,
    others: readonly string[] = [],
  ): Promise<Lane> {
    const adminUrl = ownDatabaseUrl(server?.adminUrl);
    try {
      return new Lane(await makeLane(folder, build, adminUrl, others), server);
    } catch (error) {
      await dropDatabase(adminUrl);
      throw error;
    }
  }

  /** The server that is this lane's alone. */
  get ownServer(): DatabaseServer {
    if (this.#server === undefined) {
      throw new Error('this lane has no database server of its own: others would suffer');
    }
    return this.#server;
  }

  /** Asks the database; one of its own may be away for a while, as planned. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    const endMs = systemClock.monotonicMs() + (this.#server === undefined ? 0 : longestAwayMs);
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (systemClock.monotonicMs() > endMs) {
          throw error;
        }
        await pause(100);
      }
    }
  }

  /** True while a payment is left that a process has yet to work on. */
  async hasUnfinished(): Promise<boolean> {
    const ids = await this.ask(() =>
      this.database('payments').whereNotNull('next_attempt_at').limit(1).pluck<string[]>('id'),
    );
    return ids.length > 0;
  }

  get logFile(): string {
    return join(this.folder, 'payers.log');
  }

  /** Starts a process of a node (0 or 1) from a compiled product. */
  startPayer(
    build: string,
    node: number,
    armed: Armed,
    env: Readonly<Record<string, string>> = {},
  ): PayerProcess {
    const main = join(build, 'test/faults/payer.js');
    const own = {
      ...this.#env,
      WALLETLINE_ARI_APP: `node-${node + 1}`,
      WALLETLINE_BANK_TERMINALS: terminals[node] ?? '',
      ...env,
    };
    const payer = new PayerProcess(main, own, this.logFile, armed);
    this.#payers.add(payer);
    void payer.ended.then(() => this.#payers.delete(payer));
    return payer;
  }

  async bankControl(method: string, path: string, body?: unknown): Promise<void> {
    await order(`${this.#bankControl}${path}`, method, body);
  }

  async carrierControl(method: string, path: string, body?: unknown): Promise<void> {
    await this.providerControl('carrier', method, path, body);
  }

  async providerControl(id: string, method: string, path: string, body?: unknown): Promise<void> {
    await order(`${this.urlOf(id)}${path}`, method, body);
  }

  /** Where the provider's simulator listens. */
  urlOf(id: string): string {
    const url = this.#urls[id];
    if (url === undefined) {
      throw new Error(`this lane has no provider ${id}`);
    }
    return url;
  }

  /** The provider is away: nothing listens where it was. */
  async stopProvider(id: string): Promise<void> {
    await this.#providers.get(id)?.stop();
  }

  /** The provider is back with its books, at another address. */
  async startProvider(id: string): Promise<void> {
    const simulator = this.#providers.get(id);
    if (simulator === undefined) {
      throw new Error(`this lane has no provider ${id}`);
    }
    await simulator.start();
    this.#urls[id] = urlIn(readFileSync(simulator.plan.logFile, 'utf8'));
    await this.providerControl(id, 'POST', '/control/duplicate-check', { on: false });
  }

  /** Nothing goes wrong from now on; duplicates are still done twice. */
  async heal(): Promise<void> {
    this.proxy.cutNone();
    this.proxy.setAway(false);
    await Promise.all([
      this.bankControl('DELETE', '/faults'),
      this.bankControl('POST', '/link', { down: false }),
      ...Object.keys(this.#urls).map(async (id) => this.providerControl(id, 'DELETE', '/control/faults')),
    ]);
  }

  /** Forgets which PINs were wrong. Only while nobody pays. */
  async forgetPins(): Promise<void> {
    await this.ask(() => this.database('attempt_counters').delete());
  }

  /** Forgets all payments, here, at the bank and at the providers. Only while nobody pays. */
  async forget(): Promise<void> {
    await this.database.transaction(async (transaction) => {
      for (const table of [
        'notices',
        'ledger_entries',
        'ledger_transfers',
        'payment_transitions',
        'payments',
        'orders',
        'bank_messages',
      ]) {
        await transaction(table).delete();
      }
    });
    truncateSync(this.journals.bank);
    for (const journal of Object.values(this.journals.providers)) {
      truncateSync(journal);
    }
  }

  /** Ends every process under test. */
  async killPayers(): Promise<void> {
    await Promise.all([...this.#payers].map((payer) => payer.kill()));
  }

  async stop(): Promise<void> {
    await this.killPayers();
    await Promise.all(this.#simulators.map((simulator) => simulator.stop()));
    await this.database.destroy();
    await this.proxy.close();
    if (this.#server === undefined) {
      await dropDatabase(this.#adminUrl);
    } else {
      await this.#server.stop();
    }
  }
}

async function makeLane(folder: string, build: string, adminUrl: string, others: readonly string[]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await migrate(adminUrl);
  const appUrl = new URL(adminUrl);
  const name = appUrl.pathname.slice(1);
  appUrl.username = name.slice(-20);
  appUrl.password = randomBytes(8).toString('hex');
  await grantAppUser(adminUrl, { user: appUrl.username, password: appUrl.password, database: name });
  const database = openDatabase(adminUrl, { poolSize: 4 });
  const proxy = await cuttingProxy(appUrl.hostname, Number(appUrl.port || 3_306));
  appUrl.port = String(proxy.port);
  const keys = { card: randomBytes(32).toString('hex'), hash: randomBytes(32).toString('hex') };
  const cardIds = await admitCards(database, keys);
  const day = businessDay(new Date(), chinaTime);
  await database('bank_trace_blocks').insert(
    terminals.map((terminal) => ({
      ...{ series: `stan/${terminal}`, business_day: day, first_number: firstStan, taken: 0 },
    })),
  );
  const journals: JournalFiles = {
    bank: join(folder, 'bank.jsonl'),
    providers: Object.fromEntries(['carrier', ...others].map((id) => [id, join(folder, `${id}.jsonl`)])),
  };
  writeFileSync(journals.bank, '');
  for (const journal of Object.values(journals.providers)) {
    writeFileSync(journal, '');
  }
  const { simulators, providers, bankPort, control } = await startSimulators({
    folder,
    build,
    journals,
    others,
  });
  await order(`${control.bank}/duplicate-check`, 'POST', { on: false });
  for (const url of Object.values(control.providers)) {
    await order(`${url}/control/duplicate-check`, 'POST', { on: false });
  }
  const env = {
    WALLETLINE_ENVIRONMENT: 'lab',
    WALLETLINE_DATABASE_URL: appUrl.href,
    WALLETLINE_ARI_URL: 'http://nobody:nothing@127.0.0.1:1',
    WALLETLINE_BANK_HOST: '127.0.0.1',
    WALLETLINE_BANK_PORT: String(bankPort),
    WALLETLINE_BANK_MERCHANT: '898310041120001',
    WALLETLINE_BANK_ACQUIRER: '48110000',
    WALLETLINE_BANK_TMK: labTerminalMasterKey,
    WALLETLINE_BANK_ANSWER_TIMEOUT_MS: String(answerTimeoutMs),
    WALLETLINE_CARRIER_URL: control.providers['carrier'] ?? '',
    WALLETLINE_CARRIER_TIMEOUT_MS: String(answerTimeoutMs),
    WALLETLINE_PROVIDERS: providersSetting(),
    WALLETLINE_CARD_KEY: keys.card,
    WALLETLINE_CARD_HASH_KEY: keys.hash,
    // The payments of a run share a card, and what is not known of them counts.
    WALLETLINE_ISSUER_PIN_TRIES: String(wrongPinsAllowed + 2),
    WALLETLINE_PIN_TRIES: String(wrongPinsAllowed + 1),
    WALLETLINE_PIN_TRIES_OF_STRANGERS: String(wrongPinsAllowed),
    WALLETLINE_WRONG_PINS_PER_PREFIX: '1000000',
    WALLETLINE_LIMIT_PER_DAY_MINOR: '1000000000',
    WALLETLINE_LIMIT_PAYMENTS_PER_DAY: '100000',
  };
  return { folder, adminUrl, database, proxy, journals, cardIds, simulators, providers, control, env };
}

async function admitCards(database: Database, keys: { card: string; hash: string }): Promise<CardIds> {
  const wallet = new MysqlWallet({
    database,
    sealer: new CardSealer(Buffer.from(keys.card, 'hex'), Buffer.from(keys.hash, 'hex')),
    clock: systemClock,
    languages: languageCodes,
    servedPrefixes: ['62'],
  });
  const admit = async ({ pan }: { pan: string }): Promise<string> =>
    (await wallet.bind(phoneOf(0), { pan: pan as Pan })).cardId;
  return {
    right: await admit(cards.right),
    second: await admit(cards.second),
    third: await admit(cards.third),
    fourth: await admit(cards.fourth),
    wrong: await admit(cards.wrong),
  };
}

/** Where runs leave their builds, journals and logs. */
export const faultsDir = join(projectDir, 'var/faults');
