import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentsGoodbye } from './agents-goodbye.js';
import { holdMusic } from './hold-music.js';
import { LabError } from './lab-error.js';
import { LabProcess } from './lab-process.js';
import type { LabPorts } from './ports.js';
import { writePrivately } from './private-file.js';
import { projectDir } from './project-dir.js';
import { type Bind, bwrapArguments, hostsBind, type Root } from './root.js';
import { runCommand } from './run-command.js';

export type AsteriskOptions = {
  readonly root: Root;
  /** Holds its configuration and its own database; made when it is not there. */
  readonly dir: string;
  /** Its own logs (messages.log, security.log) go into a folder here, its output into asterisk.log. */
  readonly logDir: string;
  readonly promptsDir: string;
  readonly ports: LabPorts;
  readonly ariPassword: string;
  readonly ariApp: string;
  /** With it AMI is on and there are agents; without it there are none. */
  readonly callCentre?: LabCallCentre;
  /** Values of dialplan/site.conf other than the lab's own, by section and name. */
  readonly site?: SiteValues;
};

export type LabCallCentre = {
  readonly amiPassword: string;
  /** Passwords of the agents' phones by their number. */
  readonly agentPasswords: Readonly<Record<string, string>>;
};

/** Values for dialplan/site.conf: section → name → value. */
export type SiteValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The user that dialplan/ari.conf and dialplan/manager.conf know. */
export const ariUser = 'walletline';

/** Asterisk's folders as it sees them inside the root. */
const directories = `[directories]
astetcdir = /lab/etc
astvarlibdir = /lab/lib
astdbdir = /lab/lib
astkeydir = /lab/lib
astagidir = /lab/lib
astspooldir = /lab/spool
astrundir = /lab/run
astlogdir = /lab/log
astdatadir = /data
`;

/**
 * Returns dialplan/site.conf with the given values in place of its own.
 * @throws Error when a value is given for a name that is not there: the site file and the lab have parted.
 */
export function renderSite(template: string, values: SiteValues): string {
  const missing = new Set(
    Object.entries(values).flatMap(([section, names]) =>
      Object.keys(names).map((name) => `${section} ${name}`),
    ),
  );
  let section = '';
  const lines = template.split('\n').map((line) => {
    section = /^\[([\w-]+)\]/.exec(line)?.[1] ?? section;
    const name = /^([\w/]+) =/.exec(line)?.[1];
    const value = name === undefined ? undefined : values[section]?.[name];
    if (name === undefined || value === undefined) {
      return line;
    }
    missing.delete(`${section} ${name}`);
    return `${name} = ${value}`;
  });
  if (missing.size > 0) {
    throw new Error(`dialplan/site.conf has no ${[...missing].join(', ')}`);
  }
  return lines.join('\n');
}

/** An Asterisk of the lab, run with the files of dialplan/. */
export class LabAsterisk extends LabProcess {
  readonly #run: (command: readonly string[]) => string[];

  constructor(options: AsteriskOptions, binds: readonly Bind[]) {
    const run = (command: readonly string[]) => bwrapArguments(options.root, binds, command);
    super({
      name: 'Asterisk',
      command: 'bwrap',
      // Its logs and its own database are nobody else's: Asterisk has no setting for that, but its mask.
      args: run(['sh', '-c', 'umask 077; exec asterisk -f -C /lab/etc/asterisk.conf']),
      logFile: join(options.logDir, 'asterisk.log'),
      readyLine: /Asterisk Ready\./,
      readyTimeoutMs: 60_000,
      stopTimeoutMs: 10_000,
      inRoot: true,
    });
    this.#run = run;
  }

  /** Runs a command on Asterisk's console and returns what it prints, e.g. cli('core show channels count'). */
  async cli(command: string): Promise<string> {
    const { code, output } = await runCommand(
      'bwrap',
      this.#run(['asterisk', '-C', '/lab/etc/asterisk.conf', '-rx', command]),
      { timeoutMs: 10_000 },
    );
    if (code !== 0) {
      throw new Error(`Asterisk's console does not answer: ${output}`);
    }
    return output;
  }
}

