import type { ApiUser } from './api-tokens.js';

/** What was read: one record, one day's list of calls, or what goes on in a session. */
export type ReadSubject = 'order' | 'payment' | 'call' | 'calls' | 'session';

/** Who looked at what. Append-only. */
export interface ApiReads {
  /** Resolves when it is durable; an answer leaves only afterwards. */
  append(read: {
    readonly user: ApiUser;
    readonly what: ReadSubject;
    /** The id of the order or payment, the channel of the call, the day of the list. */
    readonly subjectId: string;
    readonly at: Date;
  }): Promise<void>;
}
