// `npm run migrate`: brings the database up to date, and gives the app's user the rights it needs.

import { faultOfUrl } from '../src/address.js';
import { runCommand, UsageError } from '../src/command-line.js';
import { connectionSettings } from '../src/database/database.js';
import { settingsOrLabs } from '../src/running-lab.js';
import { grantAppUser } from './grants.js';
import { migrate } from './migrate.js';

const usage = `npm run migrate
Brings the database of WALLETLINE_DATABASE_ADMIN_URL (mysql://admin:password@host:port/database) up to date, making it
when it is not there, and gives the user of WALLETLINE_DATABASE_URL exactly the rights that the app needs there. Safe to
run while the app works, twice, and again after it was cut short. Without settings: the lab that npm start keeps up.
Exit code: 0 done, 1 it failed, 2 a setting is missing or wrong.
`;

process.exitCode = await runCommand({
  usage,
  failure: 'the migration failed',
  failureCode: 1,
  config: { options: {} },
  run: async () => {
    const settings = await settingsOrLabs(process.env, 'WALLETLINE_DATABASE_ADMIN_URL');
    const adminUrl = addressIn(settings, 'WALLETLINE_DATABASE_ADMIN_URL') ?? '';
    const appUrl = addressIn(settings, 'WALLETLINE_DATABASE_URL');
    const names = await migrate(adminUrl);
    process.stdout.write(names.length === 0 ? 'nothing to migrate\n' : `migrated: ${names.join(', ')}\n`);
    if (appUrl === undefined) {
      process.stdout.write('WALLETLINE_DATABASE_URL is not set: nobody got any rights\n');
      return 0;
    }
    const { user = '', password = '', database = '' } = connectionSettings(appUrl);
    await grantAppUser(adminUrl, { user, password, database });
    process.stdout.write(`rights of ${user} are set\n`);
    return 0;
  },
});

/** Undefined: it is not set. @throws UsageError when it can be no database's address. */
function addressIn(settings: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const text = settings[name];
  if (text === undefined) {
    return undefined;
  }
  const fault =
    faultOfUrl(text, ['mysql']) ?? (new URL(text).pathname.length > 1 ? undefined : 'must name a database');
  if (fault !== undefined) {
    throw new UsageError(`${name}: ${fault}`);
  }
  return text;
}
