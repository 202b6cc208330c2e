// `npm run migrate`: brings the database up to date, and gives the app's user the rights it needs.
import { connectionSettings } from '../src/database/database.js';
import { grantAppUser } from './grants.js';
import { migrate } from './migrate.js';

const adminUrl = process.env['WALLETLINE_DATABASE_ADMIN_URL'];
if (adminUrl === undefined) {
  process.stderr.write(
    'WALLETLINE_DATABASE_ADMIN_URL is not set: mysql://admin:password@host:port/database\n',
  );
  process.exit(2);
}
const names = await migrate(adminUrl);
process.stdout.write(names.length === 0 ? 'nothing to migrate\n' : `migrated: ${names.join(', ')}\n`);

const appUrl = process.env['WALLETLINE_DATABASE_URL'];
if (appUrl !== undefined) {
  const { user, password, database } = connectionSettings(appUrl);
  await grantAppUser(adminUrl, { user: user ?? '', password: password ?? '', database: database ?? '' });
  process.stdout.write(`rights of ${user ?? ''} are set\n`);
}
