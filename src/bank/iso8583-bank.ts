import type { Secret } from '../secret.js';
import type {
  BalanceAnswer,
  Bank,
  BankCard,
  BankNotSent,
  BankRefusal,
  BankTrace,
  BankUndecided,
  BankUnknown,
  PurchaseAnswer,
  PurchaseRequest,
  ReversalAnswer,
  ReversalRequest,
} from './bank.js';
import type { BankLineOptions } from './bank-line.js';
import { BankLine } from './bank-line.js';
import { IsoError } from './iso8583/iso-error.js';
import type { IsoMessage } from './iso8583/message.js';
import type { LineAnswer } from './line-exchange.js';
import type { RefusalMeaning, ResponseMeaning } from './response-code.js';
import { declineReasonOf, meaningOf, reversalMeaningOf } from './response-code.js';
import { nothingIsTaken } from './safety-reversal.js';
import { sendableMessage } from './sendable-message.js';
import type { TerminalIdentity } from './terminal.js';
import {
  balanceIn,
  balanceMessage,
  holdsApproval,
  isForAmount,
  purchaseMessage,
  reversalMessage,
} from './transaction-messages.js';

export type Iso8583BankOptions = Omit<BankLineOptions, 'terminal'> & {
  readonly terminals: readonly [TerminalIdentity, ...TerminalIdentity[]];
  /** Called for a message that breaks the profile, and so can never be sent as it is. */
  readonly onUnsendable?: ((path: string) => void) | undefined;
};

type Subject = { readonly trace: BankTrace; readonly card: BankCard; readonly pin: Secret };
/** An answer that settles what was asked. */
type ReadAnswer<Meaning = DecidedMeaning> = {
  readonly message: IsoMessage;
  readonly responseCode: string;
  readonly meaning: Meaning;
};
type DecidedMeaning = Exclude<ResponseMeaning, { class: 'undecided' }>;

