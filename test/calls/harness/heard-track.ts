/**
 * What a caller's ear got, put together from RTP packets as they arrived. Time in which the switch sent
 * nothing takes no room in the track: a busy machine makes the switch late in the middle of a word, and
 * pauses that are part of a prompt are sent like everything else.
 */
import { decodeAlaw, decodeUlaw } from '../../support/audio/g711.js';
import type { RtpPacket } from './rtp.js';

const samplesPerMs = 8;
/** Packets come every 20 ms while something plays. More than this between two is a pause, or a stall. */
const pauseMs = 70;
/** Several seconds, so that the track seldom grows. */
const growth = 80_000;

type Arrival = { readonly atMs: number; readonly sample: number; readonly samples: number };

/** One call's received audio at 8 kHz. It counts packets that were lost or came out of order. */
export class HeardTrack {
  #samples = new Int16Array(growth);
  #length = 0;
  #lastSequence: number | undefined;
  readonly #arrivals: Arrival[] = [];
  lostPackets = 0;

  /** Adds a packet that arrived at `atMs`; payload types but 0 (PCMU) and 8 (PCMA) are no speech. */
  add(packet: RtpPacket, atMs: number): void {
    if (packet.payloadType !== 0 && packet.payloadType !== 8) {
      return;
    }
    const samples = packet.payloadType === 0 ? decodeUlaw(packet.payload) : decodeAlaw(packet.payload);
    const last = this.#arrivals.at(-1);
    if (last !== undefined && this.#lastSequence !== undefined) {
      const ahead = (packet.sequence - this.#lastSequence) & 0xffff;
      if (ahead === 0 || ahead > 0x8000) {
        // Late or twice: on a loopback that is a fault of the switch, so it is counted, not mended.
        this.lostPackets += 1;
        return;
      }
      if (ahead > 1) {
        this.lostPackets += ahead - 1;
        this.#extend((ahead - 1) * last.samples);
      }
    }
    this.#lastSequence = packet.sequence;
    this.#arrivals.push({ atMs, sample: this.#length, samples: samples.length });
    const start = this.#length;
    this.#extend(samples.length);
    this.#samples.set(samples, start);
  }

  /** Passes over a packet that came in its turn: it was heard, and is no part of this track. */
  skip(packet: RtpPacket): void {
    this.#lastSequence = packet.sequence;
  }

  /** Length so far, in samples. */
  get length(): number {
    return this.#length;
  }

  /** When the last packet came, in Unix milliseconds; undefined before the first. */
  get lastAtMs(): number | undefined {
    return this.#arrivals.at(-1)?.atMs;
  }

  /** The track from a sample on. */
  from(sample: number): Int16Array {
    return this.#samples.subarray(sample, this.#length);
  }

  /** When the packet arrived whose first sample is the nearest to `sample`. */
  arrivalNear(sample: number): number | undefined {
    let nearest: Arrival | undefined;
    for (const arrival of this.#arrivals) {
      if (nearest === undefined || Math.abs(arrival.sample - sample) < Math.abs(nearest.sample - sample)) {
        nearest = arrival;
      }
    }
    return nearest?.atMs;
  }

  /** Milliseconds of speech that arrived after `atMs`. */
  speechSince(atMs: number): number {
    let samples = 0;
    for (let index = this.#arrivals.length - 1; index >= 0; index -= 1) {
      const arrival = this.#arrivals[index];
      if (arrival === undefined || arrival.atMs <= atMs) {
        break;
      }
      samples += arrival.samples;
    }
    return samples / samplesPerMs;
  }

  /** When there was sound, from the first on, e.g. "0-1400 ms, 1800-4300 ms; 0 packets lost". */
  get summary(): string {
    const spans: { from: number; to: number }[] = [];
    const [first] = this.#arrivals;
    for (const { atMs } of this.#arrivals) {
      const at = Math.round(atMs - (first?.atMs ?? 0));
      const last = spans.at(-1);
      if (last !== undefined && at - last.to < pauseMs) {
        last.to = at;
      } else {
        spans.push({ from: at, to: at });
      }
    }
    const heard = spans.map(({ from, to }) => `${from}-${to} ms`);
    return `${heard.join(', ')}; ${this.lostPackets} packets lost`;
  }

  #extend(samples: number): void {
    this.#length += samples;
    if (this.#length > this.#samples.length) {
      const grown = new Int16Array(this.#length + growth);
      grown.set(this.#samples);
      this.#samples = grown;
    }
  }
}
