import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseRtp, parseTelephoneEvent } from '../../calls/harness/rtp.js';
import { decodeUlaw, encodeUlaw } from '../../support/audio/g711.js';
import { until } from '../../support/until.js';

const packetMs = 20;
const packetSamples = 160;
const sampleRate = 8_000;
const telephoneEvents = 101;
const keys = '0123456789*#';
const address = '127.0.0.1';

type Heard = { readonly atMs: number; readonly samples: Int16Array };

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
  readonly #callId = `${process.hrtime.bigint()}@phone`;
  readonly #heard: Heard[] = [];
  readonly #tones: Int16Array;
  /** Keys that came to this phone as telephone events. */
  readonly keysHeard: string[] = [];
  #mediaPort: number | undefined;
  #toTag = '';
  #sequence = 0;
  #timestamp = 0;
  #keysToSend: { key: string; packet: number; timestamp: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  private constructor(sip: Socket, rtp: Socket, switchPort: number, number: string, hertz: number) {
    this.#sip = sip;
    this.#rtp = rtp;
    this.#switchPort = switchPort;
    this.#number = number;
    // One second of it: every whole number of hertz repeats then.
    this.#tones = Int16Array.from({ length: sampleRate }, (_, at) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / sampleRate)),
    );
    sip.on('message', (bytes) => this.#sipMessage(bytes.toString('latin1')));
    rtp.on('message', (bytes) => this.#media(bytes));
  }

  /** Calls `number` and resolves when it is answered; from then on it speaks a tone of so many hertz. */
  static async dial(switchPort: number, number: string, hertz: number): Promise<RtpPhone> {
    const phone = new RtpPhone(await boundSocket(), await boundSocket(), switchPort, number, hertz);
    const invite = phone.#request('INVITE', 1, phone.#offer());
    const again = setInterval(() => phone.#send(invite), 500);
    phone.#send(invite);
    try {
      await until(() => phone.#mediaPort !== undefined, `${number} is answered`, 10_000);
    } catch (cause) {
      phone.hangUp();
      throw cause;
    } finally {
      clearInterval(again);
    }
    phone.#timer = setInterval(() => phone.#speak(), packetMs);
    return phone;
  }

  /** True when the call is over, whoever ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  hangUp(): void {
    if (!this.#isOver) {
      this.#send(this.#request('BYE', 2));
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
    this.#keysToSend.push(...Array.from(pressed, (key) => ({ key, packet: 0, timestamp: 0 })));
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
    if (/^SIP\/2\.0 2/.test(first) && /CSeq: 1 INVITE/i.test(message)) {
      this.#toTag = /^To:.*;tag=([^\s;]+)/im.exec(message)?.[1] ?? '';
      this.#send(this.#request('ACK', 1));
      this.#mediaPort = Number(/^m=audio (\d+)/m.exec(message)?.[1]);
    } else if (/^(?:BYE|CANCEL) /.test(first)) {
      const echoed = message.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/i.test(line));
      this.#send(['SIP/2.0 200 OK', ...echoed, 'Content-Length: 0', '', ''].join('\r\n'));
      this.close();
    }
  }

  #media(bytes: Buffer): void {
    const packet = parseRtp(bytes);
    if (packet?.payloadType === 0) {
      this.#heard.push({ atMs: performance.now(), samples: decodeUlaw(packet.payload) });
    } else if (packet?.payloadType === telephoneEvents) {
      this.keysHeard.push(parseTelephoneEvent(packet.payload)?.key ?? 'not a key');
    }
  }

  /** One packet: of the key that is being pressed, or of the tone. */
  #speak(): void {
    const [pressed] = this.#keysToSend;
    if (pressed === undefined || pressed.packet < 0) {
      const at = this.#timestamp % sampleRate;
      this.#sendRtp(0, this.#timestamp, encodeUlaw(this.#tones.slice(at, at + packetSamples)));
    } else {
      this.#sendKey(pressed);
    }
    if (pressed !== undefined) {
      pressed.packet += 1;
      if (pressed.packet === 8) {
        this.#keysToSend.shift();
        // The pause between two keys.
        const [next] = this.#keysToSend;
        if (next !== undefined) {
          next.packet = -5;
        }
      }
    }
    this.#timestamp += packetSamples;
  }

  /** RFC 4733: five packets of a key that lasts, then its end three times. */
  #sendKey(pressed: { readonly key: string; readonly packet: number; timestamp: number }): void {
    if (pressed.packet === 0) {
      pressed.timestamp = this.#timestamp;
    }
    const payload = Buffer.alloc(4);
    payload.writeUInt8(keys.indexOf(pressed.key), 0);
    payload.writeUInt8(10 | (pressed.packet < 5 ? 0 : 0x80), 1);
    payload.writeUInt16BE(packetSamples * Math.min(pressed.packet + 1, 5), 2);
    this.#sendRtp(telephoneEvents, pressed.timestamp, payload);
  }

  #sendRtp(payloadType: number, timestamp: number, payload: Uint8Array): void {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(payloadType, 1);
    header.writeUInt16BE(this.#sequence & 0xffff, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(Number(this.#number) + 1, 8);
    this.#sequence += 1;
    this.#rtp.send(Buffer.concat([header, payload]), this.#mediaPort, address);
  }

  #offer(): string {
    return [
      'v=0',
      `o=phone 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${this.#rtp.address().port} RTP/AVP 0 ${telephoneEvents}`,
      'a=rtpmap:0 PCMU/8000',
      `a=rtpmap:${telephoneEvents} telephone-event/8000`,
      'a=ptime:20',
      '',
    ].join('\r\n');
  }

  #request(method: 'INVITE' | 'ACK' | 'BYE', sequence: number, body = ''): string {
    const { port } = this.#sip.address();
    const tag = this.#toTag === '' ? '' : `;tag=${this.#toTag}`;
    return [
      `${method} sip:${this.#number}@${address}:${this.#switchPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-${this.#callId.replace('@', '-')}-${method}`,
      'Max-Forwards: 70',
      `From: <sip:13800138000@${address}:${port}>;tag=phone`,
      `To: <sip:${this.#number}@${address}:${this.#switchPort}>${tag}`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:13800138000@${address}:${port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
  }

  #send(message: string): void {
    this.#sip.send(message, this.#switchPort, address);
  }
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}