/** A message that breaks the profile: it has not been sent, and never can be. */
type Unsendable = { readonly outcome: 'unsendable'; readonly what: string };

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
    const read = this.#decided(answer);
    if (!('meaning' in read)) {
      return read;
    }
    const { message, responseCode, meaning } = read;
    if (meaning.class !== 'approved') {
      return refusal(meaning, responseCode);
    }
    const balance = balanceIn(message);
    return balance === undefined
      ? this.#unusable(request.trace, 'an approved balance enquiry names no balance')
      : { outcome: 'approved', balance, responseCode };
  }

  async purchase(request: PurchaseRequest): Promise<PurchaseAnswer> {
    const { profile, clock, timing } = this.#options;
    const deadlineMs = clock.monotonicMs() + timing.answerTimeoutMs;
    const answer = await this.#askWithPin(request, (identity, pinBlock) =>
      purchaseMessage(profile, identity, request, pinBlock),
    );
    const read = this.#decided(answer);
    if (!('meaning' in read)) {
      return read;
    }
    const { message, responseCode, meaning } = read;
    if (meaning.class !== 'approved') {
      return (await this.#isSurelyRefused(answer, request, deadlineMs))
        ? refusal(meaning, responseCode)
        : { outcome: 'unknown', why: 'bad-answer' };
    }
    const approval = { authorisationCode: message.fields[38], responseCode };
    if (isForAmount(message, request.amount)) {
      return { outcome: 'approved', ...approval };
    }
    this.#unusable(request.trace, 'the bank approved another amount than was asked for');
    return { outcome: 'unknown', why: 'other-amount', ...approval };
  }

  async reverse(request: ReversalRequest): Promise<ReversalAnswer> {
    const { profile, clock } = this.#options;
    const answer = await this.#ask(request.original, (identity) => {
      const made = reversalMessage(profile, identity, request, clock.now());
      const { message, leftOut } = sendableMessage(profile, made);
      for (const number of leftOut) {
        this.#reportUnsendable(request.original, `field ${number}`, 'a reversal leaves without a field');
      }
      return message;
    });
    const read = this.#read(answer);
    if (!('meaning' in read)) {
      return read;
    }
    const { message, responseCode } = read;
    switch (reversalMeaningOf(responseCode)) {
      case 'given-back':
        return isForAmount(message, request.amount)
          ? { outcome: 'acknowledged', responseCode }
          : { outcome: 'refused', responseCode };
      case 'no-original':
        // The bank has approved it, so it must find it: it is asked again.
        return holdsApproval(request)
          ? { outcome: 'unknown', why: 'no-original', responseCode }
          : { outcome: 'acknowledged', responseCode };
      case 'nothing-to-reverse':
        return { outcome: holdsApproval(request) ? 'refused' : 'acknowledged', responseCode };
      case 'refused':
        return { outcome: 'refused', responseCode };
      case 'undecided':
        return { outcome: 'unknown', why: 'bad-answer' };
    }
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

  /**
   * Asks with the PIN in the message; whatever happens the PIN is gone when this resolves. What breaks the profile
   * has not been sent, so nothing can have been taken.
   */
  async #askWithPin(
    { trace, card, pin }: Subject,
    messageOf: (identity: TerminalIdentity, pinBlock: Buffer) => IsoMessage,
  ): Promise<LineAnswer> {
    try {
      const answer = await this.#ask(trace, (identity) =>
        messageOf(identity, this.#options.vault.pinBlock(trace.terminalId, pin, card.pan)),
      );
      return answer.outcome === 'unsendable' ? { outcome: 'not-sent' } : answer;
    } finally {
      pin.wipe();
    }
  }

  /** Asks over the line of the trace's terminal. A message that cannot be made has not been sent. */
  async #ask(
    trace: BankTrace,
    messageOf: (identity: TerminalIdentity) => IsoMessage,
  ): Promise<LineAnswer | Unsendable> {
    const { terminalId, rrn } = trace;
    const terminal = this.#terminals.get(terminalId);
    if (terminal?.line.available !== true) {
      return { outcome: 'not-sent' };
    }
    try {
      return await terminal.line.request(messageOf(terminal.identity), rrn);
    } catch (error) {
      if (error instanceof IsoError) {
        this.#reportUnsendable(trace, error.path, 'a message to the bank breaks its profile and is not sent');
        return { outcome: 'unsendable', what: error.message };
      }
      this.#options.log.error({ terminalId, err: error }, 'a message to the bank cannot be made');
      return { outcome: 'not-sent' };
    }
  }

  #reportUnsendable({ terminalId, stan }: BankTrace, path: string, what: string): void {
    this.#options.log.error({ terminalId, stan, path }, what);
    this.#options.onUnsendable?.(path);
  }

  #read<A extends BankUnknown | BankNotSent | Unsendable>(
    answer: Extract<LineAnswer, { outcome: 'answered' }> | A,
  ): ReadAnswer<ResponseMeaning | undefined> | A | BankUnknown {
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

  /** Reads an answer; a code that neither approves nor is known to refuse leaves open what the bank did. */
  #decided(answer: LineAnswer): ReadAnswer | BankUndecided | BankUnknown | BankNotSent {
    const read = this.#read(answer);
    if (!('meaning' in read)) {
      return read;
    }
    const { meaning, ...rest } = read;
    if (meaning === undefined) {
      return { outcome: 'unknown', why: 'unknown-code', responseCode: rest.responseCode };
    }
    return meaning.class === 'undecided'
      ? { outcome: 'unknown', why: 'undecided', responseCode: rest.responseCode }
      : { ...rest, meaning };
  }

  #unusable({ terminalId, stan }: BankTrace, what: string): BankUnknown {
    this.#options.log.error({ terminalId, stan, what }, 'an answer of the bank cannot be used');
    return { outcome: 'unknown', why: 'bad-answer' };
  }
}

function refusal(meaning: RefusalMeaning | { class: 'retryPin' }, responseCode: string): BankRefusal {
  return meaning.class === 'retryPin'
    ? { outcome: 'wrong-pin', responseCode }
    : { outcome: 'declined', reason: declineReasonOf(meaning), responseCode };
}
