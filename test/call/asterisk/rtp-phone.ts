import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseRtp, parseTelephoneEvent } from '../../calls/harness/rtp.js';
import { decodeUlaw } from '../../support/audio/g711.js';
import { until } from '../../support/until.js';
import {
  type KeyHabits,
  KeyStream,
  type PhonePacket,
  packetMs,
  sampleRate,
  telephoneEvents,
} from './key-stream.js';

const address = '127.0.0.1';

type Heard = { readonly atMs: number; readonly samples: Int16Array };

/** How a phone differs from one that keeps to the standards. */
export type PhoneHabits = KeyHabits & {
  /** Its SDP offers no telephone-event. */
  readonly offersNoEvents?: boolean;
};

/** What a phone says of its media in SDP when it puts the other side on hold, and when it takes it back. */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'inactive' | 'zero-address';

/**
 * A telephone that speaks a tone without a pause, for tests that ask who hears whom: each phone has its own
 * pitch, and a tone is found in a conversation more surely than a voice. It knows as much of SIP (RFC 3261)
 * as one call needs.
 */
export class RtpPhone {
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #switchPort: number;
  readonly #number: string;
  readonly #habits: PhoneHabits;
  readonly #callId = `${process.hrtime.bigint()}@phone`;
  readonly #heard: Heard[] = [];
  readonly #stream: KeyStream;
  /** Keys that came to this phone as telephone events. */
  readonly keysHeard: string[] = [];
  /** True when the switch has agreed to telephone events. */
  maySendEvents = false;
  #mediaPort: number | undefined;
  #toTag = '';
  #sequence = 0;
  #cseq = 1;
  /** The CSeq of the last INVITE that was answered. */
  #answered = 0;
  #ssrc: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  private constructor(
    sip: Socket,
    rtp: Socket,
    switchPort: number,
    number: string,
    hertz: number,
    habits: PhoneHabits,
  ) {
    this.#sip = sip;
    this.#rtp = rtp;
    this.#switchPort = switchPort;
    this.#number = number;
    this.#habits = habits;
    this.#ssrc = Number(number) + 1;
    this.#stream = new KeyStream(hertz, habits);
    sip.on('message', (bytes) => this.#sipMessage(bytes.toString('latin1')));
    rtp.on('message', (bytes) => this.#media(bytes));
  }

  /** Calls `number` and resolves when it is answered; from then on it speaks a tone of so many hertz. */
  static async dial(
    switchPort: number,
    number: string,
    hertz: number,
    habits: PhoneHabits = {},
  ): Promise<RtpPhone> {
    const phone = new RtpPhone(await boundSocket(), await boundSocket(), switchPort, number, hertz, habits);
    try {
      await phone.#invite('sendrecv');
    } catch (cause) {
      phone.hangUp();
      throw cause;
    }
    phone.#timer = setInterval(() => phone.#speak(), packetMs);
    return phone;
  }

  /** Offers its media anew (re-INVITE), and resolves when that is answered. */
  async offers(direction: MediaDirection): Promise<void> {
    this.#cseq += 1;
    await this.#invite(direction);
  }

  /** Sends a key in a SIP message (INFO, application/dtmf-relay). */
  sendInfo(key: string): void {
    this.#cseq += 1;
    const body = `Signal=${key}\r\nDuration=100\r\n`;
    this.#send(this.#request('INFO', this.#cseq, body, 'application/dtmf-relay'));
  }

  /** The port of Asterisk's that this phone's media goes to. */
  get mediaPort(): number {
    return this.#mediaPort ?? 0;
  }

  /** The timestamp of the next packet. */
  get timestamp(): number {
    return this.#stream.timestamp;
  }

  /** From now on its timestamps go on from here; with `newSource`, as another source (SSRC). */
  jumpTo(timestamp: number, { newSource = false } = {}): void {
    this.#stream.jumpTo(timestamp);
    this.#ssrc += newSource ? 1 : 0;
  }

  /** True while keys are pressed that have not left. */
  get isPressing(): boolean {
    return this.#stream.isPressing;
  }

  /** True when the call is over, whoever ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  hangUp(): void {
    if (!this.#isOver) {
      this.#cseq += 1;
      this.#send(this.#request('BYE', this.#cseq));
    }
    this.close();
  }

  /** Ends the phone without a word. */
  close(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      clearInterval(this.#timer);
      // The answer to a BYE is still received.
      setTimeout(() => {
        this.#sip.close();
        this.#rtp.close();
      }, 200);
    }
  }

  /** Sends nothing any more, as a phone that lost its network; the call is not ended. */
  falls(): void {
    clearInterval(this.#timer);
  }

  /** Presses keys one after the other, each for 100 ms; the tone goes on before and after each. */
  press(pressed: string): void {
    this.#stream.press(pressed);
  }

  /** How loud a pitch was in what this phone heard in the last `ms`: an amplitude, 8,000 as it was sent. */
  loudness(hertz: number, ms: number): number {
    const samples = this.#lastSamples(ms);
    let [real, imaginary] = [0, 0];
    samples.forEach((sample, at) => {
      const angle = (2 * Math.PI * hertz * at) / sampleRate;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    });
    return samples.length === 0 ? 0 : (2 * Math.hypot(real, imaginary)) / samples.length;
  }

  /** The greatest sample in what this phone heard in the last `ms`, whatever it was. */
  peak(ms: number): number {
    return this.#lastSamples(ms).reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  }

  #lastSamples(ms: number): readonly number[] {
    const sinceMs = performance.now() - ms;
    return this.#heard.filter(({ atMs }) => atMs >= sinceMs).flatMap(({ samples }) => [...samples]);
  }

  #sipMessage(message: string): void {
    const [first = ''] = message.split('\r\n');
    const cseq = Number(/^CSeq: (\d+) INVITE/im.exec(message)?.[1]);
    if (/^SIP\/2\.0 2/.test(first) && cseq > 0) {
      this.#toTag = /^To:.*;tag=([^\s;]+)/im.exec(message)?.[1] ?? '';
      this.#send(this.#request('ACK', cseq));
      this.#answered = cseq;
      this.maySendEvents = /^a=rtpmap:\d+ telephone-event/m.test(message);
      this.#mediaPort = Number(/^m=audio (\d+)/m.exec(message)?.[1]);
    } else if (/^INVITE /.test(first)) {
      this.#accept(message, this.#offer('sendrecv'));
    } else if (/^(?:BYE|CANCEL) /.test(first)) {
      this.#accept(message, '');
      this.close();
    }
  }

  #accept(request: string, body: string): void {
    const { port } = this.#sip.address();
    const echoed = request.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/i.test(line));
    this.#send(
      [
        'SIP/2.0 200 OK',
        ...echoed,
        `Contact: <sip:13800138000@${address}:${port}>`,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
  }

  #media(bytes: Buffer): void {
    const packet = parseRtp(bytes);
    if (packet?.payloadType === 0) {
      this.#heard.push({ atMs: performance.now(), samples: decodeUlaw(packet.payload) });
    } else if (packet?.payloadType === telephoneEvents) {
      this.keysHeard.push(parseTelephoneEvent(packet.payload)?.key ?? 'not a key');
    }
  }

  async #invite(direction: MediaDirection): Promise<void> {
    const cseq = this.#cseq;
    const invite = this.#request('INVITE', cseq, this.#offer(direction));
    const again = setInterval(() => this.#send(invite), 500);
    this.#send(invite);
    try {
      await until(() => this.#answered === cseq, `${this.#number} is answered`, 10_000);
    } finally {
      clearInterval(again);
    }
  }

  #speak(): void {
    for (const packet of this.#stream.next()) {
      const apart = packet.ofEvents && this.#habits.eventsApart === true ? 1_000 : 0;
      this.#rtp.send(rtpPacket(packet, this.#sequence, this.#ssrc + apart), this.#mediaPort, address);
      this.#sequence += 1;
    }
  }

  #offer(direction: MediaDirection): string {
    const { offersNoEvents = false } = this.#habits;
    const events = offersNoEvents ? '' : ` ${telephoneEvents}`;
    return [
      'v=0',
      `o=phone 1 ${this.#cseq} IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${direction === 'zero-address' ? '0.0.0.0' : address}`,
      't=0 0',
      `m=audio ${this.#rtp.address().port} RTP/AVP 0${events}`,
      'a=rtpmap:0 PCMU/8000',
      ...(offersNoEvents ? [] : [`a=rtpmap:${telephoneEvents} telephone-event/8000`]),
      'a=ptime:20',
      ...(direction === 'zero-address' ? [] : [`a=${direction}`]),
      '',
    ].join('\r\n');
  }

  #request(
    method: 'INVITE' | 'ACK' | 'BYE' | 'INFO',
    sequence: number,
    body = '',
    contentType = 'application/sdp',
  ): string {
    const { port } = this.#sip.address();
    const tag = this.#toTag === '' ? '' : `;tag=${this.#toTag}`;
    return [
      `${method} sip:${this.#number}@${address}:${this.#switchPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-${this.#callId.replace('@', '-')}-${method}-${sequence}`,
      'Max-Forwards: 70',
      `From: <sip:13800138000@${address}:${port}>;tag=phone`,
      `To: <sip:${this.#number}@${address}:${this.#switchPort}>${tag}`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:13800138000@${address}:${port}>`,
      ...(body === '' ? [] : [`Content-Type: ${contentType}`]),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
  }

  #send(message: string): void {
    this.#sip.send(message, this.#switchPort, address);
  }
}

/** Returns the packet as it travels (RFC 3550). */
export function rtpPacket(
  { payloadType, timestamp, payload }: PhonePacket,
  sequence: number,
  ssrc: number,
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}
