import { randomBytes, randomInt } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { decode, encode } from '../../../src/bank/iso8583/codec.js';
import { FrameSplitter } from '../../../src/bank/iso8583/frame-splitter.js';
import type { IsoFields, IsoMessage } from '../../../src/bank/iso8583/message.js';
import type { Profile, WireHeader } from '../../../src/bank/iso8583/profile.js';
import { answerHeader } from '../../../src/bank/iso8583/profile.js';
import { profileMessage } from '../../../src/bank/profile-message.js';
import type { Fault, FaultName, RequestKind } from './fault-script.js';
import { FaultScript } from './fault-script.js';
import { HostKeys, labTerminalMasterKey } from './host-keys.js';
import type { CardAccount, Reversal } from './issuer-books.js';
import { IssuerBooks } from './issuer-books.js';

export type IssuerHostOptions = {
  readonly profile: Profile;
  readonly cards: readonly CardAccount[];
  /** Append-only; what it holds already is taken over. */
  readonly journalFile: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Hexadecimal; the lab's when not given. */
  readonly masterKeyHex?: string;
  readonly now?: () => Date;
};

/** What came to the host since it was started. */
export type HostCounts = { connections: number; requests: number; signIns: number; echoes: number };

type Request = {
  readonly kind: RequestKind;
  readonly message: IsoMessage;
  readonly header: WireHeader;
  readonly macCovered: Buffer;
  readonly terminal: string;
  /** Field 37: the request's, or where the profile says so one that the host has assigned. */
  readonly rrn: string;
  readonly socket: Socket;
};

/** What the host decided: the fields of its answer besides those it echoes. */
type Answer = IsoFields;

const echoed = [2, 3, 4, 7, 11, 12, 13, 25, 32, 37, 41, 42, 49, 60, 70, 90];

/** A card issuer's host on TCP: real PIN blocks, MACs and books, and faults by script. */
export class IssuerHost {
  readonly books: IssuerBooks;
  readonly faults = new FaultScript();
  readonly keys: HostKeys;
  readonly counts: HostCounts = { connections: 0, requests: 0, signIns: 0, echoes: 0 };
  readonly #profile: Profile;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The last reference that the host has assigned: nothing that another run would give again. */
  #reference = randomInt(700_000_000_000, 800_000_000_000);
  /** True: connections are cut as soon as they are made. */
  #linkDown = false;

