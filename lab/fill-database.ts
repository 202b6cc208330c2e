import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grantAppUser } from '../db/grants.js';
import { migrate } from '../db/migrate.js';
import { connectionSettings } from '../src/database/database.js';
import { seedWallet } from './seed.js';

export type FillOptions = {
  readonly stateDir: string;
  readonly adminUrl: string;
  readonly databaseUrl: string;
  readonly cardKey: string;
  readonly cardHashKey: string;
};

/**
 * Brings the lab's tables and the app's rights up to date, and, in a lab that has not had them yet, puts in
 * the lab's phones and cards. Returns what it did, for a person.
 */
export async function fillDatabase(options: FillOptions): Promise<string> {
  const { stateDir, adminUrl, databaseUrl, cardKey, cardHashKey } = options;
  const migrated = await migrate(adminUrl);
  const { user = '', password = '', database = '' } = connectionSettings(databaseUrl);
  await grantAppUser(adminUrl, { user, password, database });
  const seeded = join(stateDir, 'seeded');
  if (existsSync(seeded)) {
    return migrated.length === 0 ? 'up to date' : `${migrated.length} new migrations`;
  }
  await seedWallet({ databaseUrl, cardKey, cardHashKey });
  await writeFile(seeded, '');
  return `${migrated.length} migrations, the lab's phones and cards`;
}
