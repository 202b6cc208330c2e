import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { isAnswerType } from './answer-check.js';
import type { BankMessageRecord, StrayAnswer } from './conversation.js';
import { describe } from './iso8583/describe.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { Fate } from './pending-requests.js';
import { rrnOf } from './pending-requests.js';

export type LineRecordOptions = {
  readonly terminalId: string;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMessage?: ((record: BankMessageRecord) => void) | undefined;
  readonly onStray?: ((stray: StrayAnswer) => void) | undefined;
};

/** Tells whoever listens to a line what was said on it, masked. */
export class LineRecord {
  readonly #options: LineRecordOptions;

  constructor(options: LineRecordOptions) {
    this.#options = options;
  }

  /** Hands on one message to or from the bank. */
  message(entry: {
    message: IsoMessage;
    direction: BankMessageRecord['direction'];
    result: string;
    /** What we call the request that it is or answers, where that is known. */
    reference?: string | undefined;
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
        rrn: entry.reference ?? rrnOf(entry.message),
        direction: entry.direction,
        mti,
        description: describe(entry.message, profile),
        result: entry.result,
        durationMs: entry.durationMs,
      }),
    );
  }

  /** Hands on an answer that nobody waits for, and returns what it is. */
  stray(
    message: IsoMessage,
    authentic: boolean,
    request: { readonly fate: Fate | undefined; readonly reference: string | undefined },
  ): StrayAnswer['why'] {
    const { log, clock, onStray, terminalId, profile } = this.#options;
    const { fate } = request;
    // A reference that the host has assigned could be that of another payment here.
    const rrn = profile.retrievalReference === 'echoed' ? rrnOf(message) : request.reference;
    const why = fate === undefined ? 'unmatched' : fate === 'answered' ? 'duplicate' : 'late';
    const stan = message.fields[11];
    log.warn({ terminalId, stan, mti: message.mti, why }, 'the bank answered what nobody waits for');
    this.message({ message, direction: 'received', result: authentic ? why : 'bad-mac', reference: rrn });
    this.#safely(() =>
      onStray?.({
        why,
        authentic,
        answers: answeredBy(message),
        terminalId: message.fields[41] ?? terminalId,
        stan: stan === undefined ? undefined : Number(stan),
        rrn,
        responseCode: message.fields[39],
        pan: message.fields[2],
        amountMinor: message.fields[4] === undefined ? undefined : Number(message.fields[4]),
        authorisationCode: message.fields[38],
        receivedAt: clock.now(),
      }),
    );
    return why;
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

function answeredBy({ mti }: IsoMessage): StrayAnswer['answers'] {
  const messageClass = isAnswerType(mti) ? mti.slice(0, 2) : undefined;
  return messageClass === '02' ? 'transaction' : messageClass === '04' ? 'reversal' : 'other';
}
