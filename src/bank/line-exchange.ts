import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { contradictedField, isAnswerType, isRefusal, unreadableDecisiveField } from './answer-check.js';
import type { BankNotSent, BankUnknown } from './bank.js';
import type { BankMessageRecord, StrayAnswer } from './conversation.js';
import { answerToHost, isHostRequest } from './host-request.js';
import { encode } from './iso8583/codec.js';
import type { FrameReading } from './iso8583/frame-reader.js';
import { beginsLikeMessage, readFrame } from './iso8583/frame-reader.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile, WireHeader } from './iso8583/profile.js';
import { answerHeader } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { LineCounts } from './line-counts.js';
import { LineRecord } from './line-record.js';
import type { Answered, MatchKey } from './pending-requests.js';
import { matchKey, PendingRequests, rrnOf } from './pending-requests.js';
import { meaningOf } from './response-code.js';
import type { TcpConnection } from './tcp-connection.js';
import type { TerminalIdentity } from './terminal.js';

/**
 * What a request on the line came to. `answered` means that the answer may be believed: its MAC is right, or it is a
 * refusal without one (`authentic` is false then) and the profile takes those.
 */
export type LineAnswer = Answered | BankUnknown | BankNotSent;

export type LineExchangeOptions = {
  readonly terminal: Pick<TerminalIdentity, 'terminalId' | 'merchantId'>;
  readonly profile: Profile;
  readonly vault: KeyVault;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: LineCounts;
  readonly onMessage?: ((record: BankMessageRecord) => void) | undefined;
  readonly onStray?: ((stray: StrayAnswer) => void) | undefined;
  /** Called when the bank answers one of our requests by asking for a new sign-in. */
  readonly onSignInAsked: () => void;
  /** Called when the bank has answered under the keys of now. */
  readonly onKeysProven: () => void;
};

const networkManagement = '08';
const strayCounts = { late: 'late', duplicate: 'duplicates', unmatched: 'unmatched' } as const;

/** Requests and answers over whatever connection the line has now: MAC, matching, and the record of both. */
export class LineExchange {
  readonly #options: LineExchangeOptions;
  readonly #pending: PendingRequests;
  readonly #record: LineRecord;
  #connection: TcpConnection | undefined;
  #lastTrafficMs = 0;

  constructor(options: LineExchangeOptions) {
    this.#options = options;
    this.#pending = new PendingRequests(() => options.clock.monotonicMs());
    this.#record = new LineRecord({ ...options, terminalId: options.terminal.terminalId });
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
   * @param reference what we call it in the record, whether it is in the message or not.
   * @throws IsoError (rejects) when the message breaks the profile; nothing has left then.
   */
  async request(message: IsoMessage, timeoutMs: number, reference = rrnOf(message)): Promise<LineAnswer> {
    const { profile, counts } = this.#options;
    const key = matchKey(message);
    const connection = this.#connection;
    if (connection === undefined || !connection.open || key === undefined || this.#pending.has(key)) {
      return { outcome: 'not-sent' };
    }
    const frame = encode(message, profile, {
      header: profile.requestHeader,
      ...(classOf(message) === networkManagement ? {} : { mac: (covered: Buffer) => this.#mac(covered) }),
    });
    if (!connection.send(frame)) {
      return { outcome: 'not-sent' };
    }
    // A host that gives references of its own does not repeat ours.
    const rrn = profile.retrievalReference === 'echoed' ? rrnOf(message) : undefined;
    const settling = this.#pending.wait(key, timeoutMs, rrn, reference);
    counts.requests += 1;
    this.#record.message({ message, direction: 'sent', result: 'sent', reference });
    const settled = await settling;
    const answer: Answered | BankUnknown =
      settled.outcome === 'answered' && !this.#isBelieved(message, settled)
        ? { outcome: 'unknown', why: 'bad-answer' }
        : settled;
    if (answer.outcome === 'unknown') {
      counts[answer.why === 'line-lost' ? 'lost' : 'unanswered'] += 1;
      const result = answer.why;
      this.#record.message({ message, direction: 'sent', result, reference, durationMs: timeoutMs });
    }
    return answer;
  }

  /** Whether an answer counts: by its MAC, or by what the profile says of refusals without, and by what it is about. */
  #isBelieved(request: IsoMessage, { message, authentic, isSigned }: Answered): boolean {
    const { log, terminal } = this.#options;
    if (!authentic && !this.#isUnsignedRefusal(message, isSigned)) {
      return false;
    }
    const field = message.fields[39] === undefined ? 39 : contradictedField(request, message);
    if (field !== undefined) {
      const facts = { terminalId: terminal.terminalId, stan: message.fields[11], field };
      log.error(facts, 'an answer of the bank cannot be used: a field is missing, or about something else');
    }
    return field === undefined;
  }

  #isUnsignedRefusal({ fields }: IsoMessage, isSigned: boolean): boolean {
    const { unsignedRefusals } = this.#options.profile;
    return !isSigned && unsignedRefusals !== 'not-believed' && isRefusal(fields[39]);
  }

  #mac(covered: Buffer): Buffer {
    try {
      return this.#options.vault.mac(this.#options.terminal.terminalId, covered);
    } finally {
      covered.fill(0);
    }
  }

