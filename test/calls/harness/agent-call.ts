/** One call at an agent's phone: what happened to it, what was heard, and what the agent does. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { compareSound, type ExpectedSound } from '../../support/audio/compare-sound.js';
import { isSilent } from '../../support/audio/fit-at.js';
import { HeardTrack } from './heard-track.js';
import { labWait } from './lab-wait.js';
import type { PacketCapture } from './packet-capture.js';
import { parseRtp, parseTelephoneEvent } from './rtp.js';
import { keyTonesIn, toneMs } from './tones.js';

export type AgentCallOptions = {
  /** The agent's number. */
  readonly agent: string;
  /** The tone that this phone sounds all the time. */
  readonly toneHz: number;
  readonly callId: string;
  /** The SIP message that began it. */
  readonly invite: string;
  readonly capture: PacketCapture;
  /** Gives the phone an order of baresip's. */
  readonly order: (command: string, parameters?: string) => void;
};

/** Longer than a key of baresip's, which has no length of its own: the next one ends it. */
const keyMs = 150;
const comparedEveryMs = 500;
/** What the switch offers for telephone events (its own SDP). */
const telephoneEventPayload = 101;

/** One call of the queue's to an agent. */
export class AgentCall {
  readonly agent: string;
  readonly toneHz: number;
  readonly callId: string;
  /** The user part of the INVITE's From. */
  readonly callerNumber: string;
  readonly #options: AgentCallOptions;
  readonly #track = new HeardTrack();
  readonly #keysHeard: { readonly key: string; readonly timestamp: number }[] = [];
  readonly #events: string[] = [];
  #transfer: string | undefined;

  constructor(options: AgentCallOptions) {
    this.#options = options;
    this.agent = options.agent;
    this.toneHz = options.toneHz;
    this.callId = options.callId;
    this.callerNumber = /<sip:([^@>]*)@/.exec(this.header('From') ?? '')?.[1] ?? '';
  }

  /** A header of the INVITE. */
  header(name: string): string | undefined {
    return new RegExp(`^${name}: (.*?)\\r?$`, 'm').exec(this.#options.invite)?.[1];
  }

  get answered(): boolean {
    return this.#events.includes('CALL_ESTABLISHED');
  }

  get isOver(): boolean {
    return this.#events.includes('CALL_CLOSED') || this.#transfer !== undefined;
  }

  /** What the agent heard, all of it. */
  get heard(): HeardTrack {
    return this.#track;
  }

  /** Keys that came to the agent's phone as telephone events. */
  get keysHeard(): string {
    return this.#keysHeard.map(({ key }) => key).join('');
  }

  /** Keys whose tones are in what the agent heard from a place in `heard` on. */
  keyTonesSince(sample: number): string {
    return keyTonesIn(this.#track.from(sample));
  }

  /** For the message of a test that failed. */
  get report(): string {
    return `agent ${this.agent}: ${this.#events.join(', ')}; heard ${this.#track.summary}`;
  }

  /** Hears this tone for a while from now on. */
  async hearsTone(hz: number, { withinMs = 6_000, forMs = 300 } = {}): Promise<void> {
    const from = this.#track.length;
    const heard = () => toneMs(this.#track.from(from), hz) >= forMs;
    await labWait(`agent ${this.agent} to hear ${hz} Hz`, () => heard() || undefined, withinMs);
  }

  /** Hears so much of whatever it is, from now on. */
  async hearsSomething(ms: number, withinMs = ms + 4_000): Promise<void> {
    const from = this.#track.length;
    const enough = () => !isSilent(this.#track.from(from)) && this.#track.length - from >= ms * 8;
    await labWait(`agent ${this.agent} to hear something`, () => enough() || undefined, withinMs);
  }

  /** Has heard these recordings whole, one after the other, whatever else was heard from that place in `heard` on. */
  async hasHeard(sounds: readonly ExpectedSound[], sinceSample: number, withinMs = 10_000): Promise<void> {
    const names = sounds.map(({ name }) => name).join(', ');
    const heard = () =>
      compareSound(this.#track.from(sinceSample), sounds).sounds.every(({ atMs }) => atMs !== undefined);
    // To compare is work: not more often than it takes to say something.
    for (let waitedMs = 0; !heard(); waitedMs += comparedEveryMs) {
      assert.ok(waitedMs < withinMs, `agent ${this.agent} should hear ${names}; ${this.report}`);
      await pause(comparedEveryMs);
    }
  }

  /** Milliseconds of this tone in what was heard from a place in `heard` on. */
  toneSince(sample: number, hz: number): number {
    return toneMs(this.#track.from(sample), hz);
  }

  /** Keys the feature code, or anything else. */
  async presses(keys: string): Promise<void> {
    for (const key of keys) {
      this.#options.order('sndcode', key);
      await pause(keyMs);
    }
  }

  hangsUp(): void {
    this.#options.order('hangup');
  }

  /** Sends the caller elsewhere (REFER) and hangs up. Resolves to how that went, e.g. "200 OK" or "404 Not Found". */
  async transfersTo(number: string): Promise<string> {
    this.#options.order('transfer', `sip:${number}@127.0.0.1`);
    return labWait('the transfer to be answered', () => this.#transfer);
  }

  /** Waits until the phone is free of this call. */
  async isFreed(withinMs = 10_000): Promise<void> {
    await labWait(`agent ${this.agent} to be freed`, () => this.isOver || undefined, withinMs);
  }

  /** Still up: not hung up by anybody. */
  isStillUp(): void {
    assert.ok(this.answered && !this.isOver, `agent ${this.agent} should be in the call; ${this.report}`);
  }

  /** Told by the phone. */
  happened(event: string, detail: string): void {
    this.#events.push(event);
    if (event === 'TRANSFER_FAILED') {
      this.#transfer = detail;
    } else if (event === 'CALL_CLOSED' && /transfered/.test(detail)) {
      this.#transfer = '200 OK';
    }
  }

  /** A SIP message of this call was seen. The phone's answer tells where it hears. */
  heardSip(message: string): void {
    if (/^SIP\/2\.0 200 [\s\S]*^CSeq: \d+ INVITE/m.test(message)) {
      const port = Number(/^m=audio (\d+)/m.exec(message)?.[1]);
      this.#options.capture.listen(port, ({ atMs, direction, bytes }) => {
        const packet = direction === 'to-phone' ? parseRtp(bytes) : undefined;
        const event =
          packet?.payloadType === telephoneEventPayload ? parseTelephoneEvent(packet.payload) : undefined;
        if (packet === undefined) {
          return;
        }
        this.#track.add(packet, atMs);
        // Its end is sent three times.
        if (event?.ended === true && this.#keysHeard.at(-1)?.timestamp !== packet.timestamp) {
          this.#keysHeard.push({ key: event.key, timestamp: packet.timestamp });
        }
      });
    }
  }
}
