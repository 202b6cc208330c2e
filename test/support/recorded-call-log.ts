import type { CallLog, CallOutcome, CallStep, Enquiry, NewCall } from '../../src/call-log/call-log.js';

/** What the log was told of one call. */
export type RecordedCall = NewCall & {
  answered: boolean;
  end?: { outcome: CallOutcome; language?: string | undefined; steps: readonly CallStep[] };
};

/** A call log that keeps what it is told, for tests to read; it can refuse to begin a call. */
export class RecordedCallLog implements CallLog {
  readonly calls: RecordedCall[] = [];
  readonly enquiries: Enquiry[] = [];
  readonly lostAsked: (readonly string[])[] = [];
  failsToBegin = false;

  async begin(call: NewCall): Promise<void> {
    if (this.failsToBegin) {
      throw new Error('the database is away');
    }
    this.calls.push({ ...call, answered: false });
  }

  async answered(callId: string): Promise<void> {
    this.#call(callId).answered = true;
  }

  async end(callId: string, end: NonNullable<RecordedCall['end']>): Promise<void> {
    this.#call(callId).end ??= end;
  }

  async enquired(enquiry: Enquiry): Promise<void> {
    this.enquiries.push(enquiry);
  }

  async findOpen(channelId: string): Promise<{ id: string } | undefined> {
    return this.calls.find((call) => call.channelId === channelId && call.end === undefined);
  }

  async closeLost(live: readonly string[]): Promise<number> {
    this.lostAsked.push(live);
    return 0;
  }

  #call(callId: string): RecordedCall {
    const call = this.calls.find(({ id }) => id === callId);
    if (call === undefined) {
      throw new Error('a call was ended that never began');
    }
    return call;
  }
}
