import type { Log } from '../log.js';
import type { Database } from './database.js';
import { isRefusal } from './database-error.js';

/** A setting of the database server that puts money, or the proof of it, at risk. */
export type DurabilityFault = {
  readonly setting: string;
  readonly value: string;
  /** "unsafe": a commit that was answered can be lost. "unknown": it cannot be told from here. */
  readonly severity: 'unsafe' | 'doubtful' | 'unknown';
  readonly remedy: string;
};

/** Server variables by name; what a server does not know is not there. */
export type ServerVariables = ReadonlyMap<string, string>;

type Rule = {
  readonly setting: string;
  readonly severity: 'unsafe' | 'doubtful';
  readonly isSafe: (value: string, variables: ServerVariables) => boolean;
  readonly remedy: string;
  /** False: that a server does not have it says nothing. */
  readonly isEverywhere: boolean;
};

const oneOf =
  (...safe: readonly string[]) =>
  (value: string): boolean =>
    safe.includes(value.toLowerCase());

const isMariadb = (variables: ServerVariables): boolean =>
  variables.get('version')?.includes('MariaDB') === true;

const rules: readonly Rule[] = [
  {
    setting: 'innodb_flush_log_at_trx_commit',
    severity: 'unsafe',
    // MariaDB's 3 writes the log to disk too, once more than 1.
    isSafe: (value, variables) => value === '1' || (value === '3' && isMariadb(variables)),
    remedy: 'set innodb_flush_log_at_trx_commit=1: commits of the last second are lost in a crash otherwise',
    isEverywhere: true,
  },
  {
    setting: 'sync_binlog',
    severity: 'unsafe',
    isSafe: (value, variables) => value === '1' || variables.get('log_bin')?.toLowerCase() !== 'on',
    remedy:
      'set sync_binlog=1: a crash loses commits from the binary log, and replicas never get them otherwise',
    isEverywhere: true,
  },
  {
    setting: 'log_bin',
    severity: 'doubtful',
    isSafe: oneOf('on', '1'),
    remedy:
      'set log_bin: without it there is no replica, and a backup cannot be brought up to the last commit',
    isEverywhere: true,
  },
  {
    setting: 'innodb_doublewrite',
    severity: 'unsafe',
    isSafe: oneOf('on', '1', 'detect_and_recover', 'fast'),
    remedy: 'set innodb_doublewrite=ON: a page that was half written in a crash is lost otherwise',
    isEverywhere: false,
  },
  {
    setting: 'innodb_flush_method',
    severity: 'unsafe',
    isSafe: (value) => !['nosync', 'littlesync'].includes(value.toLowerCase()),
    remedy: 'set innodb_flush_method=O_DIRECT: this one does not wait for the disk',
    isEverywhere: false,
  },
  {
    // A status of MySQL 8.0.21 and later, not a setting.
    setting: 'Innodb_redo_log_enabled',
    severity: 'unsafe',
    isSafe: oneOf('on'),
    remedy: 'run ALTER INSTANCE ENABLE INNODB REDO_LOG: nothing survives a crash while it is off',
    isEverywhere: false,
  },
];

/** Returns what is wrong with a server's settings, the gravest first; nothing when a commit is durable. */
export function judgeDurability(variables: ServerVariables): readonly DurabilityFault[] {
  const other = /TiDB|Vitess|OceanBase/i.exec(
    `${variables.get('version') ?? ''} ${variables.get('version_comment') ?? ''}`,
  )?.[0];
  if (other !== undefined) {
    // It answers these variables for the sake of old clients, and they mean nothing there.
    const remedy = `${other} has durability settings of its own: make sure of them by its documentation`;
    return [{ setting: 'version', value: other, severity: 'unknown', remedy }];
  }
  const faults = rules.flatMap(({ setting, severity, isSafe, remedy, isEverywhere }): DurabilityFault[] => {
    const value = variables.get(setting);
    if (value === undefined) {
      const unknown = `this server has no ${setting}: make sure that an answered commit survives a crash`;
      return isEverywhere ? [{ setting, value: 'not there', severity: 'unknown', remedy: unknown }] : [];
    }
    return isSafe(value, variables) ? [] : [{ setting, value, severity, remedy }];
  });
  const order = ['unsafe', 'doubtful', 'unknown'];
  return faults.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** Returns the durability settings of the server that a database is on; those that it does not know, not. */
export async function readDurability(database: Database): Promise<ServerVariables> {
  const wanted = ['version', 'version_comment', ...rules.map(({ setting }) => setting)];
  const marks = wanted.map(() => '?').join(', ');
  const variables = new Map<string, string>();
  for (const kind of ['VARIABLES', 'STATUS']) {
    try {
      const [rows] = (await database.raw(
        `SHOW GLOBAL ${kind} WHERE Variable_name IN (${marks})`,
        wanted,
      )) as [{ Variable_name: string; Value: string }[]];
      for (const { Variable_name, Value } of rows) {
        variables.set(Variable_name, Value);
      }
    } catch (error) {
      if (!isRefusal(error)) {
        throw error;
      }
      // An engine that only speaks the protocol may not have this: what it does not say is not known.
    }
  }
  return variables;
}

/**
 * Checks at start that an answered commit survives a crash, and says loudly what puts it at risk.
 * @throws Error naming each unsafe setting when `required`. What cannot be told is a warning only.
 */
export async function checkDurability(
  database: Database,
  { log, required }: { readonly log: Log; readonly required: boolean },
): Promise<void> {
  const faults = judgeDurability(await readDurability(database));
  for (const { severity, ...fault } of faults) {
    if (severity === 'unsafe') {
      log.error(fault, 'the database can lose payments that were answered');
    } else {
      log.warn(fault, 'the durability of the database is in doubt');
    }
  }
  const unsafe = faults.filter(({ severity }) => severity === 'unsafe');
  if (required && unsafe.length > 0) {
    const list = unsafe.map(({ setting, value, remedy }) => `  ${setting} is ${value}: ${remedy}`);
    throw new Error(
      `the database is not durable, and WALLETLINE_REQUIRE_DURABILITY is true:\n${list.join('\n')}`,
    );
  }
}
