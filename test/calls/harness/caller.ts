/**
 * A caller of the lab's service number: dials, listens, presses keys, hangs up. The phone is SIPp, the keys
 * are RFC 4733, and what is heard is compared with the prompts, sample by sample.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Language, Pace, Speech, Utterance } from '../../../src/dialogue/line.js';
import type { ExpectedSound } from '../../support/audio/compare-sound.js';
import { decodeAlaw, decodeUlaw } from '../../support/audio/g711.js';
import { CallerVoice } from './caller-voice.js';
import { findExactly } from './exact-lines.js';
import { type ExpectedLine, type HeardLines, hearLines } from './heard-lines.js';
import { HeardTrack } from './heard-track.js';
import type { CapturedPacket, PacketCapture } from './packet-capture.js';
import { type Codec, parseRtp, parseTelephoneEvent, type RtpPacket, telephoneEventPayload } from './rtp.js';
import type { PhoneEvent, SippPhones } from './sipp-phones.js';
import { isTone, toneMs } from './tones.js';

/** The recordings of a speech, as the switch plays them. */
type PromptSounds = (speech: Speech, codec: Codec) => readonly ExpectedSound[];

/** One thing that is said: the name of a prompt, or a prompt with values or in another language. */
export type Said = string | Utterance;

/** What a caller needs of the lab. */
export type CallersWorld = {
  readonly phones: SippPhones;
  readonly capture: PacketCapture;
  readonly sounds: PromptSounds;
  readonly serviceNumber: string;
};

/** Who calls; `language` is the one that the caller expects to be spoken to in. */
export type CallerIdentity = {
  readonly from: string;
  readonly language?: Language | undefined;
  /** The number that is dialled, when it is not the service's. */
  readonly to?: string | undefined;
  /** PCMU when not given. */
  readonly codec?: Codec | undefined;
};

/** How long a caller waits for what should happen at once. */
const patienceMs = 6_000;
/** Silence on the wire after which a line is certainly over. */
const lineOverMs = 600;
const answerWithinMs = 5_000;
const samplesPerMs = 8;
/** SIPp's key presses begin with 0.4 s of filler. */
export const keyFillerMs = 400;
const keyToneMs = 100;
const packetMs = 20;
/** So much of a line is enough to tell it from others. */
const recognisedAfterMs = 500;
/** A place in the track is known to this much only, so a little of what was judged is kept. */
const jitterMs = 20;

/** Where a line was on the wire, in Unix milliseconds. */
type HeardLine = { readonly beganAtMs: number; readonly endedAtMs: number };

type KeyEnd = { readonly key: string; readonly atMs: number; readonly timestamp: number };

/** Starts a call and resolves when it is answered. */
export async function dial(world: CallersWorld, identity: CallerIdentity): Promise<Caller> {
  const caller = new Caller(world, identity, false);
  await caller.becomes('answered', answerWithinMs);
  return caller;
}

/** Starts a call that the switch should refuse, and resolves when it did. */
export async function dialInVain(world: CallersWorld, identity: CallerIdentity): Promise<void> {
  const caller = new Caller(world, identity, false);
  await caller.becomes('refused', answerWithinMs);
}

/** Starts a call and gives it up before it can be answered (CANCEL on the heels of the INVITE). */
export async function dialAndCancel(world: CallersWorld, identity: CallerIdentity): Promise<void> {
  const caller = new Caller(world, identity, true);
  await caller.becomesOneOf(['refused', 'hung-up'], answerWithinMs);
}

/** One call, seen from the phone. */
export class Caller {
  readonly #world: CallersWorld;
  readonly #identity: CallerIdentity;
  readonly #callId: string;
  /** All that was heard, and what of it was no agent's tone. */
  readonly #all = new HeardTrack();
  readonly #track = new HeardTrack();
  readonly #agentsHz = new Set<number>();
  readonly #events: PhoneEvent['event'][] = [];
  readonly #keyEnds: KeyEnd[] = [];
  readonly #latenciesMs: number[] = [];
  #voice: CallerVoice | undefined;
  #port = 0;
  #checkpoint = 0;
  #lines: ExpectedLine[] = [];
  #keysOrdered = 0;
  #heardSinceKeys = true;
  #keysFreeAtMs = 0;
  #answeredAtMs: number | undefined;
  #lastLine: HeardLine | undefined;
  language: Language;
  /** How fast the caller expects to be spoken to. */
  pace: Pace = 'normal';

