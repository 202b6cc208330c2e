import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * `agent`: prepares orders and steers the payments of its own calls; its name is the agent's number at the
 * switch, or a shop's name. `operator`: sees everything, steers no capture. `auditor`: reads.
 */
export const apiRoles = ['agent', 'operator', 'auditor'] as const;
export type ApiRole = (typeof apiRoles)[number];

/** Somebody who may use the API. */
export type ApiUser = { readonly name: string; readonly role: ApiRole };

/** A user and the SHA-256 of one of their tokens: the token itself is known to its owner alone. */
export type ApiToken = ApiUser & { readonly tokenHash: Buffer };

const namePattern = /^[A-Za-z0-9._-]{1,40}$/;
const hashPattern = /^[0-9a-f]{64}$/i;

/**
 * Reads "name:role:sha256-hex-of-token, …". One name may have two tokens, so that a token can be replaced, but
 * only one role. The faults name the entry by its place and never show a value.
 */
export function parseApiTokens(
  text: string,
):
  | { readonly outcome: 'parsed'; readonly tokens: readonly ApiToken[] }
  | { readonly outcome: 'faulty'; readonly faults: readonly string[] } {
  const tokens: ApiToken[] = [];
  const faults: string[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const read = parseEntry(entry.trim());
    const fault = typeof read === 'string' ? read : clash(tokens, read);
    if (fault !== undefined) {
      faults.push(`entry ${index + 1} ${fault}`);
    } else if (typeof read !== 'string') {
      tokens.push(read);
    }
  }
  return faults.length === 0 ? { outcome: 'parsed', tokens } : { outcome: 'faulty', faults };
}

/** Returns the token, or what is wrong with the entry. */
function parseEntry(entry: string): ApiToken | string {
  const [name = '', role = '', hash = '', ...rest] = entry.split(':');
  if (hash === '' || rest.length > 0) {
    return 'must be name:role:sha256-of-the-token';
  }
  if (!namePattern.test(name)) {
    return 'must begin with a name of 1–40 letters, digits, dots, hyphens or underscores';
  }
  const known = apiRoles.find((each) => each === role);
  if (known === undefined) {
    return `must have one of the roles ${apiRoles.join(', ')}`;
  }
  if (!hashPattern.test(hash)) {
    return 'must end with the SHA-256 of the token, 64 hexadecimal characters';
  }
  return { name, role: known, tokenHash: Buffer.from(hash, 'hex') };
}

function clash(tokens: readonly ApiToken[], { name, role, tokenHash }: ApiToken): string | undefined {
  if (tokens.some((other) => other.tokenHash.equals(tokenHash))) {
    return 'has the token of an earlier entry';
  }
  const namesakes = tokens.filter((other) => other.name.toLowerCase() === name.toLowerCase());
  if (namesakes.some((other) => other.name !== name || other.role !== role)) {
    // The database may not tell such names apart.
    return 'has the name of an earlier entry with another role, or in another case';
  }
  return undefined;
}

/**
 * Returns whose token an Authorization header carries. Every known token is compared in full, so that the time
 * it takes tells nothing.
 */
export function authenticate(
  tokens: readonly ApiToken[],
  authorization: string | undefined,
): ApiUser | undefined {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    return undefined;
  }
  const hash = createHash('sha256').update(token).digest();
  let found: ApiUser | undefined;
  for (const { name, role, tokenHash } of tokens) {
    if (timingSafeEqual(hash, tokenHash)) {
      found = { name, role };
    }
  }
  return found;
}