  #receive(frame: Buffer, connection: TcpConnection): void {
    const { profile, counts, log } = this.#options;
    const { terminalId } = this.#options.terminal;
    const reading = readFrame(frame, profile);
    if (!beginsLikeMessage(reading)) {
      counts.garbled += 1;
      log.error(
        { terminalId, err: reading.problems[0] },
        'the bank sent what is no message; the line is dropped',
      );
      connection.drop('unexpected bytes');
      return;
    }
    this.#lastTrafficMs = this.#options.clock.monotonicMs();
    const field = unreadableDecisiveField(reading.unreadable);
    if (!reading.complete || field !== undefined) {
      this.#giveUpUnreadable(reading);
      return;
    }
    const { message, header } = reading;
    if (isHostRequest(message)) {
      this.#answerHost(message, header, connection);
      return;
    }
    this.#take(reading);
  }

  #take({ message, macCovered }: FrameReading): void {
    const { counts, log } = this.#options;
    const mac = message.fields[128] ?? message.fields[64];
    const [isSigned, authentic] = [mac !== undefined, this.#isAuthentic(message, macCovered, mac)];
    const isProven = authentic || this.#isUnsignedRefusal(message, isSigned);
    if (!isProven) {
      counts.badMacs += 1;
      const { terminalId } = this.#options.terminal;
      log.error({ terminalId, mti: message.mti }, 'an answer of the bank has a wrong MAC, or none');
    }
    const key = this.#keyOf(message);
    if (key !== undefined && this.#answer(key, message, { authentic, isSigned, isProven })) {
      this.#heedResponse(message, authentic);
      return;
    }
    const why = this.#record.stray(message, authentic, {
      fate: key && this.#pending.fateOf(key),
      reference: key && this.#pending.referenceOf(key),
    });
    counts[strayCounts[why]] += 1;
  }

  /**
   * A message that cannot be read costs its own request, which is then unknown, and not the line: its place in the
   * stream is known, and others are waiting.
   */
  #giveUpUnreadable({ message, problems }: FrameReading): void {
    const { counts, log, terminal } = this.#options;
    counts.garbled += 1;
    log.error(
      { terminalId: terminal.terminalId, mti: message.mti, stan: message.fields[11], err: problems[0] },
      'a message of the bank cannot be read',
    );
    this.#record.message({ message, direction: 'received', result: 'unreadable' });
    const key = this.#keyOf(message);
    if (key !== undefined) {
      this.#pending.giveUp(key, 'bad-answer');
    }
  }

  #answerHost(message: IsoMessage, header: WireHeader, connection: TcpConnection): void {
    const { profile, log, terminal } = this.#options;
    this.#record.message({ message, direction: 'received', result: 'request' });
    try {
      const answer = answerToHost(profile, terminal, message);
      const usable = /^\d{12}$/.test(header.control ?? '') ? header : { ...profile.requestHeader, ...header };
      connection.send(encode(answer, profile, { header: answerHeader(usable) }));
      this.#record.message({ message: answer, direction: 'sent', result: answer.fields[39] ?? '' });
    } catch (error) {
      log.error({ terminalId: terminal.terminalId, err: error }, 'a request of the bank cannot be answered');
    }
  }

  #answer(
    key: MatchKey,
    message: IsoMessage,
    proof: { authentic: boolean; isSigned: boolean; isProven: boolean },
  ): boolean {
    const [sentAtMs, reference] = [this.#pending.sentAtMs(key), this.#pending.referenceOf(key)];
    const taken = this.#pending.answer(key, message, proof.authentic, proof.isSigned);
    if (taken && sentAtMs !== undefined) {
      this.#record.message({
        message,
        direction: 'received',
        result: proof.isProven ? (message.fields[39] ?? '') : 'bad-mac',
        reference,
        durationMs: this.#options.clock.monotonicMs() - sentAtMs,
      });
    }
    return taken;
  }

  /** Answers to sign-in and echo carry no MAC: the keys travel in them, under the master key. */
  #isAuthentic(message: IsoMessage, covered: Buffer | undefined, mac: string | undefined): boolean {
    if (classOf(message) === networkManagement) {
      return true;
    }
    return (
      mac !== undefined &&
      covered !== undefined &&
      this.#options.vault.verifyMac(this.#options.terminal.terminalId, covered, Buffer.from(mac, 'hex'))
    );
  }

  /** Returns what an answer to this terminal is matched by; undefined for anything else. */
  #keyOf(message: IsoMessage): MatchKey | undefined {
    const { terminalId, merchantId } = this.#options.terminal;
    const { 41: terminal, 42: merchant = merchantId } = message.fields;
    const isOurs = terminal === terminalId && merchant.trim() === merchantId.trim();
    return isOurs && isAnswerType(message.mti) ? matchKey(message) : undefined;
  }

  /**
   * The bank asks for a sign-in by its response code. It is believed without a right MAC too: a bank that has lost our
   * keys cannot make one. Only answers to what was asked count: otherwise anybody could keep the line signing in.
   */
  #heedResponse(message: IsoMessage, authentic: boolean): void {
    const meaning = meaningOf(message.fields[39] ?? '');
    if (classOf(message) === networkManagement) {
      return;
    }
    if (meaning?.class === 'hostFault' && meaning.signInAgain) {
      this.#options.onSignInAsked();
    } else if (authentic) {
      this.#options.onKeysProven();
    }
  }
}

function classOf({ mti }: IsoMessage): string {
  return mti.slice(0, 2);
}
