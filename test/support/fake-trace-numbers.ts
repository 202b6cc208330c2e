import type { BankTrace } from '../../src/bank/bank.js';
import type { TraceNumbers } from '../../src/bank/trace-numbers.js';
import type { Clock } from '../../src/clock.js';
import { systemClock } from '../../src/clock.js';

/** Trace numbers that count up in memory, each terminal's STAN by itself. */
export class FakeTraceNumbers implements TraceNumbers {
  readonly #clock: Clock;
  readonly #stans = new Map<string, number>();
  #lastRrn = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async take(terminalId: string): Promise<BankTrace> {
    const stan = (this.#stans.get(terminalId) ?? 0) + 1;
    this.#stans.set(terminalId, stan);
    this.#lastRrn += 1;
    return {
      terminalId,
      stan,
      rrn: String(this.#lastRrn).padStart(12, '0'),
      transmittedAt: this.#clock.now(),
    };
  }
}
