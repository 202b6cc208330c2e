import { labProviders } from './data.js';
import { LabError } from './lab-error.js';
import type { LabPart } from './lab-part.js';
import { type LabPorts, providerPorts } from './ports.js';
import { apiTokensSetting, type LabSecrets } from './secrets.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** The setting that replaces each part, and what must be said with it. */
const replacedBy: Readonly<Record<LabPart, { setting: string; with: readonly string[] }>> = {
  database: { setting: 'WALLETLINE_DATABASE_URL', with: ['WALLETLINE_DATABASE_ADMIN_URL'] },
  asterisk: { setting: 'WALLETLINE_ARI_URL', with: ['WALLETLINE_SIP_ADDRESS'] },
  bank: {
    setting: 'WALLETLINE_BANK_HOST',
    with: [
      'WALLETLINE_BANK_PORT',
      'WALLETLINE_BANK_TERMINALS',
      'WALLETLINE_BANK_MERCHANT',
      'WALLETLINE_BANK_ACQUIRER',
      'WALLETLINE_BANK_TMK',
    ],
  },
  carrier: { setting: 'WALLETLINE_CARRIER_URL', with: [] },
  providers: { setting: 'WALLETLINE_PROVIDERS', with: [] },
};

const isSet = (environment: Variables, name: string) => (environment[name] ?? '') !== '';

/**
 * Returns the parts that the lab must start itself.
 * @throws LabError when the environment replaces a part by half.
 */
export function embeddedParts(environment: Variables): ReadonlySet<LabPart> {
  const parts = Object.keys(replacedBy) as LabPart[];
  const embedded = parts.filter((part) => !isSet(environment, replacedBy[part].setting));
  for (const part of parts.filter((name) => !embedded.includes(name))) {
    const missing = replacedBy[part].with.filter((name) => !isSet(environment, name));
    if (missing.length > 0) {
      throw new LabError(
        `${replacedBy[part].setting} is set, so the lab starts no ${part} of its own: set ${missing.join(', ')} too, or unset it.`,
      );
    }
  }
  return new Set(embedded);
}

export type LabAddresses = {
  readonly ports: LabPorts;
  readonly secrets: LabSecrets;
  readonly databaseAdmin: string;
  readonly ariUser: string;
  readonly promptsDir: string;
  readonly bankJournal: string;
  /** Where the app delivers its notices to callers. */
  readonly noticesFile: string;
  readonly carrierJournal: string;
  /** The journals of the lab's providers, by their ids. */
  readonly providerJournals: Readonly<Record<string, string>>;
};

/** The database's name, and the app's user in it. */
export const databaseName = 'walletline';

/**
 * Returns every setting of the app and every address of the lab: the lab's own, and in their place whatever
 * the environment names. Settings that steer the lab or the tests (WALLETLINE_LAB_…, WALLETLINE_TEST_…) are
 * not among them.
 */
export function labVariables(addresses: LabAddresses, environment: Variables): Record<string, string> {
  const { ports, secrets } = addresses;
  const database = `127.0.0.1:${ports.database}/${databaseName}`;
  const own: Readonly<Record<LabPart, Readonly<Record<string, string>>>> = {
    database: {
      WALLETLINE_DATABASE_URL: `mysql://${databaseName}:${secrets.databasePassword}@${database}`,
      WALLETLINE_DATABASE_ADMIN_URL: `mysql://${addresses.databaseAdmin}:${secrets.databaseAdminPassword}@${database}`,
    },
    asterisk: {
      WALLETLINE_SIP_ADDRESS: `127.0.0.1:${ports.sip}`,
      WALLETLINE_ARI_URL: `http://${addresses.ariUser}:${secrets.ariPassword}@127.0.0.1:${ports.ari}`,
      WALLETLINE_SOUND_PREFIX: 'walletline',
      WALLETLINE_AGENTS: 'agents,12581',
      WALLETLINE_AMI_URL: `ami://${addresses.ariUser}:${secrets.amiPassword}@127.0.0.1:${ports.ami}`,
      ...named('WALLETLINE_AGENT', secrets.agentPasswords, '_PASSWORD'),
    },
    bank: {
      WALLETLINE_BANK_HOST: '127.0.0.1',
      WALLETLINE_BANK_PORT: String(ports.bank),
      WALLETLINE_BANK_TERMINALS: '12580001,12580002',
      WALLETLINE_BANK_MERCHANT: '898310041120001',
      WALLETLINE_BANK_ACQUIRER: '48110000',
      WALLETLINE_BANK_PROFILE: 'unionpay',
      WALLETLINE_BANK_TMK: secrets.bankTmk,
      WALLETLINE_BANK_JOURNAL: addresses.bankJournal,
      WALLETLINE_BANK_CONTROL_URL: `http://127.0.0.1:${ports.bankControl}`,
    },
    carrier: {
      WALLETLINE_CARRIER_URL: `http://127.0.0.1:${ports.carrier}`,
      WALLETLINE_CARRIER_JOURNAL: addresses.carrierJournal,
      WALLETLINE_CARRIER_CONTROL_URL: `http://127.0.0.1:${ports.carrier}/control`,
    },
    providers: {
      WALLETLINE_PROVIDERS: JSON.stringify(providersAt(providerPorts(ports))),
      WALLETLINE_PROVIDER_JOURNALS: Object.entries(addresses.providerJournals)
        .map((pair) => pair.join('='))
        .join(','),
    },
  };
  const ownOfEmbedded = [...embeddedParts(environment)].map((part) => own[part]);
  return Object.assign(
    {
      WALLETLINE_ENVIRONMENT: 'lab',
      WALLETLINE_ARI_APP: 'walletline',
      WALLETLINE_PROMPTS_DIR: addresses.promptsDir,
      WALLETLINE_NOTICES_FILE: addresses.noticesFile,
      WALLETLINE_CARD_KEY: secrets.cardKey,
      WALLETLINE_CARD_HASH_KEY: secrets.cardHashKey,
      WALLETLINE_HTTP_LISTEN: `127.0.0.1:${ports.http}`,
      WALLETLINE_API_TOKENS: apiTokensSetting(secrets),
      ...named('WALLETLINE_API_TOKEN', secrets.apiTokens),
      WALLETLINE_DRAIN_MS: '3000',
      // A few phones make all of a lab's payments: what protects one customer must not stop them.
      WALLETLINE_LIMIT_PAYMENTS_PER_DAY: '1000000',
      WALLETLINE_LIMIT_PER_DAY_MINOR: '100000000',
    },
    ...ownOfEmbedded,
    givenFrom(environment),
  ) as Record<string, string>;
}

/** Returns the lab's providers, as the app is told of them. */
function providersAt(ports: readonly number[]) {
  return Object.fromEntries(
    labProviders.map(({ id, can }, index) => [id, { url: `http://127.0.0.1:${ports[index]}`, can }]),
  );
}

/** Returns settings such as WALLETLINE_API_TOKEN_SHOP, one for each name. */
function named(
  prefix: string,
  values: Readonly<Record<string, string>>,
  suffix = '',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}_${name.toUpperCase()}${suffix}`, value]),
  );
}

function givenFrom(environment: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        /^WALLETLINE_(?!LAB_|TEST_)/.test(entry[0]) && entry[1] !== undefined && entry[1] !== '',
    ),
  );
}

/** Returns the variables as lines that a shell can read with ".", each value quoted. */
export function shellAssignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
