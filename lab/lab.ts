import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ariUser, type LabAsterisk, prepareAsterisk, type SiteValues } from './asterisk.js';
import { buildPrompts } from './build-prompts.js';
import { labProviders } from './data.js';
import { embeddedParts, labVariables, type Variables } from './environment.js';
import { fillDatabase } from './fill-database.js';
import { LabError } from './lab-error.js';
import type { LabPart } from './lab-part.js';
import type { LabProcess, ProcessDied } from './lab-process.js';
import { lock, type Unlock } from './lock.js';
import { databaseAdmin, prepareMysql } from './mysql.js';
import { nodeProcess } from './node-processes.js';
import { checkPortsFree, type LabPorts, neededPorts, providerPorts } from './ports.js';
import { projectDir } from './project-dir.js';
import { prepareRoot, type Root } from './root.js';
import { type LabSecrets, labSecrets } from './secrets.js';
import { prepareCarrier, prepareIssuerHost, prepareProvider } from './simulators.js';
import { type Steps, silentSteps } from './steps.js';

export type LabOptions = {
  /** Everything that the lab keeps: data, secrets, journals, logs. */
  readonly stateDir: string;
  readonly ports: LabPorts;
  /** Begin with exactly the data of lab/data.ts; otherwise the lab keeps what it had. */
  readonly fresh?: boolean;
  /** Run the app too; true by default. */
  readonly app?: boolean;
  /** Settings from outside, which replace the lab's own (and its servers); none by default. */
  readonly environment?: Variables;
  /** Numbers of the call centre's agents; those of lab/data.ts by default. */
  readonly agents?: readonly string[];
  /** Values for dialplan/site.conf, e.g. { 'site-globals': { WHEN_APP_IS_GONE: 'agents' } }. */
  readonly site?: SiteValues;
  /** Who hears what is being done; nobody by default. */
  readonly steps?: Steps;
};

/** Every process that a lab can have. */
type Parts = {
  mysql?: LabProcess;
  asterisk?: LabAsterisk;
  issuerHost?: LabProcess;
  carrier?: LabProcess;
  /** Those besides the carrier. */
  readonly providers: LabProcess[];
  app?: LabProcess;
};

/**
 * The embedded world: a MySQL, an Asterisk, a bank, a carrier, and the app among them. Any number can run
 * at once, with different folders and ports.
 */
export class Lab {
  /** Resolves when a process ends unasked. */
  readonly died: Promise<ProcessDied>;
  readonly #options: LabOptions;
  readonly #steps: Steps;
  readonly #parts: Parts = { providers: [] };
  #env: Readonly<Record<string, string>> = {};
  #reportDeath!: (death: ProcessDied) => void;
  #unlock: Unlock | undefined;
  #stopping = false;

  constructor(options: LabOptions) {
    this.#options = options;
    this.#steps = options.steps ?? silentSteps;
    this.died = new Promise((resolve) => {
      this.#reportDeath = resolve;
    });
  }

