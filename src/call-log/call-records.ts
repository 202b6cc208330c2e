import type { Entry, TransferWay } from '../call/call.js';

/** A call as it was written down: what a person may look up afterwards. */
export type RecordedCall = {
  /** UUIDv7: the key of its row. */
  readonly id: string;
  readonly channelId: string;
  /** Undefined when the caller withheld it. */
  readonly callerNumber: string | undefined;
  readonly serviceNumber: string;
  readonly entry: Entry;
  /** The agent who sent the caller, last. */
  readonly agent: string | undefined;
  readonly orderId: string | undefined;
  readonly transferWay: TransferWay | undefined;
  readonly language: string | undefined;
  /**
   * The last step of its path, "dialogue.state", before a person was asked for; undefined while nothing is written
   * of its path.
   */
  readonly position: string | undefined;
  readonly startedAt: Date;
  readonly answeredAt: Date | undefined;
  /** Undefined while it is going on. */
  readonly endedAt: Date | undefined;
  readonly outcome: string | undefined;
};

/** Where a page of calls ended. */
export type CallsCursor = { readonly startedAt: Date; readonly id: string };

/** Calls that began in [from, until), latest first by (startedAt, id). */
export type CallsQuery = {
  readonly from: Date;
  readonly until: Date;
  /** Only this agent's. */
  readonly agent?: string | undefined;
  /** Only calls that come after this one in that order: those that began earlier. */
  readonly after?: CallsCursor | undefined;
  readonly limit: number;
};

/** Reads what the call log wrote. */
export interface CallRecords {
  page(query: CallsQuery): Promise<readonly RecordedCall[]>;
  /** Returns those of the channels that have a record, in no order. */
  byChannels(channelIds: readonly string[]): Promise<readonly RecordedCall[]>;
}
