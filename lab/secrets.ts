import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiUser, agentNumbers, apiUsersWith } from './data.js';
import { writePrivately } from './private-file.js';

/** What a lab makes up once and keeps in its state folder, so that its data stays readable. */
export type LabSecrets = {
  readonly databasePassword: string;
  readonly databaseAdminPassword: string;
  readonly ariPassword: string;
  readonly amiPassword: string;
  /** Of the agents' phones, by number. */
  readonly agentPasswords: Readonly<Record<string, string>>;
  /** Of the API's users, by name. */
  readonly apiTokens: Readonly<Record<string, string>>;
  /** The master key that the app's terminals share with the issuer host simulator: hexadecimal, 16 bytes. */
  readonly bankTmk: string;
  /** Hexadecimal, 32 bytes each. */
  readonly cardKey: string;
  readonly cardHashKey: string;
};

const hex = (bytes: number) => randomBytes(bytes).toString('hex');
const oneEach = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, hex(16)]));

function newSecrets(agents: readonly string[]): LabSecrets {
  return {
    databasePassword: hex(16),
    databaseAdminPassword: hex(16),
    ariPassword: hex(24),
    amiPassword: hex(24),
    agentPasswords: oneEach(agents),
    apiTokens: oneEach(apiUsersWith(agents).map(({ name }) => name)),
    bankTmk: hex(16),
    cardKey: hex(32),
    cardHashKey: hex(32),
  };
}

/**
 * Returns the secrets of the lab in `stateDir`, made at its first start and readable by its owner only. What an
 * older lab did not have is added.
 */
export async function labSecrets(
  stateDir: string,
  agents: readonly string[] = agentNumbers,
): Promise<LabSecrets> {
  const file = join(stateDir, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Partial<LabSecrets>) : {};
  const secrets: LabSecrets = { ...newSecrets(agents), ...kept };
  await writePrivately(file, `${JSON.stringify(secrets, undefined, 2)}\n`);
  return secrets;
}

/** Returns the API's users with their tokens as the app is told of them: WALLETLINE_API_TOKENS. */
export function apiTokensSetting({ agentPasswords, apiTokens }: LabSecrets): string {
  return apiUsersWith(Object.keys(agentPasswords))
    .map(({ name, role }: ApiUser) => {
      const digest = createHash('sha256')
        .update(apiTokens[name] ?? '')
        .digest('hex');
      return `${name}:${role}:${digest}`;
    })
    .join(',');
}
