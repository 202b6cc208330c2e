import type { Account } from './ledger.js';

const formerPrefix = 'carrier-clearing/';
const prefix = 'provider:';

/**
 * Returns the account that a stored name means. Entries are never rewritten, so what was booked while the carrier
 * was the only provider keeps its former name, and so does what a process of that version books meanwhile.
 */
export function currentAccount(stored: string): Account {
  return (
    stored.startsWith(formerPrefix) ? `${prefix}${stored.slice(formerPrefix.length)}` : stored
  ) as Account;
}

/** Returns every name under which entries of the account are stored. */
export function storedNames(account: Account): readonly string[] {
  return account.startsWith(prefix) ? [account, `${formerPrefix}${account.slice(prefix.length)}`] : [account];
}

/** Returns SQL that gives the account which a column's stored name means. */
export function currentAccountSql(column: string): string {
  return `CASE WHEN ${column} LIKE '${formerPrefix}%'
    THEN CONCAT('${prefix}', SUBSTRING(${column}, ${formerPrefix.length + 1})) ELSE ${column} END`;
}
