/** What a telephone sends every 20 ms: its voice, and the keys in it (RFC 4733, or tones of ITU-T Q.23). */
import { encodeUlaw } from '../../support/audio/g711.js';

export const sampleRate = 8_000;
export const packetMs = 20;
export const telephoneEvents = 101;
const packetSamples = 160;
const keys = '0123456789*#';
/** RFC 4733 section 2.5.1.4: the end of a key is sent three times. */
const endPackets = 3;
const rows = [697, 770, 852, 941];
const columns = [1_209, 1_336, 1_477];
const keypad = ['123', '456', '789', '*0#'];

/** One RTP packet but for its sequence number. `ofEvents`: it is a telephone event's. */
export type PhonePacket = {
  readonly payloadType: number;
  readonly timestamp: number;
  readonly ofEvents: boolean;
  readonly payload: Uint8Array;
};

/** How a phone differs from one that keeps to RFC 4733. */
export type KeyHabits = {
  /** The timestamp of the first packet; 0 when not given. */
  readonly firstTimestamp?: number;
  /** Sends nothing but keys. */
  readonly isSilent?: boolean;
  /** Keys have a stream of their own, and the voice goes on meanwhile. */
  readonly eventsApart?: boolean;
  /** Each of the three end packets of a key has a timestamp of its own. */
  readonly endsAdvance?: boolean;
  /** Keys are tones in the voice. */
  readonly inBand?: boolean;
  /** Packets of 20 ms that a key lasts, 5 when not given; three more repeat its end meanwhile. */
  readonly keyPackets?: number;
  /** Packets of 20 ms between the first end of a key and the next key; 8 when not given. */
  readonly pausePackets?: number;
};

type Pressed = { readonly key: string; packet: number; timestamp: number };

/** The packets of one phone, 20 ms after 20 ms. */
export class KeyStream {
  readonly #tone: Int16Array;
  readonly #habits: KeyHabits;
  readonly #pressed: Pressed[] = [];
  #timestamp: number;

  /** The voice is a tone of so many hertz. */
  constructor(hertz: number, habits: KeyHabits = {}) {
    // One second of it: every whole number of hertz repeats then.
    this.#tone = Int16Array.from({ length: sampleRate }, (_, at) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / sampleRate)),
    );
    this.#habits = habits;
    this.#timestamp = habits.firstTimestamp ?? 0;
  }

  /** Presses keys one after the other, each for 100 ms. */
  press(pressed: string): void {
    this.#pressed.push(...Array.from(pressed, (key) => ({ key, packet: 0, timestamp: 0 })));
  }

  /** From now on timestamps go on from here. */
  jumpTo(timestamp: number): void {
    this.#timestamp = timestamp;
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** True while a key is pressed or waits to be. */
  get isPressing(): boolean {
    return this.#pressed.length > 0;
  }

  /** Returns the packets of the next 20 ms. */
  next(): readonly PhonePacket[] {
    const { isSilent = false, eventsApart = false, inBand = false, pausePackets = 8 } = this.#habits;
    const [pressed] = this.#pressed;
    const sounds =
      pressed !== undefined &&
      pressed.packet >= 0 &&
      pressed.packet < this.#keyPackets + (inBand ? 0 : Math.min(endPackets, pausePackets));
    const packets: PhonePacket[] = [];
    if (pressed !== undefined && sounds && !inBand) {
      packets.push(this.#event(pressed));
    }
    if (!isSilent && (packets.length === 0 || eventsApart)) {
      const samples = inBand && sounds ? this.#keyTone(pressed.key) : this.#voice();
      packets.push(this.#packet(0, this.#timestamp, encodeUlaw(samples)));
    }
    if (pressed !== undefined) {
      pressed.packet += 1;
      if (pressed.packet === this.#keyPackets + pausePackets) {
        this.#pressed.shift();
      }
    }
    this.#timestamp = (this.#timestamp + packetSamples) % 2 ** 32;
    return packets;
  }

  get #keyPackets(): number {
    return this.#habits.keyPackets ?? 5;
  }

  #event(pressed: Pressed): PhonePacket {
    if (pressed.packet === 0) {
      pressed.timestamp = this.#timestamp;
    }
    const payload = Buffer.alloc(4);
    payload.writeUInt8(keys.indexOf(pressed.key), 0);
    payload.writeUInt8(10 | (pressed.packet < this.#keyPackets ? 0 : 0x80), 1);
    payload.writeUInt16BE(packetSamples * Math.min(pressed.packet + 1, this.#keyPackets), 2);
    const after = this.#habits.endsAdvance === true ? Math.max(0, pressed.packet - this.#keyPackets) : 0;
    return this.#packet(telephoneEvents, (pressed.timestamp + after * packetSamples) % 2 ** 32, payload);
  }

  #packet(payloadType: number, timestamp: number, payload: Uint8Array): PhonePacket {
    return { payloadType, timestamp, ofEvents: payloadType === telephoneEvents, payload };
  }

  #voice(): Int16Array {
    const at = this.#timestamp % sampleRate;
    return this.#tone.slice(at, at + packetSamples);
  }

  #keyTone(key: string): Int16Array {
    const row = keypad.findIndex((line) => line.includes(key));
    const [low, high] = [rows[row] ?? 0, columns[keypad[row]?.indexOf(key) ?? 0] ?? 0];
    return Int16Array.from({ length: packetSamples }, (_, at) => {
      const angle = (2 * Math.PI * (this.#timestamp + at)) / sampleRate;
      return Math.round(6_000 * (Math.sin(low * angle) + Math.sin(high * angle)));
    });
  }
}
