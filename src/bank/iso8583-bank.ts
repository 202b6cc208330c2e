import type { Secret } from '../secret.js';
import type {
  BalanceAnswer,
  Bank,
  BankCard,
  BankNotSent,
  BankRefusal,
  BankTrace,
  BankUnknown,
  PurchaseAnswer,
  PurchaseRequest,
  ReversalAnswer,
  ReversalRequest,
} from './bank.js';
import type { BankLineOptions } from './bank-line.js';
import { BankLine } from './bank-line.js';
import type { IsoMessage } from './iso8583/message.js';
import type { LineAnswer } from './line-exchange.js';
import type { ResponseMeaning } from './response-code.js';
import { declineReasonOf, meaningOf } from './response-code.js';
import { nothingIsTaken } from './safety-reversal.js';
import type { TerminalIdentity } from './terminal.js';
import {
  balanceIn,
  balanceMessage,
  isForAmount,
  purchaseMessage,
  reversalMessage,
} from './transaction-messages.js';

export type Iso8583BankOptions = Omit<BankLineOptions, 'terminal'> & {
  readonly terminals: readonly [TerminalIdentity, ...TerminalIdentity[]];
};

type Subject = { readonly trace: BankTrace; readonly card: BankCard; readonly pin: Secret };
type ReadAnswer = {
  readonly message: IsoMessage;
  readonly responseCode: string;
  readonly meaning: ResponseMeaning | undefined;
};

/** Original not found (code 25): the bank never had it, so there is nothing to give back. */
const originalNotFound = '25';

/** A bank spoken to in ISO 8583 over one line per terminal; the terminals share the load. */
export class Iso8583Bank implements Bank {
  readonly lines: readonly BankLine[];
  readonly #options: Iso8583BankOptions;
  readonly #terminals: ReadonlyMap<string, { line: BankLine; identity: TerminalIdentity }>;
  #turn = 0;

  constructor(options: Iso8583BankOptions) {
    this.#options = options;
    const terminals = options.terminals.map((identity) => ({
      identity,
      line: new BankLine({ ...options, terminal: identity }),
    }));
    this.lines = terminals.map(({ line }) => line);
    this.#terminals = new Map(terminals.map((terminal) => [terminal.line.terminalId, terminal]));
  }

  get available(): boolean {
    return this.lines.some((line) => line.available);
  }

  get reversibleTerminals(): readonly string[] {
    return this.lines.filter((line) => line.available).map(({ terminalId }) => terminalId);
  }

  /** Starts every line. Returns at once; `available` tells when one is up. */
  start(): void {
    for (const line of this.lines) {
      line.start();
    }
  }

  /** Takes no more requests, waits at most `drainMs` for those in flight, and closes every line. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.lines.map((line) => line.stop(drainMs)));
  }

  /** @throws Error (rejects) when no trace numbers can be had. */
  async nextTrace(): Promise<BankTrace> {
    const terminalId = this.#leastLoadedTerminal();
    const trace = await this.#options.traces.take(terminalId);
    const batchNumber = this.#terminals.get(terminalId)?.line.batchNumber;
    return batchNumber === undefined ? trace : { ...trace, batchNumber };
  }