  private constructor(options: IssuerHostOptions) {
    const {
      profile,
      cards,
      journalFile,
      masterKeyHex = labTerminalMasterKey,
      now = () => new Date(),
    } = options;
    this.#profile = profile;
    this.books = new IssuerBooks(cards, journalFile, now);
    this.keys = new HostKeys(masterKeyHex, profile);
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  /** Starts a host on 127.0.0.1. Rejects when the port is taken. */
  static async start(options: IssuerHostOptions): Promise<IssuerHost> {
    const host = new IssuerHost(options);
    await new Promise<void>((resolve, reject) => {
      host.#server.once('error', reject);
      host.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many lines are connected now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Cuts every connection; while `down`, new ones are cut too. */
  setLink(down: boolean): void {
    this.#linkDown = down;
    if (down) {
      this.#cutAll();
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.#cutAll();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #cutAll(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #serve(socket: Socket): void {
    this.counts.connections += 1;
    if (this.#linkDown) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const splitter = new FrameSplitter(this.#profile.maxFrameLength);
    socket.on('close', () => this.#sockets.delete(socket));
    // A caller that vanishes is none of the host's business.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        for (const frame of splitter.push(chunk)) {
          this.#receive(frame, socket);
        }
      } catch (error) {
        process.stderr.write(`the issuer host drops a connection: ${String(error)}\n`);
        socket.destroy();
      }
    });
  }

  #receive(frame: Buffer, socket: Socket): void {
    const { message, header, macCovered } = decode(frame, this.#profile);
    const terminal = message.fields[41] ?? '';
    const rrn = this.#referenceOf(message);
    const request = { kind: kindOf(message), message, header, macCovered, terminal, rrn, socket };
    this.counts.requests += 1;
    const fault = this.faults.take({
      kind: request.kind,
      amountMinor: Number(message.fields[4] ?? 0),
      pan: message.fields[2],
      stan: Number(message.fields[11]),
      terminal,
    });
    if (fault === undefined) {
      this.#send(request, this.#decide(request));
    } else {
      this.#misbehaviours[fault.fault](request, fault);
    }
  }

  /** Every fault by its name; what each means is said in fault-script.ts. */
  readonly #misbehaviours: Readonly<Record<FaultName, (request: Request, fault: Fault) => void>> = {
    'request-lost': () => undefined,
    'no-answer': (request) => void this.#decide(request),
    'late-answer': (request, { delayMs }) => {
      const answer = this.#decide(request);
      this.#later(delayMs, () => this.#send(request, answer));
    },
    'late-request': (request, { delayMs }) =>
      this.#later(delayMs, () => this.#send(request, this.#decide(request))),
    'duplicate-answer': (request) => {
      const answer = this.#decide(request);
      this.#send(request, answer);
      this.#send(request, answer);
    },
    'wrong-stan': (request) => {
      const stan = (Number(request.message.fields[11]) % 999_999) + 1;
      this.#send(request, { ...this.#decide(request), 11: String(stan).padStart(6, '0') });
    },
    'wrong-amount': (request) => {
      const amount = Number(request.message.fields[4] ?? 0) + 1;
      this.#send(request, { ...this.#decide(request), 4: String(amount).padStart(12, '0') });
    },
    'approve-as': (request, { code }) => this.#send(request, approvedAs(this.#decide(request), { 39: code })),
    partly: (request) => {
      const amount = Number(request.message.fields[4] ?? 0) - 1;
      const answer = this.#decide(request, amount);
      this.#send(request, approvedAs(answer, { 39: '10', 4: String(amount).padStart(12, '0') }));
    },
    'no-authorisation': (request) => {
      const { 38: _, ...answer } = this.#decide(request);
      this.#send(request, answer);
    },
    'blank-authorisation': (request) => {
      const answer = this.#decide(request);
      this.#send(request, approvedAs(answer, { 38: `${answer[38]?.slice(2) ?? ''}  ` }));
    },
    'bad-mac': (request) => request.socket.write(this.#frame(request, this.#decide(request), randomBytes(8))),
    garbage: (request) => {
      this.#decide(request);
      request.socket.write(Buffer.concat([Buffer.from([0, 24]), randomBytes(24)]));
    },
    'half-frame': (request) => {
      const frame = this.#frame(request, this.#decide(request));
      request.socket.write(frame.subarray(0, frame.length >> 1));
    },
    'drop-before': ({ socket }) => socket.destroy(),
    'drop-after': (request) => {
      this.#decide(request);
      request.socket.destroy();
    },
    overtakes: (request) => {
      const subject = subjectOf(request);
      const date = originalDate(request.message) ?? subject.date;
      const hasCome = this.books.knows({ ...subject, date });
      this.#send(request, hasCome ? this.#decide(request) : this.#force(request, '25'));
    },
    respond: (request, { code }) => this.#send(request, this.#force(request, code)),
    'wrong-check-value': (request) => this.#send(request, this.#signIn(request, true)),
  };

  /** @param partMinor what is taken of the amount that was asked for, when it is not all of it. */
  #decide(request: Request, partMinor?: number): Answer {
    const { kind, message, terminal } = request;
    if (kind === 'sign-in') {
      return this.#signIn(request, false);
    }
    if (kind === 'echo') {
      this.counts.echoes += 1;
      return { 39: '00' };
    }
    if (!this.keys.has(terminal)) {
      return { 39: '77' };
    }
    if (!this.keys.verifies(terminal, request.macCovered, message.fields[128] ?? message.fields[64])) {
      return { 39: 'A0' };
    }
    const subject = subjectOf(request);
    if (kind === 'reversal') {
      return { 39: this.books.reverse({ ...subject, date: originalDate(message) ?? subject.date }) };
    }
    const { result, authorisationCode, balanceMinor } = this.books.transact({
      ...subject,
      partMinor,
      kind,
      pin: this.keys.pin(terminal, message.fields[52], subject.pan),
    });
    return {
      39: result,
      ...(authorisationCode === undefined ? {} : { 38: authorisationCode }),
      ...(kind === 'balance' && result === '00' && balanceMinor !== undefined
        ? { 54: balanceField(balanceMinor) }
        : {}),
    };
  }

  #referenceOf({ fields }: IsoMessage): string {
    if (this.#profile.retrievalReference === 'echoed') {
      return fields[37] ?? '';
    }
    this.#reference += 1;
    return String(this.#reference);
  }

  #force(request: Request, code: string): Answer {
    const { kind } = request;
    if (kind === 'purchase' || kind === 'balance' || kind === 'reversal') {
      this.books.force(kind, subjectOf(request), code);
    }
    return { 39: code };
  }

  #signIn({ terminal }: Request, wrongCheckValue: boolean): Answer {
    this.counts.signIns += 1;
    return { 39: '00', 62: this.keys.renew(terminal, wrongCheckValue) };
  }

