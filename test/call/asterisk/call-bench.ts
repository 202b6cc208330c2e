import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { AriChannel } from '../../../src/call/asterisk/ari.js';
import { AsteriskAgentLine } from '../../../src/call/asterisk/asterisk-agent-line.js';
import {
  type AgentsPlace,
  AsteriskCall,
  type CallSurroundings,
} from '../../../src/call/asterisk/asterisk-call.js';
import type { Handover } from '../../../src/call/call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import type { Answer, Delivery, Listen, Speech } from '../../../src/dialogue/line.js';
import { FakeAri } from '../../support/fake-ari.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { settle } from '../../support/settle.js';

export const channel: AriChannel = {
  id: '1700000000.1',
  isUp: false,
  callerNumber: '+8613800138000',
  dialledNumber: '12580',
  args: [],
};
export const ticket = '0123456789';
export const agents: AgentsPlace = { context: 'agents', extension: '12581' };
export const interruptible: Delivery = { interruptible: true, dropsTypeAhead: false };
export const heardOut: Delivery = { interruptible: false, dropsTypeAhead: false };
export const confirmation: Delivery = { interruptible: false, dropsTypeAhead: true };
export const menu: Listen = { for: 'key' };
export const amount: Listen = { for: 'digits-until-hash', max: 4 };
export const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };

export const says = (...prompts: string[]): Speech => ({
  language: 'en',
  utterances: prompts.map((prompt) => ({ prompt })),
});

/** A call over a fake Asterisk, with the clock and the caller's keys in the test's hands. */
export class CallBench {
  readonly time = sinon.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    now: 100_000,
  });
  readonly log = new RecordedLog();
  ari = new FakeAri();
  call = this.begin(channel);

  /** Begins another call, on another Asterisk. */
  beginAfresh(): void {
    this.ari = new FakeAri();
    this.call = this.begin(channel);
  }

  begin(on: AriChannel, place: AgentsPlace | 'no agents' = agents, handover?: Handover): AsteriskCall {
    return new AsteriskCall(
      on,
      { handover, dialled: undefined },
      this.around(place === 'no agents' ? undefined : place),
    );
  }

  beginAgentLine(channelId = 'agent-1'): AsteriskAgentLine {
    return new AsteriskAgentLine(channelId, { ticket, agent: '1001' }, this.around(undefined));
  }

  around(place: AgentsPlace | undefined): CallSurroundings {
    return {
      ari: this.ari,
      agents: place,
      recordings: (speech) => speech.utterances.map(({ prompt }) => `en/${prompt}`),
      soundPrefix: 'walletline',
      apology: 'sorry',
      timers: defaultDigitTimers,
      holdLimitMs: 240_000,
      clock: { now: () => new Date(this.time.now), monotonicMs: () => this.time.now },
      log: this.log,
      onOver: () => undefined,
    };
  }

  press(keys: string): void {
    for (const key of keys) {
      this.call.key(key);
      this.time.tick(10);
    }
  }

  /** Asterisk says that the newest playback is over. */
  async promptEnds(): Promise<void> {
    await settle();
    this.call.playbackFinished(this.ari.lastPlaybackId, false);
    await settle();
  }
}

/** Returns the digits of a secret, which is consumed. */
export function digitsOf(answer: Answer): string {
  assert.ok(answer.type === 'secret');
  return answer.secret.open((digits) => digits.toString('ascii'));
}
