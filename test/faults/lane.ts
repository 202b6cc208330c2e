import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantAppUser } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import { LabProcess } from '../../lab/lab-process.js';
import { projectDir } from '../../lab/project-dir.js';
import type { Pan } from '../../src/bank/bank.js';
import { businessDay, chinaTime } from '../../src/bank/terminal-time.js';
import { systemClock } from '../../src/clock.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';
import { MysqlWallet } from '../../src/wallet/mysql-wallet.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import type { CuttingProxy } from '../support/cutting-proxy.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { dropDatabase, ownDatabaseUrl } from '../support/database.js';
import type { Armed } from './payer-process.js';
import { PayerProcess } from './payer-process.js';
import { answerTimeoutMs } from './quick-times.js';

/** Who pays right pays with the first, who keys a wrong PIN has the second, which may get blocked. Not real. */
export const cards = {
  right: { pan: '6222020200112233446', pin: '135790' },
  wrong: { pan: '6227000055556666771', pin: '445566' },
} as const;
export type CardIds = Readonly<Record<keyof typeof cards, string>>;
const phones = 100;

/** The processes' terminals; the trace numbers of each begin shortly before they wrap. */
const terminals = ['F0000001', 'F0000002'] as const;
const firstStan = 999_950;

export const phoneOf = (index: number): string => `139${String(index).padStart(8, '0')}`;

/**
 * A world of its own for one run at a time: a database behind a proxy that can cut, a bank and a carrier as
 * processes, both with their duplicate checks off, so that a true duplicate shows in their journals.
 */
export class Lane {
  readonly folder: string;
  readonly journals: { readonly bank: string; readonly carrier: string };
  readonly cardIds: CardIds;
  readonly database: Database;
  readonly proxy: CuttingProxy;
  readonly #adminUrl: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #simulators: readonly LabProcess[];
  readonly #control: { readonly bank: string; readonly carrier: string };
  readonly #payers = new Set<PayerProcess>();

  private constructor(made: Awaited<ReturnType<typeof makeLane>>) {
    this.folder = made.folder;
    this.journals = made.journals;
    this.cardIds = made.cardIds;
    this.database = made.database;
    this.proxy = made.proxy;
    this.#adminUrl = made.adminUrl;
    this.#env = made.env;
    this.#simulators = made.simulators;
    this.#control = made.control;
  }

  /** @param build the folder of a compiled product, whose simulators are used. */
  static async start(folder: string, build: string): Promise<Lane> {
    const adminUrl = ownDatabaseUrl();
    try {
      return new Lane(await makeLane(folder, build, adminUrl));
    } catch (error) {
      await dropDatabase(adminUrl);
      throw error;
    }
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
    await order(`${this.#control.bank}${path}`, method, body);
  }

  async carrierControl(method: string, path: string, body?: unknown): Promise<void> {
    await order(`${this.#control.carrier}${path}`, method, body);
  }

  /** Nothing goes wrong from now on; duplicates are still done twice. */
  async heal(): Promise<void> {
    this.proxy.cutNone();
    this.proxy.setAway(false);
    await Promise.all([
      this.bankControl('DELETE', '/faults'),
      this.bankControl('POST', '/link', { down: false }),
      this.carrierControl('DELETE', '/control/faults'),
    ]);
  }