  #send(request: Request, answer: Answer): void {
    if (request.socket.writable) {
      request.socket.write(this.#frame(request, answer));
    }
  }

  #frame({ message, header, terminal, rrn }: Request, answer: Answer, forcedMac?: Buffer): Buffer {
    const mti = `${message.mti.slice(0, 2)}10`;
    const values: Record<number, string> = {};
    for (const number of echoed) {
      const value = message.fields[number];
      if (value !== undefined) {
        values[number] = value;
      }
    }
    const fields = { ...values, 37: rrn === '' ? '0'.repeat(12) : rrn, ...answer };
    const withMac = mti !== '0810' && this.keys.has(terminal);
    return encode(profileMessage(this.#profile, mti, fields), this.#profile, {
      header: answerHeader(header),
      ...(withMac ? { mac: (covered: Buffer) => forcedMac ?? this.keys.mac(terminal, covered) } : {}),
    });
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

/** Returns the answer with these fields when it approves; a refusal stays as it is. */
function approvedAs(answer: Answer, fields: Answer): Answer {
  return answer[39] === '00' ? { ...answer, ...fields } : answer;
}

/** @throws Error for a message that this host does not serve; its connection is dropped. */
function kindOf({ mti, fields }: IsoMessage): RequestKind {
  if (mti === '0800') {
    return (fields[70] ?? fields[60]?.slice(8)) === '301' ? 'echo' : 'sign-in';
  }
  if (mti === '0400' || mti === '0401') {
    return 'reversal';
  }
  if (mti === '0200' && fields[3] === '310000') {
    return 'balance';
  }
  if (mti === '0200' && fields[3] === '000000') {
    return 'purchase';
  }
  throw new Error(`the host does not serve ${mti} ${fields[3] ?? ''}`);
}

function subjectOf({ message: { fields }, terminal, rrn }: Request): Reversal {
  return {
    terminal,
    stan: fields[11] ?? '',
    date: fields[13] ?? '',
    rrn,
    pan: fields[2] ?? '',
    amountMinor: Number(fields[4] ?? 0),
  };
}

/** MMDD of the original: the end of UnionPay's field 61; field 13 names it in the other profile. */
function originalDate({ fields }: IsoMessage): string | undefined {
  return /^\d{16}$/.test(fields[61] ?? '') ? fields[61]?.slice(12) : undefined;
}

/** Field 54: account type 10 (savings), amount type 02 (available), currency, sign, amount. */
function balanceField(balanceMinor: number): string {
  return `1002156${balanceMinor < 0 ? 'D' : 'C'}${String(Math.abs(balanceMinor)).padStart(12, '0')}`;
}
