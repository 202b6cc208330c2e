import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { BankNotSent, BankUnknown } from './bank.js';
import type { BankMessageRecord, StrayAnswer } from './conversation.js';
import { decode, encode } from './iso8583/codec.js';
import { describe } from './iso8583/describe.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { Answered, MatchKey } from './pending-requests.js';
import { isAnswer, matchKey, PendingRequests, rrnOf } from './pending-requests.js';
import { meaningOf } from './response-code.js';
import type { TcpConnection } from './tcp-connection.js';

/** What a request on the line came to; `answered` means that the answer's MAC is right. */
export type LineAnswer = Answered | BankUnknown | BankNotSent;

/** What happened on a line since it was started. They only grow. */
export type LineCounts = {
  connects: number;
  /** How often the line went from another host back to its primary. */
  returns: number;
  signOns: number;
  signOnFailures: number;
  refusedKeys: number;
  requests: number;
  unanswered: number;
  lost: number;
  badMacs: number;
  garbled: number;
  late: number;
  duplicates: number;
  unmatched: number;
};

export type LineExchangeOptions = {
  readonly terminalId: string;
  readonly profile: Profile;
  readonly vault: KeyVault;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: LineCounts;
  readonly onMessage?: ((record: BankMessageRecord) => void) | undefined;
  readonly onStray?: ((stray: StrayAnswer) => void) | undefined;
  /** Called when the bank answers that the terminal must sign in again. */
  readonly onSignInAsked: () => void;
};

const networkManagement = '08';
const strayCounts = { late: 'late', duplicate: 'duplicates', unmatched: 'unmatched' } as const;

/** Requests and answers over whatever connection the line has now: MAC, matching, and the record of both. */
export class LineExchange {
  readonly #options: LineExchangeOptions;
  readonly #pending: PendingRequests;
  #connection: TcpConnection | undefined;
  #lastTrafficMs = 0;

  constructor(options: LineExchangeOptions) {
    this.#options = options;
    this.#pending = new PendingRequests(() => options.clock.monotonicMs());
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** How long nothing was received. */
  get idleMs(): number {
    return this.#options.clock.monotonicMs() - this.#lastTrafficMs;
  }

  get connected(): boolean {
    return this.#connection?.open === true;
  }

  /** Uses this connection until it ends; then everything in flight is unknown and `onClosed` is called. */
  attach(connection: TcpConnection, onClosed: (reason: string) => void): void {
    this.#connection = connection;
    this.#lastTrafficMs = this.#options.clock.monotonicMs();
    connection.listen(
      (frame) => this.#receive(frame, connection),
      (reason) => {
        this.#pending.giveUpAll('line-lost');
        onClosed(reason);
      },
    );
  }

  /** Sends from now on over this connection, which was attached before. */
  use(connection: TcpConnection): void {
    this.#connection = connection;
  }

  /** Resolves to true when nothing is in flight, or to false after `timeoutMs`. */
  quiet(timeoutMs: number): Promise<boolean> {
    return this.#pending.empty(timeoutMs);
  }

  /**
   * Sends a request at once, before this returns, and waits for its answer.
   * @throws IsoError (rejects) when the message breaks the profile; nothing has left then.
   */
  async request(message: IsoMessage, timeoutMs: number): Promise<LineAnswer> {
    const { profile, terminalId, vault, counts } = this.#options;
    const key = matchKey(message);
    const connection = this.#connection;
    if (connection === undefined || !connection.open || key === undefined || this.#pending.has(key)) {
      return { outcome: 'not-sent' };
    }
    const frame = encode(message, profile, {
      header: profile.requestHeader,
      ...(classOf(message) === networkManagement
        ? {}
        : { mac: (covered: Buffer) => vault.mac(terminalId, covered) }),
    });
    if (!connection.send(frame)) {
      return { outcome: 'not-sent' };
    }
    const settling = this.#pending.wait(key, timeoutMs, rrnOf(message));
    counts.requests += 1;
    this.#record({ message, direction: 'sent', result: 'sent' });
    const settled = await settling;
    const answer: Answered | BankUnknown =
      settled.outcome === 'answered' && !settled.authentic
        ? { outcome: 'unknown', why: 'bad-answer' }
        : settled;
    if (answer.outcome === 'unknown') {
      counts[answer.why === 'line-lost' ? 'lost' : 'unanswered'] += 1;
      this.#record({ message, direction: 'sent', result: answer.why, durationMs: timeoutMs });
    }
    return answer;
  }

  #receive(frame: Buffer, connection: TcpConnection): void {
    const { profile, counts, log, terminalId } = this.#options;
    let decoded: ReturnType<typeof decode>;
    try {
      decoded = decode(frame, profile);
    } catch (error) {
      counts.garbled += 1;
      log.error({ terminalId, err: error }, 'the bank sent what is no message; the line is dropped');
      connection.drop('unexpected bytes');
      return;
    }
    this.#lastTrafficMs = this.#options.clock.monotonicMs();
    const { message, macCovered } = decoded;
    const authentic = this.#isAuthentic(message, macCovered);
    if (!authentic) {
      counts.badMacs += 1;
      log.error({ terminalId, mti: message.mti }, 'an answer of the bank has a wrong MAC');
    }
    const key = matchKey(message);
    const taken = key !== undefined && this.#isForUs(message) && this.#answer(key, message, authentic);
    if (!taken) {
      this.#stray(message, authentic, key === undefined ? undefined : this.#pending.fateOf(key));
    }
    this.#askForSignIn(message);
  }

