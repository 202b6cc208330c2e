import { z } from 'zod';
import type { Ability } from './provider.js';
import { providerIdPattern } from './provider.js';

/** Where one provider is and what it can do, as WALLETLINE_PROVIDERS says it. */
type ProviderSetting = {
  readonly id: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly token?: string | undefined;
  readonly can: readonly Ability[];
};

const abilities = [
  'quote',
  'hold',
  'cancel',
  'secret',
  'results',
  'feed',
] as const satisfies readonly Ability[];
const isHttpUrl = (value: string): boolean => /^https?:$/.test(URL.parse(value)?.protocol ?? '');
const defaultTimeoutMs = 8_000;

const setting = z.strictObject({
  url: z.string().refine(isHttpUrl, 'must be a URL that starts with http:// or https://'),
  timeoutMs: z.number().int().min(1).max(3_600_000).default(defaultTimeoutMs),
  token: z.string().min(1).optional(),
  can: z.array(z.enum(abilities, `must be of ${abilities.join(', ')}`)).default([]),
});

type Read =
  | { readonly outcome: 'read'; readonly providers: readonly ProviderSetting[] }
  | { readonly outcome: 'faulty'; readonly faults: readonly string[] };

/**
 * Reads providers from JSON: `{"press":{"url":"https://press.example","token":"…","timeoutMs":8000,"can":["quote"]}}`.
 * Each fault names the provider and the field, and no value but an id that does not fit.
 */
export function parseProviders(text: string): Read {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { outcome: 'faulty', faults: ['must be JSON: an object of providers by their ids'] };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { outcome: 'faulty', faults: ['must be an object of providers by their ids'] };
  }
  const faults: string[] = [];
  const providers: ProviderSetting[] = [];
  for (const [id, value] of Object.entries(parsed)) {
    if (!providerIdPattern.test(id)) {
      faults.push(`${JSON.stringify(id)}: an id must be 1–20 lower-case letters, digits or -`);
    }
    const read = setting.safeParse(value);
    if (read.success) {
      providers.push({ id, ...read.data });
    } else {
      faults.push(
        ...read.error.issues.map(({ path, message }) => `${[id, ...path.map(String)].join('.')}: ${message}`),
      );
    }
  }
  return faults.length === 0 ? { outcome: 'read', providers } : { outcome: 'faulty', faults };
}

/**
 * Reads which provider delivers which service: `gift=press,card=cards`.
 * @throws RangeError which says what is wrong, for a reader of settings.
 */
export function parseServiceProviders(text: string): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [, service = '', id = ''] = /^([a-z][a-z0-9-]*)=([a-z0-9-]{1,20})$/.exec(pair.trim()) ?? [];
    if (service === '') {
      throw new RangeError(`must be service=provider, separated by commas, not "${pair}"`);
    }
    if (providers.has(service)) {
      throw new RangeError(`names two providers of the service "${service}"`);
    }
    providers.set(service, id);
  }
  return providers;
}
