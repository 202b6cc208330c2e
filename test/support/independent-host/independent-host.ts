import { randomBytes } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { ecbMac, keyDownload, pinIn } from './host-cryptography.js';
import type { WireFields, WireMessage } from './wire.js';
import { cutFrames, frameOf, readFrame, writeBody } from './wire.js';

/** What came, and over which connection. */
export type HostRequest = WireMessage & { readonly kind: RequestKind; readonly socket: Socket };
export type RequestKind = 'sign-in' | 'echo' | 'balance' | 'purchase' | 'reversal' | 'other';

/** How an answer differs from an ordinary one. */
export type Reply = {
  readonly mti?: string;
  /** Added to what an answer holds; `undefined` leaves a field out, a `Buffer` is written as it is. */
  readonly fields?: WireFields;
  /** Field 64: right (the default), none, or eight bytes of no meaning. */
  readonly mac?: 'right' | 'none' | 'wrong';
  /** The first byte of the TPDU; 60 hexadecimal by default. */
  readonly tpduId?: number;
  readonly delayMs?: number;
};

export type Answerer = (request: HostRequest) => Reply | 'silence' | Buffer;

type Keys = { readonly pinKey: Buffer; readonly macKey: Buffer };

/** Twelve digits a host of its own gives: nothing that our side could have thought of. */
const firstReference = 704_112_000_000;

/**
 * A bank host that is not the simulator, and answers as a test says. Unless told otherwise it signs terminals
 * in with new keys, approves purchases, acknowledges reversals, and assigns field 37 as UnionPay's hosts do.
 */
export class IndependentHost {
  /** Everything that came, in order; keep-alives are not messages. */
  readonly received: HostRequest[] = [];
  /** Why a frame of ours could not be read, if one could not. */
  readonly faults: string[] = [];
  connections = 0;
  keepAlives = 0;
  readonly #masterKey: Buffer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #keys = new Map<string, Keys>();
  readonly #answerers = new Map<RequestKind, Answerer>();
  readonly #once = new Map<RequestKind, Answerer[]>();
  #references = firstReference;

  private constructor(masterKeyHex: string, tls: TlsOptions | undefined) {
    this.#masterKey = Buffer.from(masterKeyHex, 'hex');
    const serve = (socket: Socket): void => this.#serve(socket);
    this.#server =
      tls === undefined
        ? createServer({ noDelay: true }, serve)
        : createTlsServer({ noDelay: true, ...tls }, serve);
  }

  /** Starts a host on 127.0.0.1, with TLS when its options are given. Rejects when the port is taken. */
  static async start({
    masterKeyHex = 'CA5D92598DCA48CE8A4C76361A9269E9',
    port = 0,
    tls = undefined as TlsOptions | undefined,
  } = {}) {
    const host = new IndependentHost(masterKeyHex, tls);
    await new Promise<void>((resolve, reject) => {
      host.#server.once('error', reject);
      host.#server.listen(port, '127.0.0.1', resolve);
    });
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Answers every request of a kind so from now on. */
  on(kind: RequestKind, answerer: Answerer | Reply | 'silence' | Buffer): void {
    this.#answerers.set(kind, typeof answerer === 'function' ? answerer : () => answerer);
  }

  /** Answers the next request of a kind so; several calls make a queue. */
  once(kind: RequestKind, answerer: Answerer | Reply | 'silence' | Buffer): void {
    const queue = this.#once.get(kind) ?? [];
    queue.push(typeof answerer === 'function' ? answerer : () => answerer);
    this.#once.set(kind, queue);
  }

  /** What came of one kind. */
  of(kind: RequestKind): HostRequest[] {
    return this.received.filter((request) => request.kind === kind);
  }

  /** Answers a request now, whatever its script did; for late, second and stray answers. */
  reply(request: HostRequest, reply: Reply = {}): void {
    this.#write(request.socket, this.frame(request, reply), reply.delayMs);
  }

  /** Returns the frame of an answer without sending it. */
  frame(request: HostRequest, { mti, fields = {}, mac = 'right', tpduId = 0x60 }: Reply = {}): Buffer {
    const type =
      mti ??
      `${request.mti.slice(0, 2)}${request.mti === '0401' ? '10' : `${request.mti.charAt(2) === '2' ? '3' : '1'}0`}`;
    const header = Buffer.from(request.header);
    Buffer.from([tpduId, ...header.subarray(3, 5), ...header.subarray(1, 3)]).copy(header);
    const all = { ...this.#ordinaryFields(request), ...fields };
    const key = this.#keys.get(request.fields[41] ?? '')?.macKey;
    const unsigned = mac === 'none' || type.startsWith('08') || (mac === 'right' && key === undefined);
    const sign = (covered: Buffer): Buffer =>
      mac === 'wrong' || key === undefined ? randomBytes(8) : ecbMac(key, covered);
    return frameOf(header, writeBody(type, all, unsigned ? undefined : sign));
  }

  /** Sends bytes over every connection: keep-alives, garbage, half frames. */
  write(bytes: Buffer): void {
    for (const socket of this.#sockets) {
      this.#write(socket, bytes);
    }
  }

  /** Sends a message that nobody asked for over every connection, e.g. an 0800 of the host's own. */
  send(mti: string, fields: WireFields): void {
    this.write(frameOf(Buffer.from('6000000003603100311108', 'hex'), writeBody(mti, fields)));
  }

  /** Returns the PIN that a request's field 52 holds. */
  pinOf({ fields }: HostRequest): string {
    const keys = this.#keys.get(fields[41] ?? '');
    if (keys === undefined) {
      throw new Error('the terminal has not signed in');
    }
    return pinIn(keys.pinKey, fields[52] ?? '', fields[2] ?? '');
  }

  /** True when the request's MAC is right. */
  isSigned({ fields, covered }: HostRequest): boolean {
    const keys = this.#keys.get(fields[41] ?? '');
    const mac = fields[128] ?? fields[64];
    return (
      keys !== undefined && mac !== undefined && ecbMac(keys.macKey, covered).equals(Buffer.from(mac, 'hex'))
    );
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      const cut = cutFrames(Buffer.concat([rest, chunk]));
      rest = cut.rest;
      for (const frame of cut.frames) {
        this.#receive(frame, socket);
      }
    });
  }