  #answer(key: MatchKey, message: IsoMessage, authentic: boolean): boolean {
    const sentAtMs = this.#pending.sentAtMs(key);
    const taken = this.#pending.answer(key, message, authentic);
    if (taken && sentAtMs !== undefined) {
      this.#record({
        message,
        direction: 'received',
        result: authentic ? (message.fields[39] ?? '') : 'bad-mac',
        durationMs: this.#options.clock.monotonicMs() - sentAtMs,
      });
    }
    return taken;
  }

  /** Answers to sign-in and echo carry no MAC: the keys travel in them, under the master key. */
  #isAuthentic(message: IsoMessage, covered: Buffer): boolean {
    if (classOf(message) === networkManagement) {
      return true;
    }
    const mac = message.fields[128] ?? message.fields[64];
    return (
      mac !== undefined &&
      this.#options.vault.verifyMac(this.#options.terminalId, covered, Buffer.from(mac, 'hex'))
    );
  }

  #isForUs(message: IsoMessage): boolean {
    return isAnswer(message.mti) && message.fields[41] === this.#options.terminalId;
  }

  /**
   * The bank asks for a sign-in by its response code. It is believed without a right MAC too: a bank that
   * has lost our keys cannot make one, and signing in again does no harm.
   */
  #askForSignIn(message: IsoMessage): void {
    const meaning = meaningOf(message.fields[39] ?? '');
    if (
      classOf(message) !== networkManagement &&
      meaning?.class === 'hostFault' &&
      meaning.signInAgain &&
      this.#isForUs(message)
    ) {
      this.#options.onSignInAsked();
    }
  }

  #stray(message: IsoMessage, authentic: boolean, fate: 'answered' | 'given-up' | undefined): void {
    const { counts, log, clock, onStray, terminalId } = this.#options;
    const why = fate === undefined ? 'unmatched' : fate === 'answered' ? 'duplicate' : 'late';
    const stan = message.fields[11];
    counts[strayCounts[why]] += 1;
    log.warn({ terminalId, stan, mti: message.mti, why }, 'the bank answered what nobody waits for');
    this.#record({ message, direction: 'received', result: authentic ? why : 'bad-mac' });
    const messageClass = classOf(message);
    this.#safely(() =>
      onStray?.({
        why,
        authentic,
        answers: messageClass === '02' ? 'transaction' : messageClass === '04' ? 'reversal' : 'other',
        terminalId: message.fields[41] ?? terminalId,
        stan: stan === undefined ? undefined : Number(stan),
        rrn: rrnOf(message),
        responseCode: message.fields[39],
        receivedAt: clock.now(),
      }),
    );
  }

  #record(entry: {
    message: IsoMessage;
    direction: BankMessageRecord['direction'];
    result: string;
    durationMs?: number;
  }): void {
    const { onMessage, clock, profile, terminalId } = this.#options;
    if (onMessage === undefined) {
      return;
    }
    const { mti, fields } = entry.message;
    this.#safely(() =>
      onMessage({
        at: clock.now(),
        terminalId,
        stan: fields[11] === undefined ? undefined : Number(fields[11]),
        rrn: rrnOf(entry.message),
        direction: entry.direction,
        mti,
        description: describe(entry.message, profile),
        result: entry.result,
        durationMs: entry.durationMs,
      }),
    );
  }

  /** A listener's fault must not take an answer from the payment that waits for it. */
  #safely(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      this.#options.log.error(
        { terminalId: this.#options.terminalId, err: error },
        'a listener of the line failed',
      );
    }
  }
}

function classOf({ mti }: IsoMessage): string {
  return mti.slice(0, 2);
}
