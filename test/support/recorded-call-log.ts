import type { CallEnd, CallLog, Enquiry, NewCall, OpenCall } from '../../src/call-log/call-log.js';
import type { FakeConversations } from './fake-conversations.js';

/** What the log was told of one call. */
export type RecordedCall = NewCall & {
  answered: boolean;
  end?: CallEnd | undefined;
};

/** A call log that keeps what it is told, for tests to read; it can refuse to begin a call. */
export class RecordedCallLog implements CallLog {
  readonly calls: RecordedCall[] = [];
  readonly enquiries: Enquiry[] = [];
  readonly lostAsked: (readonly string[])[] = [];
  failsToBegin = false;
  readonly #conversations: FakeConversations | undefined;

  /** What calls break off is kept in `conversations`. */
  constructor(conversations?: FakeConversations) {
    this.#conversations = conversations;
  }

  async begin(call: NewCall): Promise<string> {
    if (this.failsToBegin) {
      throw new Error('the database is away');
    }
    const known = this.calls.findIndex(({ channelId }) => channelId === call.channelId);
    const before = this.calls[known];
    if (before === undefined) {
      this.calls.push({ ...call, answered: false });
      return call.id;
    }
    this.calls[known] = { ...before, entry: call.entry, handover: call.handover, end: undefined };
    return before.id;
  }

  async answered(callId: string): Promise<void> {
    this.#call(callId).answered = true;
  }

  async end(callId: string, end: CallEnd): Promise<void> {
    const call = this.#call(callId);
    if (call.end === undefined && end.broken !== undefined) {
      this.#conversations?.breakOff(end.broken);
    }
    call.end ??= end;
  }

  async enquired(enquiry: Enquiry): Promise<void> {
    this.enquiries.push(enquiry);
  }

  async findOpen(channelId: string): Promise<OpenCall | undefined> {
    const call = this.calls.find((each) => each.channelId === channelId && each.end === undefined);
    const { agent, orderId, way: transferWay } = call?.handover ?? {};
    return call && { id: call.id, agent, orderId, transferWay };
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
