import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { faultOfUrl, parseHost, parseHostPort } from './address.js';
import { languageCodes } from './languages/catalogue.js';
import { logLevels } from './log.js';
import { parseApiTokens } from './operations/api-tokens.js';
import { usualRequestsPerMinute } from './operations/request-limits.js';
import type { NumberPlan } from './phone-number.js';
import { parseProviders, parseServiceProviders } from './provider/provider-settings.js';

/**
 * A setting that must not be seen: it prints as "***" and is read with `reveal()`.
 */
class SecretSetting {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***';
  }
}

const secret = (schema: z.ZodString) => schema.transform((value) => new SecretSetting(value));
const hexKey = (bytes: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`),
      `must be ${bytes} bytes in hexadecimal (${bytes * 2} characters)`,
    );
const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(3_600_000).default(fallback);
const url = (...protocols: string[]) =>
  z.string().superRefine((text, context) => {
    const fault = faultOfUrl(text, protocols);
    if (fault !== undefined) {
      context.addIssue({ code: 'custom', message: fault });
    }
  });
const databaseUrl = url('mysql').refine(
  (text) => (URL.parse(text)?.pathname.length ?? 0) > 1,
  'must name a database behind the host: mysql://user:password@host:port/database',
);
const port = z.coerce.number('must be a port from 1 to 65535').int().min(1).max(65_535);
const host = z.string().transform((text, context) => {
  const parsed = parseHost(text);
  if (parsed === undefined) {
    const message = 'must be a host alone: a name, an IPv4 address, or an IPv6 address';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return parsed;
});

const apiTokens = z.string().transform((text, context) => {
  const read = parseApiTokens(text);
  if (read.outcome === 'parsed') {
    return read.tokens;
  }
  context.addIssue({ code: 'custom', message: read.faults.join('; ') });
  return z.NEVER;
});
/** The text of a file in PEM form, read when the process starts. */
const pemFile = z.string().transform((path, context) => {
  try {
    const text = readFileSync(path, 'latin1');
    if (/-----BEGIN [A-Z ]+-----/.test(text)) {
      return new SecretSetting(text);
    }
    context.addIssue({ code: 'custom', message: 'must name a file in PEM form' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    context.addIssue({ code: 'custom', message: `names a file that cannot be read (${code})` });
  }
  return z.NEVER;
});
const providers = z.string().transform((text, context) => {
  const read = parseProviders(text);
  if (read.outcome === 'read') {
    return read.providers.map(({ token, ...provider }) => ({
      ...provider,
      token: token === undefined ? undefined : new SecretSetting(token),
    }));
  }
  context.addIssue({ code: 'custom', message: read.faults.join('; ') });
  return z.NEVER;
});
const serviceProviders = z.string().transform((text, context): ReadonlyMap<string, string> => {
  try {
    return parseServiceProviders(text);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});
const longestOrderMs = 7 * 24 * 3_600_000;
const longestPinLockMs = 7 * 24 * 3_600_000;

/** Every setting, by the name of its environment variable without the prefix WALLETLINE_. */
const everySetting = z.object({
  DATABASE_URL: secret(databaseUrl),
  ARI_URL: secret(url('http', 'https')),
  ARI_APP: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1–40 letters, digits, - or _')
    .default('walletline'),
  PROMPTS_DIR: z.string().min(1).default('var/prompts'),
  PROMPT_SCRIPTS_DIR: z.string().min(1).default('prompts'),
  SOUND_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_/-]+$/, 'must be a folder name below the sounds of Asterisk')
    .default('walletline'),
  AGENTS: z
    .string()
    .regex(/^([A-Za-z0-9_-]+,[0-9*#]+)?$/, 'must be "context,extension", or empty when there are no agents')
    .default(''),
  /** How telephone numbers are written: phone-number.ts. */
  COUNTRY_CODE: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be the 1–3 digits of a country code, without +')
    .default('86'),
  NATIONAL_PREFIX: z
    .string()
    .regex(/^(\d{1,2}|none)$/, 'must be 1 or 2 digits, or "none" where nothing is dialled before a number')
    .default('0')
    .transform((prefix) => (prefix === 'none' ? '' : prefix)),
  INTERNATIONAL_PREFIX: z
    .string()
    .regex(/^\d{1,5}$/, 'must be 1–5 digits')
    .default('00'),
  NATIONAL_DIGITS: z
    .string()
    .regex(/^\d{1,2}-\d{1,2}$/, 'must be the least and the most digits of a national number, e.g. 9-11')
    .transform((text) => {
      const [shortest = 0, longest = 0] = text.split('-').map(Number);
      return { shortest, longest };
    })
    .refine(
      ({ shortest, longest }) => shortest >= 5 && shortest <= longest && longest <= 14,
      'must go from at least 5 to at most 14',
    )
    .default({ shortest: 9, longest: 11 }),
  /** The language in which agents are told how a payment came out; the first of all when none is named. */
  AGENTS_LANGUAGE: z.enum(languageCodes).default(languageCodes[0]),
  AMI_URL: secret(url('ami')).optional(),
  API_TOKENS: apiTokens.optional(),
  API_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(usualRequestsPerMinute),
  ORDER_LIFETIME_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(longestOrderMs)
    .default(30 * 60_000),
  BANK_HOST: host,
  BANK_PORT: port,
  BANK_SECONDARY_HOST: host.optional(),
  BANK_SECONDARY_PORT: port.optional(),
  /** Certificates of the CA that the bank's host is known by; with it the line is TLS, without it plain TCP. */
  BANK_TLS_CA: pemFile.optional(),
  /** Our certificate and its private key, in one file. */
  BANK_TLS_CLIENT: pemFile.optional(),
  /** The name in the host's certificate, when it is not the host's address. */
  BANK_TLS_NAME: z.string().min(1).optional(),
  BANK_NAME: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/, 'must be 1–20 lower-case letters, digits or -')
    .default('unionpay'),
  BANK_PROFILE: z.enum(['unionpay', 'ascii-1987']).default('unionpay'),
  BANK_TERMINALS: z
    .string()
    .regex(
      /^[A-Za-z0-9]{8}(,[A-Za-z0-9]{8})*$/,
      'must be terminal ids of 8 letters or digits, separated by commas',
    )
    .refine((ids) => new Set(ids.split(',')).size === ids.split(',').length, 'must name no terminal twice'),
  BANK_MERCHANT: z.string().regex(/^[A-Za-z0-9]{15}$/, 'must be 15 letters or digits'),
  BANK_ACQUIRER: z.string().regex(/^\d{1,11}$/, 'must be up to 11 digits'),
  BANK_TMK: secret(hexKey(16)),
  BANK_ANSWER_TIMEOUT_MS: milliseconds(20_000),
  CARRIER_URL: url('http', 'https'),
  CARRIER_NAME: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/, 'must be 1–20 lower-case letters, digits or -')
    .default('carrier'),
  CARRIER_TOKEN: secret(z.string().min(1)).optional(),
  CARRIER_TIMEOUT_MS: milliseconds(8_000),
  /** Providers besides the carrier, as JSON. */
  PROVIDERS: providers.default([]),
  /** Which provider delivers a service; the carrier, where it is not said. */
  SERVICE_PROVIDERS: serviceProviders.default(new Map()),
  CARD_KEY: secret(hexKey(32)),
  CARD_HASH_KEY: secret(hexKey(32)),
  CARD_PREFIXES: z
    .string()
    .regex(/^\d{1,8}(,\d{1,8})*$/, 'must be leading digits of card numbers, separated by commas')
    .default('62'),
  CARD_PREFIXES_WITHOUT_CHECK_DIGIT: z
    .string()
    .regex(/^\d{1,8}(,\d{1,8})*$/, 'must be leading digits of card numbers, separated by commas')
    .optional(),
  ISSUER_PIN_TRIES: z.coerce.number().int().min(2).max(1_000).default(3),
  PIN_TRIES: z.coerce.number().int().min(1).max(999).default(2),
  PIN_TRIES_OF_STRANGERS: z.coerce.number().int().min(0).max(998).default(1),
  PIN_LOCK_MS: z.coerce.number().int().min(1).max(longestPinLockMs).default(86_400_000),
  PIN_DOUBT_MS: milliseconds(30 * 60_000),
  WRONG_PINS_PER_CALLER: z.coerce.number().int().min(1).default(5),
  WRONG_PINS_WITHHELD: z.coerce.number().int().min(1).default(5),
  WRONG_PINS_PER_PREFIX: z.coerce.number().int().min(1).default(30),
  WRONG_PINS_PER_PREFIX_BOUND: z.coerce.number().int().min(1).default(300),
  WRONG_PINS_WINDOW_MS: milliseconds(3_600_000),
  ENQUIRIES_PER_CALLER: z.coerce.number().int().min(1).default(30),
  ENQUIRIES_WITHHELD: z.coerce.number().int().min(1).default(60),
  ENQUIRIES_PER_PHONE: z.coerce.number().int().min(1).default(30),
  ORDER_CODES_PER_CALLER: z.coerce.number().int().min(1).default(10),
  ORDER_CODES_WITHHELD: z.coerce.number().int().min(1).default(20),
  ORDER_CODES_IN_ALL: z.coerce.number().int().min(1).default(1_000),
  ENQUIRIES_WINDOW_MS: z.coerce.number().int().min(1).max(longestPinLockMs).default(86_400_000),
  ENQUIRIES_CROWD_WINDOW_MS: milliseconds(3_600_000),
  /** A payment like one of so long ago is asked about before it is made; 0: never. */
  SAME_PAYMENT_WINDOW_MS: z.coerce.number().int().min(0).max(86_400_000).default(600_000),
  /** How long a caller whose call broke off may go on when they dial again; 0: never. */
  GO_ON_WINDOW_MS: z.coerce.number().int().min(0).max(86_400_000).default(600_000),
  LIMIT_PER_PAYMENT_MINOR: z.coerce.number().int().min(1).default(100_000),
  LIMIT_PER_DAY_MINOR: z.coerce.number().int().min(1).default(300_000),
  LIMIT_PAYMENTS_PER_DAY: z.coerce.number().int().min(1).default(20),
  FIRST_DIGIT_TIMEOUT_MS: milliseconds(5_000),
  INTER_DIGIT_TIMEOUT_MS: milliseconds(3_000),
  /** Between digits of what stands in groups on what the caller reads from: a card number. */
  GROUPED_DIGIT_TIMEOUT_MS: milliseconds(6_000),
  /** How long callers who are spoken to slowly have, in per cent of these times. */
  SLOW_PACE_TIME_PERCENT: z.coerce.number().int().min(100).max(500).default(150),
  WHOLE_ANSWER_TIMEOUT_MS: milliseconds(60_000),
  /** How long a call may be on hold in all before its questions count as asked. */
  HOLD_LIMIT_MS: milliseconds(240_000),
  HTTP_LISTEN: z
    .string()
    .refine(
      (text) => parseHostPort(text) !== undefined,
      'must be host:port with a port from 1 to 65535; an IPv6 address stands in brackets, e.g. [::1]:8080',
    )
    .default('127.0.0.1:8080'),
  DRAIN_MS: milliseconds(60_000),
  NOTICES_FILE: z.string().min(1).optional(),
  REQUIRE_DURABILITY: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** "lab" allows the well-known test keys of the embedded world; nothing else does. */
  ENVIRONMENT: z.enum(['production', 'lab']).default('production'),
});

const settings = everySetting.superRefine((config, context) => {
  // A certificate without a CA would leave the line in the clear although somebody meant it not to be.
  if (config.BANK_TLS_CA === undefined && (config.BANK_TLS_CLIENT ?? config.BANK_TLS_NAME) !== undefined) {
    context.addIssue({ code: 'custom', path: ['BANK_TLS_CA'], message: 'is needed for TLS' });
  }
  const fault = (name: keyof typeof config, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message, params: { hasDefault: true } });
  if (config.PIN_TRIES >= config.ISSUER_PIN_TRIES) {
    fault('PIN_TRIES', 'must be less than ISSUER_PIN_TRIES: callers must not block a card at its issuer');
  }
  if (config.PIN_TRIES_OF_STRANGERS >= config.PIN_TRIES) {
    fault(
      'PIN_TRIES_OF_STRANGERS',
      'must be less than PIN_TRIES: a try must be left to the card’s own phone',
    );
  }
});

/** The whole configuration, checked. */
export type Config = z.output<typeof settings>;

/** Returns how telephone numbers are written where this configuration serves. */
export function numberPlanOf(config: Config): NumberPlan {
  return {
    countryCode: config.COUNTRY_CODE,
    trunkPrefix: config.NATIONAL_PREFIX,
    internationalPrefix: config.INTERNATIONAL_PREFIX,
    ...config.NATIONAL_DIGITS,
  };
}

/** Two providers with one id would be asked after each other's orders, and nobody can deliver for one that is not there. */
function namesProviders(
  { CARRIER_NAME, PROVIDERS, SERVICE_PROVIDERS }: Config,
  context: { addIssue: (issue: { code: 'custom'; path: string[]; message: string }) => void },
): void {
  if (PROVIDERS.some(({ id }) => id === CARRIER_NAME)) {
    const message = `the id "${CARRIER_NAME}" is the carrier's; choose another, or set WALLETLINE_CARRIER_NAME`;
    context.addIssue({ code: 'custom', path: ['PROVIDERS'], message });
  }
  const ids = [CARRIER_NAME, ...PROVIDERS.map(({ id }) => id)];
  for (const [service, id] of SERVICE_PROVIDERS) {
    if (!ids.includes(id)) {
      const message = `the service "${service}" names the provider "${id}", which is not configured; there are: ${ids.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['SERVICE_PROVIDERS'], message });
    }
  }
}

/** All that is wrong with a configuration, one line a setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const prefix = 'WALLETLINE_';

/**
 * Reads the configuration from environment variables. A variable that is set but empty counts as not set.
 * @throws ConfigError which lists every fault at once, with the setting's name and how to mend it, and
 *   never a value.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment)
      .filter(([name, value]) => name.startsWith(prefix) && value !== undefined && value !== '')
      .map(([name, value]) => [name.slice(prefix.length), value ?? '']),
  );
  const result = settings.superRefine(namesProviders).safeParse(given);
  const inClear = given['ENVIRONMENT'] === 'lab' ? [] : overheard(given);
  if (result.success && inClear.length === 0) {
    return result.data;
  }
  const faults = (result.error?.issues ?? []).map((issue) => {
    const name = `${prefix}${String(issue.path[0])}`;
    // A setting with a default can be wrong beside another without having been set.
    const hasDefault = issue.code === 'custom' && issue.params?.['hasDefault'] === true;
    const missing = !hasDefault && given[String(issue.path[0])] === undefined;
    return `  ${name}: ${missing ? 'is not set; set it in the environment' : issue.message}`;
  });
  faults.push(...inClear);
  throw new ConfigError(`the configuration has ${faults.length} fault(s):\n${faults.join('\n')}`);
}

/** A password and each key of a PIN go over these: in clear, no further than this machine. */
const clearOnlyHere = {
  ARI_URL: { protocol: 'http:', remedy: 'use https:// (dialplan/http.conf says how)' },
  AMI_URL: { protocol: 'ami:', remedy: 'run the app beside Asterisk, or a TLS tunnel that ends on loopback' },
} as const;

/** Returns a fault for each URL that would carry secrets in clear to another machine. */
function overheard(given: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(clearOnlyHere).flatMap(([name, { protocol, remedy }]) => {
    const url = URL.parse(given[name] ?? '');
    return url === null || url.protocol !== protocol || isLoopback(url.hostname)
      ? []
      : [`  ${prefix}${name}: would carry secrets in clear to another machine; ${remedy}`];
  });
}

/** A scheme that is not the web's leaves the host as it is written, so IPv4 is not brought into one form. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