/** Writes the configuration of dialplan/ with the lab's values for its site, and returns Asterisk, not started. */
export async function prepareAsterisk(options: AsteriskOptions): Promise<LabAsterisk> {
  const { dir, logDir, promptsDir } = options;
  const ownLogDir = join(logDir, 'asterisk');
  await Promise.all(
    [ownLogDir, ...['etc', 'lib/keys', 'spool', 'run', 'music'].map((name) => join(dir, name))].map(
      async (folder) => {
        await mkdir(folder, { recursive: true });
        await chmod(folder, 0o700);
      },
    ),
  );
  await writeConfiguration(options);
  return new LabAsterisk(options, [
    { from: dir, to: '/lab', writable: true },
    { from: ownLogDir, to: '/lab/log', writable: true },
    ...['documentation', 'rest-api'].map((name) => ({
      from: join(options.root.dir, 'usr/share/asterisk', name),
      to: `/data/${name}`,
    })),
    { from: promptsDir, to: '/data/sounds/walletline' },
    await hostsBind(dir),
  ]);
}

async function writeConfiguration(options: AsteriskOptions): Promise<void> {
  const { root, dir, promptsDir, ports, ariPassword, ariApp, callCentre, site } = options;
  const etc = join(dir, 'etc');
  const source = join(projectDir, 'dialplan');
  for (const name of await readdir(source)) {
    await writePrivately(join(etc, name), await readFile(join(source, name)));
  }
  const own: SiteValues = {
    'site-transport': { bind: `127.0.0.1:${ports.sip}` },
    'site-rtp': { rtpstart: String(ports.rtpStart), rtpend: String(ports.rtpEnd) },
    'site-http': { bindport: String(ports.ari) },
    'site-ari': { password: await hashPassword(root, ariPassword) },
    'site-music': { directory: '/lab/music' },
    ...managerSite(ports, callCentre),
    'site-globals': { ARI_APP: ariApp, AGENTS_GOODBYE: await agentsGoodbye(promptsDir) },
  };
  const values = Object.fromEntries(
    [...new Set([...Object.keys(own), ...Object.keys(site ?? {})])].map((section) => [
      section,
      { ...own[section], ...site?.[section] },
    ]),
  );
  const template = await readFile(join(source, 'site.conf'), 'utf8');
  await writePrivately(join(etc, 'site.conf'), renderSite(template, values));
  await writeAgents(etc, callCentre);
  await writeFile(join(dir, 'music', 'hold.sln'), holdMusic());
  const options_ = await readFile(join(source, 'asterisk.conf'), 'utf8');
  await writePrivately(join(etc, 'asterisk.conf'), `${directories}\n${options_}`);
}

function managerSite(ports: LabPorts, callCentre: LabCallCentre | undefined): SiteValues {
  return callCentre === undefined
    ? {}
    : {
        'site-manager': { enabled: 'yes', port: String(ports.ami) },
        'site-manager-user': {
          secret: callCentre.amiPassword,
          permit: '127.0.0.1/255.255.255.255',
        },
      };
}

/** The files that a site makes from dialplan/site-agents.conf.sample. */
async function writeAgents(etc: string, callCentre: LabCallCentre | undefined): Promise<void> {
  const agents = Object.entries(callCentre?.agentPasswords ?? {});
  const phones = agents.map(
    ([number, password]) =>
      `[${number}](agent)\ninbound_auth/username = ${number}\ninbound_auth/password = ${password}\n`,
  );
  const members = agents.map(([number]) => `member => PJSIP/${number}\n`);
  await writePrivately(join(etc, 'site-agents.conf'), phones.join('\n'));
  await writePrivately(join(etc, 'site-queue.conf'), members.join(''));
}

/**
 * Returns the password as crypt(3) writes it, which is how ari.conf keeps it. Few rounds: each ARI request
 * is checked against it, and a long random password needs no slow hash.
 */
async function hashPassword(root: Root, password: string): Promise<string> {
  const script =
    'my $p = <STDIN>; print crypt($p, q($6$rounds=1000$) . join("", map { (0..9, "a".."z")[rand 36] } 1..12) . q($));';
  const { code, output } = await runCommand('bwrap', bwrapArguments(root, [], ['perl', '-e', script]), {
    input: password,
  });
  if (code !== 0 || !output.startsWith('$6$')) {
    throw new LabError(
      `The ARI password cannot be hashed in ${root.dir}: delete that folder and run this again.`,
    );
  }
  return output;
}
