import type { TerminalZone } from './terminal-time.js';

/** Who a terminal is to the bank. */
export type TerminalIdentity = TerminalZone & {
  /** Field 41, 8 characters. */
  readonly terminalId: string;
  /** Field 42, 15 characters. */
  readonly merchantId: string;
  /** Field 32, up to 11 digits. */
  readonly acquirerId: string;
};