  /** Every setting of the app and every address of the lab, by environment variable. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  get mysql(): LabProcess {
    return ownPart('mysql', this.#parts.mysql);
  }

  get asterisk(): LabAsterisk {
    return ownPart('asterisk', this.#parts.asterisk);
  }

  get issuerHost(): LabProcess {
    return ownPart('issuerHost', this.#parts.issuerHost);
  }

  get carrier(): LabProcess {
    return ownPart('carrier', this.#parts.carrier);
  }

  get app(): LabProcess {
    return ownPart('app', this.#parts.app);
  }

  /**
   * Starts everything; resolves when a call can be made. When it fails, what had started is stopped.
   * @throws LabError, with the remedy, or ProcessDied.
   */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends everything that was started, the app first and the database last. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { app, asterisk, issuerHost, carrier, providers, mysql } = this.#parts;
    await app?.stop();
    await Promise.all([
      asterisk?.stop(),
      issuerHost?.stop(),
      carrier?.stop(),
      ...providers.map((each) => each.stop()),
    ]);
    await mysql?.stop();
    this.#unlock?.();
  }

  async #start(): Promise<void> {
    const { stateDir, ports, fresh, app = true, agents, environment = {} } = this.#options;
    const embedded = embeddedParts(environment);
    await this.#takeStateDir();
    await checkPortsFree(ports, neededPorts(embedded, app));
    if (fresh === true) {
      await this.#forget();
    }
    const secrets = await labSecrets(stateDir, agents);
    this.#env = this.#variables(secrets);
    const root = await this.#steps.run(
      "servers' files",
      () => prepareRoot(),
      ({ asteriskVersion, engine }) => `Asterisk ${asteriskVersion}, ${engine}`,
    );
    await allOrFirstFailure([
      this.#startDatabase(embedded, root, secrets),
      this.#startAsterisk(embedded, root, secrets),
      this.#startSimulators(embedded),
    ]);
    if (app) {
      await this.#launch(
        'the app',
        async () =>
          (this.#parts.app = nodeProcess({
            name: 'the app',
            main: 'src/main.js',
            env: this.#env,
            logFile: this.#log('app'),
            // Longer than WALLETLINE_DRAIN_MS, in which calls may end.
            stopTimeoutMs: 10_000,
          })),
      );
    }
  }

  async #startDatabase(embedded: ReadonlySet<LabPart>, root: Root, secrets: LabSecrets): Promise<void> {
    const { stateDir, ports } = this.#options;
    if (embedded.has('database')) {
      await this.#launch(
        'database server',
        async () =>
          (this.#parts.mysql = await prepareMysql({
            root,
            dir: join(stateDir, 'mysql'),
            logFile: this.#log('mysql'),
            port: ports.database,
            adminPassword: secrets.databaseAdminPassword,
          })),
      );
    }
    await this.#steps.run(
      'tables and data',
      () =>
        fillDatabase({
          stateDir,
          adminUrl: this.#setting('WALLETLINE_DATABASE_ADMIN_URL'),
          databaseUrl: this.#setting('WALLETLINE_DATABASE_URL'),
          cardKey: this.#setting('WALLETLINE_CARD_KEY'),
          cardHashKey: this.#setting('WALLETLINE_CARD_HASH_KEY'),
        }),
      (done) => done,
    );
  }

  async #startAsterisk(embedded: ReadonlySet<LabPart>, root: Root, secrets: LabSecrets): Promise<void> {
    const { stateDir, ports, site = {} } = this.#options;
    // First the prompts: Asterisk lists the sounds that are there when it starts.
    const promptsDir = await this.#buildPrompts();
    if (embedded.has('asterisk')) {
      await this.#launch(
        'Asterisk',
        async () =>
          (this.#parts.asterisk = await prepareAsterisk({
            root,
            dir: join(stateDir, 'asterisk'),
            logDir: join(stateDir, 'log'),
            promptsDir,
            ports,
            ariPassword: secrets.ariPassword,
            ariApp: this.#setting('WALLETLINE_ARI_APP'),
            callCentre: secrets,
            site,
          })),
      );
    }
  }

  async #startSimulators(embedded: ReadonlySet<LabPart>): Promise<void> {
    const { stateDir, ports } = this.#options;
    if (embedded.has('bank')) {
      await this.#launch(
        'bank (issuer host simulator)',
        async () =>
          (this.#parts.issuerHost = await prepareIssuerHost({
            stateDir,
            ports,
            journal: this.#setting('WALLETLINE_BANK_JOURNAL'),
            profile: this.#setting('WALLETLINE_BANK_PROFILE'),
            tmk: this.#setting('WALLETLINE_BANK_TMK'),
          })),
      );
    }
    if (embedded.has('carrier')) {
      await this.#launch(
        'carrier simulator',
        async () =>
          (this.#parts.carrier = await prepareCarrier({
            stateDir,
            port: ports.carrier,
            journal: this.#setting('WALLETLINE_CARRIER_JOURNAL'),
          })),
      );
    }
    if (embedded.has('providers')) {
      const at = providerPorts(ports);
      for (const [index, provider] of labProviders.entries()) {
        await this.#launch(`${provider.id} (provider simulator)`, async () => {
          const { [provider.id]: journal = '' } = providerJournals(stateDir);
          const process = await prepareProvider({ stateDir, provider, port: at[index] ?? 0, journal });
          this.#parts.providers.push(process);
          return process;
        });
      }
    }
  }

  /** Starts a process; `prepare` keeps it, so that it is stopped with the lab from before it runs. */
  async #launch(title: string, prepare: () => Promise<LabProcess>): Promise<void> {
    await this.#steps.run(title, async () => {
      const process = await prepare();
      if (this.#stopping) {
        throw new LabError('The lab was stopped while it was starting.');
      }
      void process.died.then(this.#reportDeath);
      await process.start();
    });
  }

  /** Builds the prompts unless the environment names a folder of its own; returns their folder. */
  async #buildPrompts(): Promise<string> {
    const outDir = this.#setting('WALLETLINE_PROMPTS_DIR');
    if ((this.#options.environment?.['WALLETLINE_PROMPTS_DIR'] ?? '') !== '') {
      return outDir;
    }
    await mkdir(outDir, { recursive: true });
    await this.#steps.run(
      'prompts',
      async () => {
        // Labs of one clone share their prompts.
        const unlock = await lock(`${outDir}.lock`, { wait: true });
        try {
          return await buildPrompts({ outDir, log: (line) => this.#steps.say(`            ${line}`) });
        } finally {
          unlock?.();
        }
      },
      ({ built, kept }) => `${built} built, ${kept} kept`,
    );
    return outDir;
  }

  #variables(secrets: LabSecrets): Record<string, string> {
    const { stateDir, ports, environment = {} } = this.#options;
    const own = {
      ports,
      secrets,
      databaseAdmin,
      ariUser,
      promptsDir: join(projectDir, 'var', 'prompts'),
      bankJournal: join(stateDir, 'bank-journal.jsonl'),
      noticesFile: join(stateDir, 'notices.jsonl'),
      carrierJournal: join(stateDir, 'carrier-journal.jsonl'),
      providerJournals: providerJournals(stateDir),
    };
    return labVariables(own, environment);
  }

  async #takeStateDir(): Promise<void> {
    const { stateDir } = this.#options;
    this.#unlock = await lock(join(stateDir, 'lock'), { wait: false });
    if (this.#unlock === undefined) {
      throw new LabError(
        `A lab is running in ${stateDir} already: end it, or name another folder with WALLETLINE_LAB_STATE.`,
      );
    }
  }

  /** Removes all that earlier runs left; the lock is held. */
  async #forget(): Promise<void> {
    const { stateDir } = this.#options;
    const names = (await readdir(stateDir)).filter((name) => name !== 'lock');
    await Promise.all(names.map((name) => rm(join(stateDir, name), { recursive: true, force: true })));
  }

  #log(name: string): string {
    return join(this.#options.stateDir, 'log', `${name}.log`);
  }

  #setting(name: string): string {
    const value = this.#env[name];
    if (value === undefined) {
      throw new LabError(`${name} is needed and not set: set it, or let the lab start a server of its own.`);
    }
    return value;
  }
}

function providerJournals(stateDir: string): Readonly<Record<string, string>> {
  return Object.fromEntries(labProviders.map(({ id }) => [id, join(stateDir, `${id}-journal.jsonl`)]));
}

function ownPart<P>(name: string, part: P | undefined): P {
  if (part === undefined) {
    throw new Error(`this lab runs no ${name} of its own`);
  }
  return part;
}

/** Starts a lab and returns it; see `Lab`. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const lab = new Lab(options);
  await lab.start();
  return lab;
}

/** Waits for all, so that nothing is still starting when the first failure is thrown. */
async function allOrFirstFailure(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    throw failure.reason;
  }
}
