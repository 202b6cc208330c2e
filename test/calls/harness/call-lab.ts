/** All that a test of calls needs of the running lab; the environment says where everything is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../src/database/database.js';
import type { Speech } from '../../../src/dialogue/line.js';
import { grammars } from '../../../src/languages/catalogue.js';
import { paces } from '../../../src/speech/grammar.js';
import { readManifest, recordingsAt } from '../../../src/speech/manifest.js';
import { PromptLibrary } from '../../../src/speech/prompt-library.js';
import type { ExpectedSound } from '../../support/audio/compare-sound.js';
import { decodeAlaw, decodeUlaw } from '../../support/audio/g711.js';
import { AgentPhones } from './agent-phones.js';
import { ApiUser } from './api-client.js';
import { asUtterance, type CallersWorld, type Said } from './caller.js';
import { Customers } from './customers.js';
import { PacketCapture } from './packet-capture.js';
import { Records } from './records.js';
import type { Codec } from './rtp.js';
import { SimulatorControl } from './simulator-control.js';
import { SippPhones } from './sipp-phones.js';
import { SwitchView } from './switch-view.js';

type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Returns a setting of the lab.
 * @throws Error which says how to run these tests.
 */
export function labSetting(name: string, settings: Settings = process.env): string {
  const value = settings[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: tests of calls are run by "npm test", which starts a lab for them`);
  }
  return value;
}

/** Makes callers ready before the tests of the surrounding `describe`. All tests share one lab. */
export function callLab(): CallLab {
  before('phones and ears', async function () {
    this.timeout(30_000);
    await sharedLab.start();
  });
  return sharedLab;
}

/** The lab, its callers and its records. Made by `callLab()`. */
export class CallLab implements CallersWorld {
  readonly serviceNumber = '12580';
  #agents: Promise<AgentPhones> | undefined;
  #parts: Parts | undefined;
  readonly #settings: Settings;

  /** @param settings where everything is; what the environment says when not given. */
  constructor(settings: Settings = process.env) {
    this.#settings = settings;
  }

  /** Starts the phones; when they are ready already, nothing is done. */
  async start(): Promise<void> {
    if (this.#parts !== undefined) {
      return;
    }
    const builtFolder = this.#setting('WALLETLINE_PROMPTS_DIR');
    const database = openDatabase(this.#setting('WALLETLINE_DATABASE_ADMIN_URL'), { poolSize: 4 });
    const bank = new SimulatorControl(
      this.#setting('WALLETLINE_BANK_CONTROL_URL'),
      this.#setting('WALLETLINE_BANK_JOURNAL'),
    );
    const carrier = new SimulatorControl(
      this.#setting('WALLETLINE_CARRIER_CONTROL_URL'),
      this.#setting('WALLETLINE_CARRIER_JOURNAL'),
    );
    this.#parts = {
      database,
      bank,
      carrier,
      records: new Records(database),
      customers: new Customers({
        database,
        cardKey: this.#setting('WALLETLINE_CARD_KEY'),
        cardHashKey: this.#setting('WALLETLINE_CARD_HASH_KEY'),
        bank,
        carrier,
      }),
      library: await PromptLibrary.load({
        builtFolder,
        scriptFolder: 'prompts',
        grammars,
      }),
      recordingNames: await recordingNames(builtFolder),
      phones: await SippPhones.start(this.#setting('WALLETLINE_SIP_ADDRESS')),
      capture: await PacketCapture.start(),
    };
  }

  async stop(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    const agents = await this.#agents?.catch(() => undefined);
    await Promise.all([
      agents?.stop(),
      parts?.phones.stop(),
      parts?.capture.stop(),
      parts?.database.destroy(),
    ]);
  }

  /** host:port of the switch. */
  get sipAddress(): string {
    return this.#setting('WALLETLINE_SIP_ADDRESS');
  }

  /** The agents' phones, which are started when they are first needed. */
  async agents(): Promise<AgentPhones> {
    this.#agents ??= AgentPhones.start(
      this.#setting('WALLETLINE_SIP_ADDRESS'),
      agentPasswords(this.#settings),
      this.#started.capture,
    );
    return this.#agents;
  }

  /** A user of the API: an agent's number, "shop", "operator" or "auditor". */
  api(name: string): ApiUser {
    return new ApiUser(
      `http://${this.#setting('WALLETLINE_HTTP_LISTEN')}`,
      this.#setting(`WALLETLINE_API_TOKEN_${name.toUpperCase()}`),
    );
  }

  /** What the switch itself says of who is connected to whom. */
  get switchView(): SwitchView {
    return new SwitchView(this.#setting('WALLETLINE_ARI_URL'));
  }

  get phones(): SippPhones {
    return this.#started.phones;
  }

  get capture(): PacketCapture {
    return this.#started.capture;
  }

  get records(): Records {
    return this.#started.records;
  }

  get customers(): Customers {
    return this.#started.customers;
  }

  get bank(): SimulatorControl {
    return this.#started.bank;
  }

  get carrier(): SimulatorControl {
    return this.#started.carrier;
  }

  /**
   * The simulator of a provider besides the carrier.
   * @throws Error when the lab has none of this id.
   */
  provider(id: string): SimulatorControl {
    const providers = JSON.parse(this.#setting('WALLETLINE_PROVIDERS')) as Record<string, { url: string }>;
    const journals = this.#setting('WALLETLINE_PROVIDER_JOURNALS').split(',');
    const journal = journals.find((each) => each.startsWith(`${id}=`))?.slice(id.length + 1);
    const url = providers[id]?.url;
    if (url === undefined || journal === undefined) {
      throw new Error(`the lab has no provider ${id}`);
    }
    return new SimulatorControl(`${url}/control`, journal);
  }

  get database(): Database {
    return this.#started.database;
  }

  /** The recordings of what is said to an agent. */
  soundsOf(said: readonly Said[]): readonly ExpectedSound[] {
    return this.sounds({ language: 'en', utterances: said.map(asUtterance) }, 0);
  }

  /** The files that the switch plays for a speech. */
  readonly sounds = (speech: Speech, codec: Codec): readonly ExpectedSound[] =>
    this.#started.library.recordings(speech).map((sound) => ({
      name: this.#started.recordingNames.get(sound) ?? sound,
      samples: samplesOf(this.#setting('WALLETLINE_PROMPTS_DIR'), sound, codec),
    }));

  get #started(): Parts {
    if (this.#parts === undefined) {
      throw new Error('the lab of these tests has not been started');
    }
    return this.#parts;
  }

  #setting(name: string): string {
    return labSetting(name, this.#settings);
  }
}

