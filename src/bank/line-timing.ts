import type { BackOff } from './back-off.js';

/** How a line behaves in time; milliseconds on the monotonic clock. */
export type LineTiming = {
  readonly connectTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly frameTimeoutMs: number;
  /** How long a transaction's or reversal's answer is waited for. */
  readonly answerTimeoutMs: number;
  /** How long the answer to a sign-in or an echo is waited for. */
  readonly networkTimeoutMs: number;
  /** An echo is sent after so long without a word from the bank. */
  readonly echoIdleMs: number;
  readonly backOff: BackOff;
  /** A line that was up for so long is reconnected without regard to earlier failures. */
  readonly stableMs: number;
  /** How soon a bank that asks for sign-ins, one after the other, gets the next. */
  readonly signOnAgain: BackOff;
  /** How often a line that is up on another host looks whether its primary can be reached again. */
  readonly primaryReturn: BackOff;
};

export const usualLineTiming: LineTiming = {
  connectTimeoutMs: 5_000,
  sendTimeoutMs: 5_000,
  frameTimeoutMs: 5_000,
  answerTimeoutMs: 20_000,
  networkTimeoutMs: 5_000,
  echoIdleMs: 60_000,
  backOff: { firstMs: 200, longestMs: 30_000 },
  stableMs: 10_000,
  signOnAgain: { firstMs: 2_000, longestMs: 300_000 },
  primaryReturn: { firstMs: 30_000, longestMs: 600_000 },
};
