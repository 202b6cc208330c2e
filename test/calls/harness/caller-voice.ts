/** What a caller's phone sends: silence now and then, or a tone by which the caller is known. Keys are SIPp's. */
import { createSocket, type Socket } from 'node:dgram';
import { type Codec, g711Rtp, silentRtp } from './rtp.js';
import { keyTone, tone } from './tones.js';

/** The switch ends calls without media (rtp_timeout); a real phone sends it all the time, this one so often. */
const silencePacketEveryMs = 5_000;
const packetMs = 20;
const packetSamples = 160;

/** Owns the port on which a caller hears: somebody must, or the kernel would answer the switch that nobody does. */
export class CallerVoice {
  readonly #socket: Socket;
  readonly #codec: Codec;
  readonly #isPressing: () => boolean;
  readonly #breath: NodeJS.Timeout;
  #tone: NodeJS.Timeout | undefined;
  #switchPort: number | undefined;
  #packets = 0;
  /** Why the port could not be had. */
  fault: Error | undefined;

  /** While `isPressing`, keys are on their way from the same port, and nothing else is sent. */
  constructor(port: number, codec: Codec, isPressing: () => boolean) {
    this.#codec = codec;
    this.#isPressing = isPressing;
    this.#socket = createSocket('udp4')
      .on('message', (_, from) => {
        this.#switchPort = from.port;
      })
      .on('error', (error) => {
        this.fault = error;
      })
      .bind(port, '127.0.0.1')
      // A call that a failed test forgot must not keep the run from ending.
      .unref();
    this.#breath = setInterval(
      () => this.#send((nth) => silentRtp(this.#codec, nth)),
      silencePacketEveryMs,
    ).unref();
  }

  /** Sounds a tone from now on; it pauses for keys. */
  sound(hz: number): void {
    clearInterval(this.#tone);
    const samples = tone(hz, packetMs);
    this.#tone = setInterval(() => this.#send((nth) => g711Rtp(this.#codec, nth, samples)), packetMs).unref();
  }

  /** Sounds the tones of a key once, in the audio, as phones do that know no telephone events. */
  soundKey(key: string, ms: number): void {
    const samples = keyTone(key, ms);
    for (let from = 0; from < samples.length; from += packetSamples) {
      const part = samples.subarray(from, from + packetSamples);
      setTimeout(() => this.#send((nth) => g711Rtp(this.#codec, nth, part)), from / 8).unref();
    }
  }

  fallSilent(): void {
    clearInterval(this.#breath);
    clearInterval(this.#tone);
  }

  close(): void {
    this.#socket.close();
  }

  #send(packet: (nth: number) => Uint8Array): void {
    if (this.#switchPort !== undefined && !this.#isPressing()) {
      this.#packets += 1;
      this.#socket.send(packet(this.#packets), this.#switchPort, '127.0.0.1');
    }
  }
}