type Parts = {
  readonly database: Database;
  readonly bank: SimulatorControl;
  readonly carrier: SimulatorControl;
  readonly records: Records;
  readonly customers: Customers;
  readonly library: PromptLibrary;
  readonly recordingNames: ReadonlyMap<string, string>;
  readonly phones: SippPhones;
  readonly capture: PacketCapture;
};

/** The passwords of all agents' phones, by the agents' numbers. */
function agentPasswords(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      const number = /^WALLETLINE_AGENT_(\d+)_PASSWORD$/.exec(name)?.[1];
      return number === undefined || value === undefined ? [] : [[number, value] as const];
    }),
  );
}

const sharedLab = new CallLab();
after('phones and ears', () => sharedLab.stop());

/** What is recorded in each file, so that a test that fails can say what was heard. */
async function recordingNames(builtFolder: string): Promise<ReadonlyMap<string, string>> {
  const { languages } = await readManifest(builtFolder);
  return new Map(
    Object.entries(languages).flatMap(([language, built]) =>
      paces.flatMap((pace) =>
        Object.entries(recordingsAt(built, pace)).map(
          ([name, { key }]) =>
            [`${language}/${key}`, `${language} ${name}${pace === 'normal' ? '' : `, ${pace}`}`] as const,
        ),
      ),
    ),
  );
}

const loaded = new Map<string, Int16Array>();

function samplesOf(folder: string, sound: string, codec: Codec): Int16Array {
  const file = join(folder, `${sound}.${codec === 0 ? 'ulaw' : 'alaw'}`);
  const known = loaded.get(file);
  if (known !== undefined) {
    return known;
  }
  const samples = (codec === 0 ? decodeUlaw : decodeAlaw)(readFileSync(file));
  loaded.set(file, samples);
  return samples;
}