  async balance(request: Subject): Promise<BalanceAnswer> {
    const { profile } = this.#options;
    const answer = await this.#askWithPin(request, (identity, pinBlock) =>
      balanceMessage(profile, identity, request, pinBlock),
    );
    const read = this.#read(answer);
    if (!('meaning' in read)) {
      return read;
    }
    if (read.meaning?.class !== 'approved') {
      return this.#refusal(read);
    }
    const balance = balanceIn(read.message);
    return balance === undefined
      ? this.#unusable(request.trace, 'an approved balance enquiry names no balance')
      : { outcome: 'approved', balance, responseCode: read.responseCode };
  }

  async purchase(request: PurchaseRequest): Promise<PurchaseAnswer> {
    const { profile, clock, timing } = this.#options;
    const deadlineMs = clock.monotonicMs() + timing.answerTimeoutMs;
    const answer = await this.#askWithPin(request, (identity, pinBlock) =>
      purchaseMessage(profile, identity, request, pinBlock),
    );
    const read = this.#read(answer);
    if (!('meaning' in read)) {
      return read;
    }
    if (read.meaning?.class !== 'approved') {
      return (await this.#isSurelyRefused(answer, request, deadlineMs))
        ? this.#refusal(read)
        : { outcome: 'unknown', why: 'bad-answer' };
    }
    return isForAmount(read.message, request.amount)
      ? {
          outcome: 'approved',
          authorisationCode: (read.message.fields[38] ?? '').trim(),
          responseCode: read.responseCode,
        }
      : this.#unusable(request.trace, 'the bank approved another amount than was asked for');
  }

  async reverse(request: ReversalRequest): Promise<ReversalAnswer> {
    const { profile, clock } = this.#options;
    const answer = await this.#ask(request.original, (identity) =>
      reversalMessage(profile, identity, request, clock.now()),
    );
    const read = this.#read(answer);
    if (!('meaning' in read)) {
      return read;
    }
    const { meaning, responseCode } = read;
    if (meaning?.class === 'approved' || responseCode === originalNotFound) {
      return { outcome: 'acknowledged', responseCode };
    }
    // Neither says that the money stays taken: to be sent again.
    return meaning?.class === 'tryAgainLater' || meaning?.class === 'hostFault'
      ? { outcome: 'unknown', why: 'bad-answer' }
      : { outcome: 'refused', responseCode };
  }

  /** Among the lines that are up the one with least in flight, taking turns; any when none is up. */
  #leastLoadedTerminal(): string {
    this.#turn += 1;
    const turned = this.lines.map((_, i) => this.lines[(i + this.#turn) % this.lines.length]);
    const candidates = turned.filter((line) => line !== undefined);
    const up = candidates.filter((line) => line.available);
    const least = (up.length > 0 ? up : candidates).reduce((a, b) => (b.inFlight < a.inFlight ? b : a));
    return least.terminalId;
  }

  /** Asks with the PIN in the message; whatever happens the PIN is gone when this resolves. */
  async #askWithPin(
    { trace, card, pin }: Subject,
    messageOf: (identity: TerminalIdentity, pinBlock: Buffer) => IsoMessage,
  ): Promise<LineAnswer> {
    try {
      return await this.#ask(trace, (identity) =>
        messageOf(identity, this.#options.vault.pinBlock(trace.terminalId, pin, card.pan)),
      );
    } finally {
      pin.wipe();
    }
  }

  /** Asks over the line of the trace's terminal. A message that cannot be made has not been sent. */
  async #ask(
    { terminalId }: BankTrace,
    messageOf: (identity: TerminalIdentity) => IsoMessage,
  ): Promise<LineAnswer> {
    const terminal = this.#terminals.get(terminalId);
    if (terminal?.line.available !== true) {
      return { outcome: 'not-sent' };
    }
    try {
      return await terminal.line.request(messageOf(terminal.identity));
    } catch (error) {
      this.#options.log.error({ terminalId, err: error }, 'a message to the bank cannot be made');
      return { outcome: 'not-sent' };
    }
  }

  #read(answer: LineAnswer): ReadAnswer | BankUnknown | BankNotSent {
    if (answer.outcome !== 'answered') {
      return answer;
    }
    const { message } = answer;
    const responseCode = message.fields[39];
    if (responseCode === undefined) {
      return { outcome: 'unknown', why: 'bad-answer' };
    }
    const meaning = meaningOf(responseCode);
    const facts = { terminalId: message.fields[41], stan: message.fields[11], responseCode };
    if (meaning === undefined) {
      this.#options.log.error(facts, 'the bank answered with a response code that is not in the table');
    } else if (meaning.class === 'hostFault') {
      this.#options.log.error(facts, 'the bank finds fault with the terminal, its keys or its messages');
    }
    return { message, responseCode, meaning };
  }

  /** A refusal with a right MAC is sure; of one without, the profile says what makes it so. */
  async #isSurelyRefused(
    answer: LineAnswer,
    { trace: original, card, amount }: PurchaseRequest,
    deadlineMs: number,
  ): Promise<boolean> {
    const { profile, clock } = this.#options;
    const isProven = answer.outcome === 'answered' && answer.authentic;
    return (
      isProven ||
      profile.unsignedRefusals === 'believed' ||
      nothingIsTaken((attempt) => this.reverse({ original, card, amount, attempt }), { clock, deadlineMs })
    );
  }

  #refusal({ meaning, responseCode }: ReadAnswer): BankRefusal {
    if (meaning?.class === 'retryPin') {
      return { outcome: 'wrong-pin', responseCode };
    }
    const refusal = meaning?.class === 'approved' ? undefined : meaning;
    return { outcome: 'declined', reason: declineReasonOf(refusal), responseCode };
  }

  #unusable({ terminalId, stan }: BankTrace, what: string): BankUnknown {
    this.#options.log.error({ terminalId, stan, what }, 'an answer of the bank cannot be used');
    return { outcome: 'unknown', why: 'bad-answer' };
  }
}
