/**
 * One SIPp process that makes every call of a test, each told what to do as it goes. SIPp's third-party
 * call control gives us a TCP link on which we order (keys, hang up, cancel) and SIPp reports; so a
 * test reacts to what a caller hears, and no pause is guessed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { callerRtpPorts } from './rtp-ports.js';

/** What SIPp reports of a call. */
export type PhoneEvent =
  | { readonly event: 'calling'; readonly rtpPort: number }
  | { readonly event: 'answered' | 'refused' | 'hung-up' | 'hung-up-on' };

/** A call as an order to SIPp. `codec` is the RTP payload type: 0 PCMU, 8 PCMA. */
export type PhoneCall = {
  readonly from: string;
  readonly to: string;
  readonly codec: 0 | 8;
  readonly cancelAtOnce: boolean;
};

/** SIPp reads the messages of its control link up to this character. */
const endOfMessage = '\x1b';

/** The phones that a test calls from. */
export class SippPhones {
  readonly #process: ChildProcess;
  readonly #link: Socket;
  readonly #folder: string;
  readonly #listeners = new Map<string, (event: PhoneEvent) => void>();
  #unread = '';

  private constructor(process: ChildProcess, link: Socket, folder: string) {
    this.#process = process;
    this.#link = link;
    this.#folder = folder;
    link.setEncoding('latin1');
    link.on('data', (text: string) => this.#receive(text));
    // The end of the link is seen as calls that report nothing more; their own time-outs tell it.
    link.on('error', () => undefined);
  }

  /** Starts SIPp towards `sipAddress` (host:port). `sipp` must be installed, and allowed to send raw RTP. */
  static async start(sipAddress: string): Promise<SippPhones> {
    const folder = mkdtempSync(join(tmpdir(), 'walletline-sipp-'));
    const scenario = fileURLToPath(new URL('caller.xml', import.meta.url));
    const [controlPort, sipPort, linkPort] = [await freePort(), await freePort(), await freePort()];
    const options = {
      '-sf': scenario,
      '-3pcc': `127.0.0.1:${linkPort}`,
      '-i': '127.0.0.1',
      '-p': `${sipPort}`,
      '-mi': '127.0.0.1',
      '-mp': `${callerRtpPorts.first}`,
      '-cp': `${controlPort}`,
      '-error_file': join(folder, 'errors.log'),
      '-message_file': join(folder, 'messages.log'),
    };
    const process = spawn(
      'sipp',
      [sipAddress, ...Object.entries(options).flat(), '-nostdin', '-trace_err', '-trace_msg'],
      { stdio: 'ignore', cwd: folder },
    );
    const died = new Promise<never>((_, reject) => {
      process.once('error', reject);
      process.once('exit', (code) => reject(new Error(`sipp ended with ${code}: ${errorsIn(folder)}`)));
    });
    died.catch(() => undefined);
    return new SippPhones(process, await Promise.race([died, connectTo(linkPort)]), folder);
  }

  /** Places a call; `listen` gets every report of it. Returns its Call-ID. */
  call({ from, to, codec, cancelAtOnce }: PhoneCall, listen: (event: PhoneEvent) => void): string {
    const callId = `${randomUUID()}@caller`;
    this.#listeners.set(callId, listen);
    const lines = [`From-User: ${from}`, `To-User: ${to}`, `Codec: ${codec}`];
    this.#order(callId, cancelAtOnce ? [...lines, 'Cancel: at-once'] : lines);
    return callId;
  }

  /** Presses keys (0–9, * and #), each sounding for `toneMs` and followed by as much silence. */
  press(callId: string, keys: string, toneMs: number): void {
    this.#order(callId, [`Keys: ${keys},${toneMs}`]);
  }

  /** Sends BYE. */
  hangUp(callId: string): void {
    this.#order(callId, ['Hangup: now']);
  }

  /** Gives up a call that has not been answered. */
  cancel(callId: string): void {
    this.#order(callId, ['Cancel: now']);
  }

  /** What SIPp could not make sense of, for the message of a test that failed. */
  errors(): string {
    return errorsIn(this.#folder);
  }

  /** Ends SIPp; calls still up are left to the switch. */
  async stop(): Promise<void> {
    this.#link.destroy();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #order(callId: string, lines: readonly string[]): void {
    this.#link.write(`${[`Call-ID: ${callId}`, ...lines].join('\r\n')}\r\n\r\n${endOfMessage}`);
  }

  #receive(text: string): void {
    const messages = (this.#unread + text).split(endOfMessage);
    this.#unread = messages.pop() ?? '';
    for (const message of messages) {
      const listen = this.#listeners.get(/Call-ID: (\S+)/.exec(message)?.[1] ?? '');
      const event = /Event: (\S+)/.exec(message)?.[1];
      if (listen !== undefined && event === 'calling') {
        listen({ event, rtpPort: Number(/Port: audio (\d+)/.exec(message)?.[1]) });
      } else if (listen !== undefined) {
        listen({ event: event as 'answered' | 'refused' | 'hung-up' | 'hung-up-on' });
      }
    }
  }
}

function errorsIn(folder: string): string {
  try {
    return readFileSync(join(folder, 'errors.log'), 'utf8').slice(0, 4000);
  } catch {
    return 'no error reported by sipp';
  }
}

async function connectTo(port: number): Promise<Socket> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    if (connected) {
      return socket;
    }
    socket.destroy();
    await pause(100);
  }
  throw new Error('sipp did not open its control link within 5 s');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
