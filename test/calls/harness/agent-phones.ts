/**
 * The call centre's agents: baresip, a telephone that is not ours, one process each. It registers with its password,
 * takes every call that the queue rings it with, sounds a tone of its own by which it is known, and does what a test
 * orders: keys (RFC 4733), a transfer (REFER), a hang-up. What it hears is captured like what callers hear.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentCall } from './agent-call.js';
import { labWait } from './lab-wait.js';
import type { PacketCapture } from './packet-capture.js';
import { agentRtpPorts } from './rtp-ports.js';

/** Not the trunk's address, or the switch would take an agent's phone for the trunk. */
const agentsAddress = '127.0.0.2';
const rtpPortsEach = 100;
const modules = '/usr/lib/baresip/modules';
/** Above a telephone's keys, far from the lab's music, and far enough from each other to be told apart. */
const toneOf = (index: number) => 1_750 + 50 * index;

/** All agents' phones of a lab. */
export class AgentPhones {
  readonly #phones: readonly AgentPhone[];

  private constructor(phones: readonly AgentPhone[]) {
    this.#phones = phones;
  }

  /**
   * Starts a phone for each agent; resolves when all have registered at the switch (host:port).
   * @throws Error when one has not in 15 s.
   */
  static async start(
    sipAddress: string,
    passwords: Readonly<Record<string, string>>,
    capture: PacketCapture,
  ): Promise<AgentPhones> {
    const phones = await Promise.all(
      Object.entries(passwords).map(async ([number, password], index) =>
        AgentPhone.start({ number, password, index, sipAddress, capture }),
      ),
    );
    await Promise.all(phones.map(async (phone) => phone.isRegistered()));
    return new AgentPhones(phones);
  }

  /** Waits until some agent has answered a call of this caller, the newest if there were several. */
  async answering(callerNumber: string, withinMs = 20_000): Promise<AgentCall> {
    return labWait(
      `an agent to answer ${callerNumber}`,
      () =>
        this.#phones
          .flatMap(({ calls }) => calls)
          .findLast((call) => call.callerNumber === callerNumber && call.answered && !call.isOver),
      withinMs,
    );
  }

  /** How often a phone was rung for this caller. */
  ringsFor(callerNumber: string): number {
    return this.#phones.flatMap(({ calls }) => calls).filter((call) => call.callerNumber === callerNumber)
      .length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#phones.map(async (phone) => phone.stop()));
  }
}

type PhoneOptions = {
  readonly number: string;
  readonly password: string;
  readonly index: number;
  readonly sipAddress: string;
  readonly capture: PacketCapture;
};

/** What baresip tells over its control link, as far as it is used. */
type ControlMessage = { readonly type?: string; readonly id?: string; readonly param?: string };

class AgentPhone {
  readonly calls: AgentCall[] = [];
  readonly #options: PhoneOptions;
  readonly #process: ChildProcess;
  readonly #folder: string;
  #link: Socket | undefined;
  #registered = false;
  #said = '';
  #unread = '';
  #undelivered = '';