  constructor(world: CallersWorld, identity: CallerIdentity, cancelAtOnce: boolean) {
    this.#world = world;
    this.#identity = identity;
    this.language = identity.language ?? 'en';
    this.#callId = world.phones.call(
      {
        from: identity.from,
        to: identity.to ?? world.serviceNumber,
        codec: identity.codec ?? 0,
        cancelAtOnce,
      },
      (event) => this.#happened(event),
    );
  }

  /** Milliseconds from the end of the last key of an answer to the first packet of what was said next. */
  get latenciesMs(): readonly number[] {
    return this.#latenciesMs;
  }

  /** When the call was answered, in Unix milliseconds. */
  get answeredAtMs(): number {
    assert.ok(this.#answeredAtMs !== undefined, `${this.#who} was not answered`);
    return this.#answeredAtMs;
  }

  /** When the last key ended on the wire, in Unix milliseconds. */
  get lastKeyEndedAtMs(): number {
    const last = this.#keyEnds.at(-1);
    assert.ok(last !== undefined, `${this.#who} pressed no key`);
    return last.atMs;
  }

  /** When the line that was heard whole last began and ended on the wire. */
  get lastLine(): HeardLine {
    assert.ok(this.#lastLine !== undefined, `${this.#who} heard no line whole`);
    return this.#lastLine;
  }

  /** RTP packets that were missing or out of order. */
  get lostPackets(): number {
    return this.#track.lostPackets;
  }

  /** What was heard so far, for the message of a test that failed. */
  get report(): string {
    return `${this.#track.summary}; keys ${this.keysSent}; ${this.#events.join(', ')}`;
  }

  /** Keys whose end was seen on the wire, in order. */
  get keysSent(): string {
    return this.#keyEnds.map(({ key }) => key).join('');
  }

  /** Hears these prompts whole, one after the other and nothing else; `withinMs` for the first to begin. */
  async hears(said: Said | readonly Said[], { withinMs = patienceMs } = {}): Promise<void> {
    await this.#expect(said, 'be-whole', withinMs);
  }

  /** Hears these prompts begin; a key may cut them short. Resolves as soon as they are recognised. */
  async hearsBeginningOf(said: Said | readonly Said[], { withinMs = patienceMs } = {}): Promise<void> {
    await this.#expect(said, 'begin', withinMs);
  }

  /** Before the next line that is expected, this one may begin, or not: keys were typed ahead of it. */
  mightHear(said: readonly Said[]): void {
    const sounds = this.#soundsOf(said.map(asUtterance));
    this.#lines.push({ sounds, must: 'may-begin' });
  }

  /** Presses keys one after the other, and resolves when the last has ended on the wire. */
  async presses(keys: string): Promise<void> {
    const freeInMs = this.#keysFreeAtMs - performance.now();
    if (freeInMs > 0) {
      await pause(freeInMs);
    }
    this.#keysOrdered += keys.length;
    this.#heardSinceKeys = false;
    const takesMs = keyFillerMs + keyToneMs + keys.length * 2 * keyToneMs;
    this.#keysFreeAtMs = performance.now() + takesMs + keyToneMs;
    if (this.isOver) {
      throw new Error(`${this.#who} cannot press ${keys.length} keys: the call is over; ${this.report}`);
    }
    this.#world.phones.press(this.#callId, keys, keyToneMs);
    await this.#until(() => this.#keyEnds.length >= this.#keysOrdered || this.isOver, takesMs + 2_000);
    const sent = this.keysSent.slice(-keys.length);
    assert.ok(sent === keys || this.isOver, 'SIPp did not send the keys it was told to press');
  }

  /** Presses keys while a call may end under them: resolves at once, and nothing is checked. */
  pressesBlindly(keys: string): void {
    this.#keysOrdered += keys.length;
    this.#world.phones.press(this.#callId, keys, keyToneMs);
  }

  /** Sounds a tone from now on, so that whoever is connected can be told by it; it pauses for keys. */
  sounds(hz: number): void {
    this.#voice?.sound(hz);
  }

  /** Sounds the tones of keys in the audio, one after the other, and nothing else from now on. */
  async soundsKeys(keys: string): Promise<void> {
    this.#voice?.fallSilent();
    for (const key of keys) {
      this.#voice?.soundKey(key, keyToneMs);
      await pause(2 * keyToneMs);
    }
  }

  /** Hears an agent's tone for a while, from now on. From now on it is not taken for a part of what is said. */
  async hearsTone(hz: number, { withinMs = patienceMs, forMs = 300 } = {}): Promise<void> {
    const from = this.#all.length;
    const heardMs = () => toneMs(this.#all.from(from), hz);
    await this.#until(() => heardMs() >= forMs || this.isOver, withinMs);
    assert.ok(heardMs() >= forMs, `${this.#who} should hear a tone of ${hz} Hz; ${this.report}`);
    if (!this.#agentsHz.has(hz)) {
      this.#agentsHz.add(hz);
      this.#checkpoint = this.#track.length;
      this.#lines = [];
    }
  }

  /** Milliseconds of this tone in what was heard from a place in `heard` on. */
  toneSince(sample: number, hz: number): number {
    return toneMs(this.#all.from(sample), hz);
  }

  /** All that was heard, tones too. */
  get heard(): HeardTrack {
    return this.#all;
  }

  /** Does nothing for a while, and hears nothing either. */
  async hearsNothingFor(ms: number): Promise<void> {
    const before = this.#track.length;
    await pause(ms);
    const heardMs = (this.#track.length - before) / samplesPerMs;
    assert.ok(heardMs < 60, `${this.#who} heard ${heardMs} ms of sound where there should be silence`);
  }

  /** Hangs up, and resolves when the switch has agreed. */
  async hangsUp(): Promise<void> {
    if (!this.isOver) {
      this.#world.phones.hangUp(this.#callId);
    }
    await this.becomesOneOf(['hung-up', 'hung-up-on'], patienceMs);
  }

  /** The service says nothing more and hangs up. */
  async isHungUpOn({ withinMs = patienceMs } = {}): Promise<void> {
    await this.becomes('hung-up-on', withinMs);
    await pause(50);
    const { problems } = hearLines(this.#track.from(this.#checkpoint), this.#lines);
    assert.deepEqual(problems, [], `${this.#who} heard something else before the end; ${this.report}`);
  }

  /** The call is ended by the switch, whatever was heard before. */
  async isOverSoon(): Promise<void> {
    await this.becomes('hung-up-on', patienceMs);
  }

  /** True when the call is over, whoever ended it. */
  get isOver(): boolean {
    return this.#events.some((event) => event !== 'calling' && event !== 'answered');
  }

  async becomes(event: PhoneEvent['event'], withinMs: number): Promise<void> {
    await this.becomesOneOf([event], withinMs);
  }

  async becomesOneOf(events: readonly PhoneEvent['event'][], withinMs: number): Promise<void> {
    const happened = () => events.some((event) => this.#events.includes(event));
    await this.#until(() => happened() || this.isOver, withinMs);
    assert.ok(
      happened(),
      `${this.#who} should be ${events.join(' or ')} within ${withinMs} ms, but was ${this.#events.join(', ')}; ` +
        `SIPp: ${this.#world.phones.errors()}`,
    );
  }

  async #expect(said: Said | readonly Said[], must: 'be-whole' | 'begin', withinMs: number): Promise<void> {
    const utterances = (isList(said) ? said : [said]).map(asUtterance);
    const sounds = this.#soundsOf(utterances);
    this.#lines.push({ sounds, must });
    const wantedMs =
      must === 'be-whole'
        ? sounds.reduce((sum, { samples }) => sum + samples.length / samplesPerMs, 0)
        : recognisedAfterMs;
    const heard = await this.#listen(wantedMs, withinMs);
    assert.deepEqual(
      heard.problems,
      [],
      `${this.#who} should hear ${utterances.map(({ prompt }) => prompt).join(', ')} (${this.language}); ${this.report}`,
    );
    this.#measure(heard);
    // What has been judged is not judged again.
    if (must === 'be-whole') {
      this.#lastLine = this.#whereOnTheWire(heard);
      this.#checkpoint += Math.max(0, heard.endMs - jitterMs) * samplesPerMs;
      this.#lines = [];
    } else {
      this.#checkpoint += Math.max(0, (heard.lastBeganMs ?? 0) - jitterMs) * samplesPerMs;
      this.#lines = this.#lines.slice(-1);
    }
  }

  /** Listens until all that is expected was heard, or it is certain that it was not. */
  async #listen(wantedMs: number, withinMs: number): Promise<HeardLines> {
    const startedMs = performance.now();
    const keyMs = this.#keyEnds.at(-1)?.atMs ?? 0;
    const heardBeforeMs = this.#track.speechSince(keyMs);
    const waitingMs = (this.#track.length - this.#checkpoint) / samplesPerMs;
    const alreadyMs = this.#heardSinceKeys ? waitingMs : heardBeforeMs;
    let wasIdle = false;
    for (;;) {
      const heardMs = alreadyMs + this.#track.speechSince(keyMs) - heardBeforeMs;
      const isIdle = Date.now() - (this.#track.lastAtMs ?? 0) > lineOverMs;
      const waitedMs = performance.now() - startedMs;
      // Seen twice: after a long pause of our own what was heard meanwhile may still be on its way to us.
      const mustEnd =
        (isIdle && wasIdle && waitedMs > withinMs) || waitedMs > withinMs + wantedMs + 3_000 || this.isOver;
      if (heardMs >= wantedMs - 20 || mustEnd) {
        const track = this.#track.from(this.#checkpoint);
        const heard =
          findExactly(track, this.#lines) ?? (mustEnd ? hearLines(track, this.#lines) : undefined);
        if (heard !== undefined) {
          return heard;
        }
      }
      wasIdle = isIdle;
      await pause(20);
    }
  }

  #whereOnTheWire({ lastBeganMs, endMs }: HeardLines): HeardLine | undefined {
    const arrival = (ms: number) => this.#track.arrivalNear(this.#checkpoint + ms * samplesPerMs);
    const beganAtMs = lastBeganMs === undefined ? undefined : arrival(lastBeganMs);
    const lastPacketAtMs = arrival(endMs - packetMs);
    return beganAtMs === undefined || lastPacketAtMs === undefined
      ? undefined
      : { beganAtMs, endedAtMs: lastPacketAtMs + packetMs };
  }

  #happened(event: PhoneEvent): void {
    this.#events.push(event.event);
    if (event.event === 'answered') {
      this.#answeredAtMs = Date.now();
    }
    if (event.event === 'calling') {
      this.#port = event.rtpPort;
      this.#voice = new CallerVoice(this.#port, this.#codec, () => performance.now() <= this.#keysFreeAtMs);
      this.#world.capture.listen(this.#port, (packet) => this.#overhears(packet));
    } else if (this.isOver) {
      this.#voice?.fallSilent();
      // What was already on its way is still heard.
      const { capture } = this.#world;
      setTimeout(() => {
        this.#voice?.close();
        capture.ignore(this.#port);
      }, 1_000).unref();
    }
  }

  #overhears({ atMs, direction, bytes }: CapturedPacket): void {
    const packet = parseRtp(bytes);
    if (packet === undefined) {
      return;
    }
    if (direction === 'to-phone') {
      this.#all.add(packet, atMs);
      if (this.#isAgentsTone(packet)) {
        this.#track.skip(packet);
      } else {
        this.#track.add(packet, atMs);
      }
      return;
    }
    const event =
      packet.payloadType === telephoneEventPayload ? parseTelephoneEvent(packet.payload) : undefined;
    if (event?.ended === true) {
      // RFC 4733 section 2.5.1.4: the end is sent three times; the first is the time the key ended.
      const last = this.#keyEnds.at(-1);
      if (last === undefined || last.timestamp !== packet.timestamp || atMs - last.atMs > keyToneMs) {
        this.#keyEnds.push({ key: event.key, atMs, timestamp: packet.timestamp });
      }
    }
  }

  #isAgentsTone({ payload }: RtpPacket): boolean {
    const samples = this.#codec === 0 ? decodeUlaw(payload) : decodeAlaw(payload);
    return [...this.#agentsHz].some((hz) => isTone(samples, hz));
  }

  async #until(isSo: () => boolean, withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (!isSo() && performance.now() < until) {
      await pause(5);
      if (this.#voice?.fault !== undefined) {
        throw new Error(`${this.#who} has no port to hear on`, { cause: this.#voice.fault });
      }
    }
  }

  #soundsOf(utterances: readonly Utterance[]): readonly ExpectedSound[] {
    return this.#world.sounds({ language: this.language, pace: this.pace, utterances }, this.#codec);
  }

  get #codec(): Codec {
    return this.#identity.codec ?? 0;
  }

  get #who(): string {
    return `the caller ${this.#identity.from}`;
  }

  #measure({ lastBeganMs }: HeardLines): void {
    const keyEnd = this.#keyEnds.at(-1);
    if (this.#heardSinceKeys || keyEnd === undefined) {
      return;
    }
    this.#heardSinceKeys = true;
    const arrivedMs =
      lastBeganMs === undefined
        ? undefined
        : this.#track.arrivalNear(this.#checkpoint + lastBeganMs * samplesPerMs);
    if (arrivedMs !== undefined) {
      this.#latenciesMs.push(arrivedMs - keyEnd.atMs);
    }
  }
}

function isList(said: Said | readonly Said[]): said is readonly Said[] {
  return Array.isArray(said);
}

/** Returns what is said in full. */
export function asUtterance(said: Said): Utterance {
  return typeof said === 'string' ? { prompt: said } : said;
}
