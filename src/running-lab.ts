import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from './command-line.js';

type Variables = Readonly<Record<string, string | undefined>>;

const databaseSettings = ['WALLETLINE_DATABASE_URL', 'WALLETLINE_DATABASE_ADMIN_URL'];

/** Returns the file in which a lab that `npm start` keeps up says where everything is. */
export function labSettingsFile(environment: Variables): string {
  return join(resolve(environment['WALLETLINE_LAB_STATE'] ?? 'var/lab'), 'walletline.env');
}

/**
 * Returns the settings for a tool that needs a database: those of the environment when it names one, otherwise
 * those of the running lab, and says so through `note`. What belongs to one system is never mixed with another's.
 * @throws UsageError, with the remedy, when `needed` is in neither.
 */
export async function settingsOrLabs(
  environment: Variables,
  needed: string,
  note: (text: string) => void = (text) => process.stderr.write(text),
): Promise<Variables> {
  const isGiven = databaseSettings.some((name) => (environment[name] ?? '') !== '');
  const file = labSettingsFile(environment);
  const lab = isGiven ? undefined : await readLabSettings(file);
  if (lab !== undefined) {
    note(`settings of the running lab: ${file}\n`);
  }
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const settings: Variables = { ...lab, ...Object.fromEntries(given) };
  if ((settings[needed] ?? '') === '') {
    const why = isGiven
      ? 'though another database setting is'
      : `and no lab is running (there is no ${file})`;
    throw new UsageError(
      `${needed} is not set, ${why}: set it to mysql://user:password@host:port/database, or run "npm start" in another terminal`,
    );
  }
  return settings;
}

/** Returns what a lab's file says, which is written for a shell; undefined when no lab is running. */
export async function readLabSettings(file: string): Promise<Readonly<Record<string, string>> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll("'\\''", "'"),
    ]),
  );
}
