/**
 * What crosses the wire between phones, callers' and agents', and the switch, with the kernel's time-stamps: tcpdump on the
 * loopback interface, read as it comes. Keys and speech are so timed by one clock, and neither by ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { telephoneEventPayload } from './rtp.js';
import { agentRtpPorts, callerRtpPorts } from './rtp-ports.js';

/** One UDP packet from or to a phone's RTP port. `atMs` is Unix time with microseconds. */
export type CapturedPacket = {
  readonly atMs: number;
  readonly direction: 'from-phone' | 'to-phone';
  readonly bytes: Uint8Array;
};

const globalHeaderLength = 24;
const packetHeaderLength = 16;
const ethernetHeaderLength = 14;
const udpHeaderLength = 8;

/** A capture of every phone's RTP. */
export class PacketCapture {
  readonly #process: ChildProcess;
  readonly #listeners = new Map<number, (packet: CapturedPacket) => void>();
  #unread = Buffer.alloc(0);
  #headerSeen = false;

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  /** Starts tcpdump; resolves when it is capturing. It needs the right to capture on the loopback interface. */
  static async start(): Promise<PacketCapture> {
    // Of what callers send, keys are enough, and of what agents send, nothing.
    const { first, last } = callerRtpPorts;
    const keys = `udp src portrange ${first}-${last} and udp[9] & 0x7f = ${telephoneEventPayload}`;
    const ports = `udp dst portrange ${first}-${agentRtpPorts.last} or (${keys})`;
    const options = ['-i', 'lo', '-n', '-U', '--immediate-mode', '-B', '16384', '-s', '512', '-w', '-'];
    const process = spawn('tcpdump', [...options, ports], { stdio: ['ignore', 'pipe', 'pipe'] });
    const capture = new PacketCapture(process);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      process.once('error', reject);
      process.once('exit', (code) => reject(new Error(`tcpdump ended with ${code}: ${said}`)));
      process.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes('listening on')) {
          resolve();
        }
      });
    });
    return capture;
  }

  /** Gives `listen` every packet from and to the phone's port. */
  listen(port: number, listen: (packet: CapturedPacket) => void): void {
    this.#listeners.set(port, listen);
  }

  /** Forgets a phone. */
  ignore(port: number): void {
    this.#listeners.delete(port);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
  }

  #receive(bytes: Buffer): void {
    let rest = Buffer.concat([this.#unread, bytes]);
    if (!this.#headerSeen && rest.length >= globalHeaderLength) {
      rest = rest.subarray(globalHeaderLength);
      this.#headerSeen = true;
    }
    while (this.#headerSeen && rest.length >= packetHeaderLength) {
      const captured = rest.readUInt32LE(8);
      if (rest.length < packetHeaderLength + captured) {
        break;
      }
      const atMs = rest.readUInt32LE(0) * 1000 + rest.readUInt32LE(4) / 1000;
      this.#deliver(atMs, rest.subarray(packetHeaderLength, packetHeaderLength + captured));
      rest = rest.subarray(packetHeaderLength + captured);
    }
    this.#unread = rest;
  }

  #deliver(atMs: number, frame: Buffer): void {
    const ip = frame.subarray(ethernetHeaderLength);
    const udp = ip.subarray(4 * ((ip[0] ?? 0) & 0x0f));
    if (udp.length < udpHeaderLength) {
      return;
    }
    const bytes = udp.subarray(udpHeaderLength);
    this.#listeners.get(udp.readUInt16BE(0))?.({ atMs, direction: 'from-phone', bytes });
    this.#listeners.get(udp.readUInt16BE(2))?.({ atMs, direction: 'to-phone', bytes });
  }
}