  private constructor(options: PhoneOptions, process: ChildProcess, folder: string) {
    this.#options = options;
    this.#process = process;
    this.#folder = folder;
    process.stdout?.setEncoding('latin1').on('data', (text: string) => this.#hear(text));
    process.stderr?.setEncoding('latin1').on('data', (text: string) => this.#hear(text));
  }

  static async start(options: PhoneOptions): Promise<AgentPhone> {
    const folder = mkdtempSync(join(tmpdir(), 'walletline-agent-'));
    const controlPort = await freeTcpPort();
    writeConfiguration(folder, options, controlPort, await freeUdpPort());
    // Line by line: it is what tells us of SIP messages.
    const process = spawn('stdbuf', ['-oL', 'baresip', '-s', '-f', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const phone = new AgentPhone(options, process, folder);
    const died = once(process, 'exit').then(() => {
      throw new Error(`baresip ended: ${phone.#said.slice(-2_000)}`);
    });
    died.catch(() => undefined);
    phone.#link = await Promise.race([died, connectTo(controlPort)]);
    phone.#link.setEncoding('latin1').on('data', (text: string) => phone.#control(text));
    phone.#link.on('error', () => undefined);
    return phone;
  }

  async isRegistered(): Promise<void> {
    await labWait(`agent ${this.#options.number} to register`, () => this.#registered || undefined, 15_000);
  }

  async stop(): Promise<void> {
    this.#link?.destroy();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** SIP messages as baresip prints them: each between two changes of colour. */
  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-200_000);
    this.#registered ||= /CSeq: \d+ REGISTER/.test(this.#said) && this.#said.includes('200 OK');
    const messages = (this.#unread + text).split('\x1b[;m');
    this.#unread = messages.pop() ?? '';
    for (const message of messages) {
      const at = message.indexOf('\x1b[36;1m#');
      if (at >= 0) {
        this.#sip(message.slice(at));
      }
    }
  }

  #sip(message: string): void {
    const callId = /^Call-ID: (\S+)/m.exec(message)?.[1];
    if (callId === undefined) {
      return;
    }
    const known = this.calls.find((call) => call.callId === callId);
    if (known !== undefined) {
      known.heardSip(message);
    } else if (/^INVITE sip:/m.test(message)) {
      const { number, index, capture } = this.#options;
      const order = (command: string, parameters?: string) => this.#order(command, parameters);
      this.calls.push(
        new AgentCall({ agent: number, toneHz: toneOf(index), callId, invite: message, capture, order }),
      );
    }
  }

  /** Netstrings (length, colon, text, comma) with JSON in them: answers to orders, and events. */
  #control(text: string): void {
    this.#undelivered += text;
    for (;;) {
      const head = /^(\d+):/.exec(this.#undelivered);
      const from = head?.[0].length ?? 0;
      const to = from + Number(head?.[1] ?? Number.POSITIVE_INFINITY);
      if (this.#undelivered.length <= to) {
        return;
      }
      const { type, id, param } = JSON.parse(this.#undelivered.slice(from, to)) as ControlMessage;
      this.#undelivered = this.#undelivered.slice(to + 1);
      this.calls.find((call) => call.callId === id)?.happened(type ?? '', param ?? '');
    }
  }

  #order(command: string, params = ''): void {
    const json = JSON.stringify({ command, params });
    this.#link?.write(`${json.length}:${json},`);
  }
}

function writeConfiguration(
  folder: string,
  options: PhoneOptions,
  controlPort: number,
  sipPort: number,
): void {
  const { number, password, index, sipAddress } = options;
  const rtp = agentRtpPorts.first + index * rtpPortsEach;
  const lines = [
    'poll_method epoll',
    `sip_listen ${agentsAddress}:${sipPort}`,
    // It looks for no other address of its own.
    `net_interface ${agentsAddress}`,
    `rtp_ports ${rtp}-${rtp + rtpPortsEach - 1}`,
    'call_max_calls 4',
    `audio_source ausine,${toneOf(index)}`,
    // The tone is made at this rate in stereo only.
    'ausrc_srate 48000',
    'ausrc_channels 2',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    `module_path ${modules}`,
    ...['g711', 'ausine'].map((name) => `module ${name}.so`),
    ...['uuid', 'account'].map((name) => `module_tmp ${name}.so`),
    ...['ctrl_tcp', 'menu'].map((name) => `module_app ${name}.so`),
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
  const account = `<sip:${number}@${sipAddress}>;auth_user=${number};auth_pass=${password};answermode=auto;regint=120`;
  writeFileSync(join(folder, 'accounts'), `${account};audio_codecs=PCMU\n`);
  writeFileSync(join(folder, 'contacts'), '');
}

async function connectTo(port: number): Promise<Socket> {
  return labWait('the control link of an agent’s phone', async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      socket.destroy();
      return undefined;
    }
  });
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, agentsAddress);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await pause(0);
  return port;
}
