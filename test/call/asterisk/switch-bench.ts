import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgentsPlace } from '../../../src/call/asterisk/asterisk-call.js';
import { AsteriskSwitch } from '../../../src/call/asterisk/asterisk-switch.js';
import type { AgentLine, Call } from '../../../src/call/call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import { systemClock } from '../../../src/clock.js';
import { FakeAsterisk } from '../../support/fake-asterisk.js';
import { RecordedLog } from '../../support/recorded-log.js';

const socketLimits = { openMs: 500, pingMs: 40, pongMs: 40, firstRetryMs: 5, greatestRetryMs: 40 };
export const timers = { ...defaultDigitTimers, keyRunMs: 50 };

/** A channel as Asterisk describes it, which came with these arguments to Stasis(). */
export const channel = (id: string, state = 'Ring', args: readonly string[] = []): object => ({
  id,
  state,
  caller: { name: 'x', number: '13800138000' },
  dialplan: {
    context: 'from-trunk',
    exten: '12580',
    priority: 2,
    app_name: 'Stasis',
    app_data: ['test', ...args].join(','),
  },
});

export const entered = (id: string, args: readonly string[] = [], state = 'Ring'): object => ({
  type: 'StasisStart',
  args,
  channel: channel(id, state, args),
});

/** A switch on a fake Asterisk; what comes to it is kept, oldest first. */
export class SwitchBench {
  asterisk: FakeAsterisk;
  readonly log = new RecordedLog();
  readonly calls: Call[] = [];
  readonly orphans: Call[] = [];
  readonly lines: AgentLine[] = [];
  /** What came, in order. */
  readonly arrivals: string[] = [];
  readonly #started: AsteriskSwitch[] = [];

  private constructor(asterisk: FakeAsterisk) {
    this.asterisk = asterisk;
  }

  static async open(): Promise<SwitchBench> {
    return new SwitchBench(await FakeAsterisk.listen());
  }

  begin(
    url = this.asterisk.url,
    abandonMs = 1_000,
    agents?: AgentsPlace,
  ): { ready: Promise<void>; switch: AsteriskSwitch } {
    const one = new AsteriskSwitch({
      ariUrl: url,
      app: 'test',
      agents,
      soundPrefix: 'walletline',
      apology: 'sorry',
      recordings: (said) => said.utterances.map(({ prompt }) => `en/${prompt}`),
      timers,
      holdLimitMs: 1_000,
      log: this.log,
      clock: systemClock,
      abandonMs,
      socketLimits,
    });
    this.#started.push(one);
    return {
      switch: one,
      ready: one.start({
        onCall: (call) => {
          this.calls.push(call);
          this.arrivals.push(`call ${call.channelId}`);
        },
        onOrphan: (call) => {
          this.orphans.push(call);
          this.arrivals.push(`orphan ${call.channelId}`);
        },
        onAgentLine: (line) => {
          this.lines.push(line);
          this.arrivals.push(`agent ${line.channelId}`);
        },
      }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((one) => one.stop()));
    await this.asterisk.close();
  }
}

/** Waits until it is so, and fails after two seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `never happened: ${isSo.toString()}`);
    await pause(2);
  }
}

export function the<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}