  /** Forgets all payments, here, at the bank and at the carrier. Only while nobody pays. */
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
    truncateSync(this.journals.carrier);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#payers].map((payer) => payer.kill()));
    await Promise.all(this.#simulators.map((simulator) => simulator.stop()));
    await this.database.destroy();
    await this.proxy.close();
    await dropDatabase(this.#adminUrl);
  }
}

async function makeLane(folder: string, build: string, adminUrl: string) {
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
  const journals = { bank: join(folder, 'bank.jsonl'), carrier: join(folder, 'carrier.jsonl') };
  writeFileSync(journals.bank, '');
  writeFileSync(journals.carrier, '');
  const { simulators, bankPort, control } = await startSimulators({ folder, build, journals });
  await order(`${control.bank}/duplicate-check`, 'POST', { on: false });
  await order(`${control.carrier}/control/duplicate-check`, 'POST', { on: false });
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
    WALLETLINE_CARRIER_URL: control.carrier,
    WALLETLINE_CARRIER_TIMEOUT_MS: String(answerTimeoutMs),
    WALLETLINE_CARD_KEY: keys.card,
    WALLETLINE_CARD_HASH_KEY: keys.hash,
    WALLETLINE_LIMIT_PER_DAY_MINOR: '1000000000',
    WALLETLINE_LIMIT_PAYMENTS_PER_DAY: '100000',
  };
  return { folder, adminUrl, database, proxy, journals, cardIds, simulators, control, env };
}

async function admitCards(database: Database, keys: { card: string; hash: string }): Promise<CardIds> {
  const wallet = new MysqlWallet({
    database,
    sealer: new CardSealer(Buffer.from(keys.card, 'hex'), Buffer.from(keys.hash, 'hex')),
    clock: systemClock,
    servedPrefixes: ['62'],
    pinTries: 1,
    pinLockMs: 1,
  });
  const admit = async ({ pan }: { pan: string }): Promise<string> =>
    (await wallet.bind(phoneOf(0), { pan: pan as Pan })).cardId;
  return { right: await admit(cards.right), wrong: await admit(cards.wrong) };
}

async function startSimulators(options: {
  readonly folder: string;
  readonly build: string;
  readonly journals: Lane['journals'];
}) {
  const { folder, build, journals } = options;
  const muchMinor = 1_000_000_000_000;
  const accounts = {
    cards: Object.values(cards).map((card) => ({ ...card, expiry: '4912', balanceMinor: muchMinor })),
    phones: Array.from({ length: phones }, (_, index) => ({
      ...{ phone: phoneOf(index), balanceMinor: 0, dueMinor: muchMinor },
    })),
  };
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ cards: accounts.cards }));
  writeFileSync(join(folder, 'phones.json'), JSON.stringify({ phones: accounts.phones }));
  const simulator = (name: string, args: readonly string[]): LabProcess =>
    new LabProcess({
      name: `the ${name} simulator`,
      command: process.execPath,
      args: [join(build, 'test/simulators', name, 'main.js'), ...args],
      logFile: join(folder, `${name}.log`),
      readyLine: /^ready\b/m,
      readyTimeoutMs: 30_000,
      stopTimeoutMs: 3_000,
    });
  const simulators = [
    simulator('issuer-host', [
      ...['--port', '0', '--control-port', '0'],
      ...['--journal', journals.bank, '--accounts', join(folder, 'cards.json')],
    ]),
    simulator('carrier', [
      ...['--port', '0', '--journal', journals.carrier],
      ...['--accounts', join(folder, 'phones.json')],
    ]),
  ];
  await Promise.all(simulators.map((each) => each.start()));
  const [bank = '', carrier = ''] = simulators.map(({ plan }) => readFileSync(plan.logFile, 'utf8'));
  const bankPort = Number(/^ready 127\.0\.0\.1:(\d+)/m.exec(bank)?.[1]);
  const control = { bank: urlIn(bank), carrier: urlIn(carrier) };
  return { simulators, bankPort, control };
}

/** A simulator says where it listens; its port is any that was free. */
function urlIn(output: string): string {
  const url = /^ready\b.*(http:\S+)/m.exec(output)?.[1];
  if (url === undefined) {
    throw new Error('a simulator does not say where it listens');
  }
  return url;
}

async function order(url: string, method: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) {
    throw new Error(`a simulator refused ${method} ${url}: ${await response.text()}`);
  }
}

/** Where runs leave their builds, journals and logs. */
export const faultsDir = join(projectDir, 'var/faults');
