import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BankLine } from '../../src/bank/bank-line.js';
import type { BankMessageRecord, StrayAnswer } from '../../src/bank/conversation.js';
import type { Profile } from '../../src/bank/iso8583/profile.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { Iso8583Bank } from '../../src/bank/iso8583-bank.js';
import type { LineTiming } from '../../src/bank/line-timing.js';
import { usualLineTiming } from '../../src/bank/line-timing.js';
import type { HostAddress, LineTls } from '../../src/bank/open-socket.js';
import { SoftwareKeyVault } from '../../src/bank/software-key-vault.js';
import { chinaTime } from '../../src/bank/terminal-time.js';
import type { Clock } from '../../src/clock.js';
import { systemClock } from '../../src/clock.js';
import type { Log } from '../../src/log.js';
import { contractCards } from '../contracts/bank.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import { IssuerHost } from '../simulators/issuer-host/issuer-host.js';
import { FakeTraceNumbers } from './fake-trace-numbers.js';
import { until } from './until.js';

export type IssuerLinkOptions = {
  readonly profile?: Profile;
  readonly terminalIds?: readonly [string, ...string[]];
  readonly timing?: Partial<LineTiming>;
  readonly clock?: Clock;
  readonly maxInFlight?: number;
  readonly tls?: LineTls;
  /** Other hosts, tried before and after the simulator's own. */
  readonly hosts?: (own: HostAddress) => readonly [HostAddress, ...HostAddress[]];
};

/** An issuer host in this process, and a bank on real TCP that is signed in to it. */
export type IssuerLink = {
  readonly host: IssuerHost;
  readonly bank: Iso8583Bank;
  readonly line: BankLine;
  readonly messages: readonly BankMessageRecord[];
  readonly strays: readonly StrayAnswer[];
  readonly logged: readonly { level: string; fields: object; message: string }[];
  /** Ends the host; `restartHost` begins it again on the same port, with the journal it left. */
  readonly stopHost: () => Promise<void>;
  readonly restartHost: () => Promise<IssuerHost>;
  readonly stop: () => Promise<void>;
};

/** Times short enough for tests; the answer's time-out is what a lost answer costs. */
const quickTiming: LineTiming = {
  ...usualLineTiming,
  connectTimeoutMs: 500,
  answerTimeoutMs: 120,
  networkTimeoutMs: 200,
  frameTimeoutMs: 60,
  backOff: { firstMs: 10, longestMs: 80 },
};

/**
 * Starts a bank whose host is `own` unless the options name others; waits until it is available.
 * @throws Error when it is not within some seconds; the bank is stopped then.
 */
export async function startBank(own: HostAddress, options: IssuerLinkOptions) {
  const { profile = unionpayProfile, terminalIds = ['00000001'], clock = systemClock } = options;
  const messages: BankMessageRecord[] = [];
  const strays: StrayAnswer[] = [];
  const logged: { level: string; fields: object; message: string }[] = [];
  const [first, ...others] = terminalIds.map((terminalId) => ({
    terminalId,
    merchantId: '898310041120001',
    acquirerId: '48110000',
    ...chinaTime,
  }));
  if (first === undefined) {
    throw new Error('a bank has at least one terminal');
  }
  const bank = new Iso8583Bank({
    terminals: [first, ...others],
    hosts: options.hosts?.(own) ?? [own],
    profile,
    tls: options.tls,
    vault: new SoftwareKeyVault({
      masterKey: Buffer.from(labTerminalMasterKey, 'hex'),
      pinBlockFormat: profile.pinBlockFormat,
      mac: profile.mac,
      random: randomBytes,
      lab: true,
    }),
    traces: new FakeTraceNumbers(clock),
    clock,
    log: listeningLog(logged),
    random: Math.random,
    timing: { ...quickTiming, ...options.timing },
    maxInFlight: options.maxInFlight ?? 100,
    onMessage: (record) => messages.push(record),
    onStray: (stray) => strays.push(stray),
  });
  bank.start();
  try {
    await until(() => bank.lines.every(({ available }) => available), 'the lines are signed in');
  } catch (error) {
    await bank.stop(0);
    throw error;
  }
  const [line] = bank.lines;
  if (line === undefined) {
    throw new Error('a bank has at least one line');
  }
  return { bank, line, messages, strays, logged };
}

/** Starts an issuer host with the contract's cards and a bank that talks to it; waits until it is available. */
export async function startIssuerLink(options: IssuerLinkOptions = {}): Promise<IssuerLink> {
  const { profile = unionpayProfile } = options;
  const folder = mkdtempSync(join(tmpdir(), 'issuer-host-'));
  const hostOptions = { profile, cards: contractCards, journalFile: join(folder, 'journal.jsonl') };
  let host = await IssuerHost.start(hostOptions);
  const own = { host: '127.0.0.1', port: host.port };
  const started = await startBank(own, options);
  return {
    get host() {
      return host;
    },
    ...started,
    stopHost: () => host.stop(),
    restartHost: async () => {
      host = await IssuerHost.start({ ...hostOptions, port: own.port });
      return host;
    },
    stop: async () => {
      await started.bank.stop(0);
      await host.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function listeningLog(logged: { level: string; fields: object; message: string }[]): Log {
  const at = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
