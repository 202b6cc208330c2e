import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a lab makes up once and keeps in its state folder, so that its data stays readable. */
export type LabSecrets = {
  readonly databasePassword: string;
  readonly databaseAdminPassword: string;
  readonly ariPassword: string;
  /** The master key that the app's terminals share with the issuer host simulator: hexadecimal, 16 bytes. */
  readonly bankTmk: string;
  /** Hexadecimal, 32 bytes each. */
  readonly cardKey: string;
  readonly cardHashKey: string;
};

/** Returns the secrets of the lab in `stateDir`, made at its first start and readable by its owner only. */
export async function labSecrets(stateDir: string): Promise<LabSecrets> {
  const file = join(stateDir, 'secrets.json');
  if (existsSync(file)) {
    return JSON.parse(await readFile(file, 'utf8')) as LabSecrets;
  }
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  const secrets: LabSecrets = {
    databasePassword: hex(16),
    databaseAdminPassword: hex(16),
    ariPassword: hex(24),
    bankTmk: hex(16),
    cardKey: hex(32),
    cardHashKey: hex(32),
  };
  await writeFile(file, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  return secrets;
}