  #receive(frame: Buffer, socket: Socket): void {
    if (frame.length === 0) {
      this.keepAlives += 1;
      return;
    }
    let message: WireMessage;
    try {
      message = readFrame(frame);
    } catch (error) {
      this.faults.push(String(error));
      return;
    }
    const request = { ...message, kind: kindOf(message), socket };
    this.received.push(request);
    const answerer = this.#once.get(request.kind)?.shift() ?? this.#answerers.get(request.kind);
    const reply = answerer?.(request) ?? (request.kind === 'other' ? 'silence' : {});
    if (reply === 'silence') {
      return;
    }
    if (Buffer.isBuffer(reply)) {
      this.#write(socket, reply);
      return;
    }
    this.#write(socket, this.frame(request, reply), reply.delayMs);
  }

  #ordinaryFields({ kind, fields }: HostRequest): WireFields {
    const echoed = Object.fromEntries(
      [3, 4, 11, 25, 32, 41, 42, 49, 60].map((number) => [number, fields[number]]),
    );
    const own = { 12: '101112', 13: '1128', 37: this.#reference(), 39: '00' };
    switch (kind) {
      case 'sign-in':
        return {
          11: fields[11],
          41: fields[41],
          42: fields[42],
          ...own,
          60: '00000123003',
          62: this.#newKeys(fields[41] ?? ''),
        };
      case 'echo':
        return { 11: fields[11], 41: fields[41], 42: fields[42], ...own, 60: fields[60] };
      case 'purchase':
        return { ...echoed, ...own, 38: '730019' };
      case 'balance':
        return { ...echoed, ...own, 54: '1002156C000000100000' };
      case 'reversal':
      case 'other':
        return { ...echoed, ...own };
    }
  }

  #reference(): string {
    this.#references += 1;
    return String(this.#references);
  }

  #newKeys(terminalId: string): string {
    const keys = { pinKey: randomBytes(16), macKey: randomBytes(16) };
    this.#keys.set(terminalId, keys);
    return keyDownload(this.#masterKey, keys.pinKey, keys.macKey);
  }

  #write(socket: Socket, bytes: Buffer, delayMs?: number): void {
    if (delayMs === undefined) {
      socket.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      socket.write(bytes);
    }, delayMs);
    this.#timers.add(timer);
  }
}

function kindOf({ mti, fields }: WireMessage): RequestKind {
  switch (mti) {
    case '0800':
      return fields[60]?.endsWith('301') === true ? 'echo' : 'sign-in';
    case '0200':
      return fields[3] === '310000' ? 'balance' : fields[3] === '000000' ? 'purchase' : 'other';
    case '0400':
    case '0401':
      return 'reversal';
    default:
      return 'other';
  }
}
