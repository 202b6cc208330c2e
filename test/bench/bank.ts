import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pan } from '../../src/bank/bank.js';
import { decode, encode } from '../../src/bank/iso8583/codec.js';
import { FrameSplitter } from '../../src/bank/iso8583/frame-splitter.js';
import { unionpayProfile as profile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { Iso8583Bank } from '../../src/bank/iso8583-bank.js';
import { usualLineTiming } from '../../src/bank/line-timing.js';
import { signOnMessage, workingKeysOf } from '../../src/bank/network-messages.js';
import { SoftwareKeyVault } from '../../src/bank/software-key-vault.js';
import { chinaTime } from '../../src/bank/terminal-time.js';
import { purchaseMessage } from '../../src/bank/transaction-messages.js';
import { systemClock } from '../../src/clock.js';
import { money } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import { FakeTraceNumbers } from '../support/fake-trace-numbers.js';
import { silentLog } from '../support/silent-log.js';
import { until } from '../support/until.js';

const card = { pan: '6222020200112233446' as Pan, pin: '135790', expiry: '4912' };
const amount = money(1);
/** Behind 11 bytes of header, MTI, bitmap, the echoed card number of 19 digits, and fields 3 and 4. */
const stanAt = [41, 44] as const;
const requests = 4_000;
const warmUp = 1_000;

type Figures = { perSecond: number; p50Ms: number; p99Ms: number };

/**
 * Measures purchases through the whole adapter (PIN block, MAC, encoding, matching, masked record) against
 * an issuer host in a process of its own, and the same purchases with frames made beforehand and answers
 * not looked at: the difference is what our side adds.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bank-'));
  const { host, port } = await startHost(folder);
  try {
    print('in flight    requests/s    p50 ms    p99 ms    bare p50    bare p99    added p50    added p99');
    for (const inFlight of [1, 8, 64]) {
      const ours = await throughBank(port, inFlight);
      const bare = await throughBareSocket(port, inFlight);
      const cells = [ours.p50Ms, ours.p99Ms, bare.p50Ms, bare.p99Ms];
      const added = [ours.p50Ms - bare.p50Ms, ours.p99Ms - bare.p99Ms];
      const columns = [
        String(inFlight),
        ours.perSecond.toFixed(0),
        ...[...cells, ...added].map((ms) => ms.toFixed(2)),
      ];
      print(columns.map((text, i) => text.padStart([9, 14, 10, 10, 12, 12, 13, 13][i] ?? 0)).join(''));
    }
  } finally {
    host.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  }
}

async function startHost(folder: string): Promise<{ host: ChildProcess; port: number }> {
  const accounts = join(folder, 'accounts.json');
  writeFileSync(accounts, JSON.stringify({ cards: [{ ...card, balanceMinor: 1_000_000_000 }] }));
  const main = new URL('../simulators/issuer-host/main.ts', import.meta.url).pathname;
  const options = ['--port', '0', '--accounts', accounts, '--journal', join(folder, 'journal.jsonl')];
  const host = spawn(process.execPath, ['--import=tsx', main, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    host.once('exit', () => reject(new Error('the issuer host ended')));
    host.stdout.on('data', (text: Buffer) => {
      const found = /ready 127\.0\.0\.1:(\d+)/.exec(text.toString());
      if (found !== null) {
        resolve(Number(found[1]));
      }
    });
  });
  return { host, port };
}

async function throughBank(port: number, inFlight: number): Promise<Figures> {
  let described = 0;
  const bank = new Iso8583Bank({
    ...{ profile, clock: systemClock, log: silentLog, random: Math.random, maxInFlight: 1_000 },
    terminals: [terminalOf(`B${String(inFlight).padStart(7, '0')}`)],
    hosts: [{ host: '127.0.0.1', port }],
    vault: vault(),
    traces: new FakeTraceNumbers(),
    timing: usualLineTiming,
    onMessage: ({ description }) => {
      described += description.length;
    },
  });
  bank.start();
  await until(() => bank.available, 'the line is signed in');
  const figures = await measure(inFlight, async () => {
    const trace = await bank.nextTrace();
    const pin = new Secret('card-pin', Buffer.from(card.pin, 'latin1'));
    const answer = await bank.purchase({ trace, card, pin, amount });
    if (answer.outcome !== 'approved' || described === 0) {
      throw new Error(`a purchase came to ${answer.outcome}`);
    }
  });
  await bank.stop(1_000);
  return figures;
}

async function throughBareSocket(port: number, inFlight: number): Promise<Figures> {
  const terminal = terminalOf(`R${String(inFlight).padStart(7, '0')}`);
  const keys = vault();
  const traces = new FakeTraceNumbers();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const splitter = new FrameSplitter(profile.maxFrameLength);
  const waiting = new Map<string, (frame: Buffer) => void>();
  socket.on('data', (chunk) => {
    for (const frame of splitter.push(chunk)) {
      const stan = frame.readUInt16BE(11) === 0x0810 ? 'sign-on' : frame.subarray(...stanAt).toString('hex');
      waiting.get(stan)?.(frame);
    }
  });
  const exchange = (stan: string, frame: Buffer): Promise<Buffer> =>
    new Promise((resolve) => {
      waiting.set(stan, (answer) => {
        waiting.delete(stan);
        resolve(answer);
      });
      socket.write(frame);
    });
  const header = profile.requestHeader;
  const signOn = signOnMessage(profile, terminal, await traces.take(terminal.terminalId));
  const signedOn = decode(await exchange('sign-on', encode(signOn, profile, { header })), profile);
  const working = workingKeysOf(signedOn.message);
  if (working === undefined || keys.loadWorkingKeys(working, terminal.terminalId).outcome !== 'loaded') {
    throw new Error('the issuer host gave no keys');
  }
  const frames: [string, Buffer][] = [];
  for (let i = 0; i < requests + warmUp; i += 1) {
    const trace = await traces.take(terminal.terminalId);
    const pin = new Secret('card-pin', Buffer.from(card.pin, 'latin1'));
    const pinBlock = keys.pinBlock(terminal.terminalId, pin, card.pan);
    const message = purchaseMessage(profile, terminal, { trace, card, amount }, pinBlock);
    const mac = (covered: Buffer) => keys.mac(terminal.terminalId, covered);
    frames.push([String(trace.stan).padStart(6, '0'), encode(message, profile, { header, mac })]);
  }
  const figures = await measure(inFlight, async (i) => {
    const [stan, frame] = frames[i] ?? ['', Buffer.alloc(0)];
    await exchange(stan, frame);
  });
  socket.destroy();
  return figures;
}

/** Keeps `inFlight` of the requests going, the first of them to warm up, and times each. */
async function measure(inFlight: number, request: (i: number) => Promise<void>): Promise<Figures> {
  const timesMs: number[] = [];
  let next = 0;
  const lane = async (end: number): Promise<void> => {
    while (next < end) {
      const i = next;
      next += 1;
      const startMs = performance.now();
      await request(i);
      timesMs.push(performance.now() - startMs);
    }
  };
  const lanes = (end: number) => Promise.all(Array.from({ length: inFlight }, () => lane(end)));
  await lanes(warmUp);
  timesMs.length = 0;
  const startMs = performance.now();
  await lanes(warmUp + requests);
  const seconds = (performance.now() - startMs) / 1_000;
  timesMs.sort((a, b) => a - b);
  const at = (share: number) => timesMs[Math.floor(timesMs.length * share)] ?? Number.NaN;
  return { perSecond: timesMs.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function terminalOf(terminalId: string) {
  return { terminalId, merchantId: '898310041120001', acquirerId: '48110000', ...chinaTime };
}

function vault(): SoftwareKeyVault {
  const { mac, pinBlockFormat } = profile;
  const masterKey = Buffer.from(labTerminalMasterKey, 'hex');
  return new SoftwareKeyVault({ masterKey, mac, pinBlockFormat, random: randomBytes, lab: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
