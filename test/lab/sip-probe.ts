import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** One SIP message on its way: its first line, and all of it. */
type Received = { readonly firstLine: string; readonly text: string };

/** A phone that knows just enough SIP to see what a switch does with a call. */
export class SipProbe {
  readonly #socket: Socket;
  readonly #sipPort: number;
  readonly #user: string;
  readonly #received: Received[] = [];

  private constructor(socket: Socket, sipPort: number, user: string) {
    this.#user = user;
    this.#socket = socket;
    this.#sipPort = sipPort;
    socket.on('message', (message) => {
      const text = message.toString('latin1');
      this.#received.push({ firstLine: text.split('\r\n')[0] ?? '', text });
    });
  }

  /** `address` is where it sends from, `user` who it says that it is. */
  static async open(
    sipPort: number,
    { address = '127.0.0.1', user = '13800138000' } = {},
  ): Promise<SipProbe> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new SipProbe(socket, sipPort, user);
  }

  /** The first lines of all that came, in order. */
  get heard(): readonly string[] {
    return this.#received.map(({ firstLine }) => firstLine);
  }

  /**
   * Sends a request to `user` (to nobody in particular when that is empty); returns its Call-ID. INVITE offers
   * telephone events and G.711. `from` stands in place of the probe's own From, as it is written; `headers` are
   * added as they are.
   */
  send(
    method: 'OPTIONS' | 'INVITE',
    user: string,
    { from, headers = [] }: { from?: string | undefined; headers?: readonly string[] } = {},
  ): string {
    const { port } = this.#socket.address();
    const callId = randomBytes(8).toString('hex');
    const sdp =
      method === 'OPTIONS'
        ? ''
        : [
            ...['v=0', 'o=probe 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
            ...[`m=audio ${port + 2} RTP/AVP 0 96`, 'a=rtpmap:96 telephone-event/8000', ''],
          ].join('\r\n');
    const uri = `sip:${user === '' ? '' : `${user}@`}127.0.0.1:${this.#sipPort}`;
    this.#write([
      `${method} ${uri} SIP/2.0`,
      ...this.#headers(callId, `<${uri}>`, `1 ${method}`, from),
      ...headers,
      ...(sdp === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${sdp.length}`,
      '',
      sdp,
    ]);
    return callId;
  }

  /**
   * Waits for a message whose first line matches, and acknowledges a final answer to an INVITE.
   * @throws Error with what came instead.
   */
  async hears(pattern: RegExp, withinMs = 5_000): Promise<string> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 20) {
      const found = this.#received.find(({ firstLine }) => pattern.test(firstLine));
      if (found !== undefined) {
        this.#acknowledge(found);
        return found.text;
      }
      await sleep(20);
    }
    throw new Error(`nothing like ${String(pattern)} came, but: ${this.heard.join(' | ')}`);
  }

  /** Ends a call that was picked up; `answer` is the 200 to its INVITE. */
  hangsUp(answer: string): void {
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(answer)?.[1]?.trim() ?? '';
    const { address, port } = this.#socket.address();
    this.#write([
      `BYE sip:127.0.0.1:${this.#sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${randomBytes(8).toString('hex')}`,
      ...['From', 'To', 'Call-ID'].map((name) => `${name}: ${header(name)}`),
      'CSeq: 2 BYE',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '',
      '',
    ]);
  }

  close(): void {
    this.#socket.close();
  }

  #acknowledge({ firstLine, text }: Received): void {
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
    if (/^SIP\/2.0 [2-6]/.test(firstLine) && header('CSeq') === '1 INVITE') {
      this.#write([
        `ACK sip:127.0.0.1:${this.#sipPort} SIP/2.0`,
        ...this.#headers(header('Call-ID'), header('To'), '1 ACK'),
        'Content-Length: 0',
        '',
        '',
      ]);
    } else if (firstLine.startsWith('BYE')) {
      const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(name)}`);
      this.#write(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', '']);
    }
  }

  #headers(callId: string, to: string, cseq: string, from?: string): string[] {
    const { address, port } = this.#socket.address();
    return [
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${callId}${cseq.startsWith('1 ACK') ? 'a' : ''}`,
      `From: ${from ?? `<sip:${this.#user}@${address}>`};tag=${callId}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq}`,
      `Contact: <sip:probe@${address}:${port}>`,
      'Max-Forwards: 70',
    ];
  }

  #write(lines: readonly string[]): void {
    this.#socket.send(lines.join('\r\n'), this.#sipPort, '127.0.0.1');
  }
}
