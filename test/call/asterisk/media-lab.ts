/** A real Asterisk, the application's switch beside it, and phones that send what a test wants on the wire. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabAsterisk, prepareAsterisk, type SiteValues } from '../../../lab/asterisk.js';
import { freePorts, type LabPorts } from '../../../lab/ports.js';
import { prepareRoot } from '../../../lab/root.js';
import { AsteriskSwitch } from '../../../src/call/asterisk/asterisk-switch.js';
import type { Call } from '../../../src/call/call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import { systemClock } from '../../../src/clock.js';
import type { Answer, Delivery, Listen, Speech } from '../../../src/dialogue/line.js';
import { encodeUlaw } from '../../support/audio/g711.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { type PhoneHabits, RtpPhone } from './rtp-phone.js';

const ariPassword = 'a long password';
const plain: Delivery = { interruptible: true, dropsTypeAhead: false };
const digitsAndHash: Listen = { for: 'digits-until-hash', max: 40 };

/** The pitch of the only prompt, in hertz, and of the phones. */
export const promptsPitch = 440;
const phonesPitch = 1_000;

/** Says the prompt. */
export const question: Speech = { language: 'en', utterances: [{ prompt: 'tone' }] };

/** A call of which both ends are in the test's hands. */
export type BothEnds = { readonly phone: RtpPhone; readonly call: Call };

export type MediaLabOptions = {
  /** Values of dialplan/site.conf. */
  readonly site?: SiteValues;
  /** Further modules, as dialplan/site-modules.conf names them. */
  readonly modules?: readonly string[];
  readonly firstDigitMs?: number;
};

export class MediaLab {
  readonly ports: LabPorts;
  readonly log = new RecordedLog();
  readonly #folder: string;
  readonly #asterisk: LabAsterisk;
  readonly #switch: AsteriskSwitch;
  readonly #calls: Call[] = [];
  readonly #phones: RtpPhone[] = [];

  private constructor(folder: string, ports: LabPorts, asterisk: LabAsterisk, firstDigitMs: number) {
    this.#folder = folder;
    this.ports = ports;
    this.#asterisk = asterisk;
    this.#switch = new AsteriskSwitch({
      ariUrl: `http://walletline:${encodeURIComponent(ariPassword)}@127.0.0.1:${ports.ari}`,
      app: 'walletline',
      soundPrefix: 'walletline',
      recordings: ({ utterances }) => utterances.map(({ prompt }) => `en/${prompt}`),
      timers: { ...defaultDigitTimers, firstDigitMs },
      holdLimitMs: 60_000,
      log: this.log,
      clock: systemClock,
    });
  }

  static async start({
    site = {},
    modules = [],
    firstDigitMs = 20_000,
  }: MediaLabOptions = {}): Promise<MediaLab> {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-media-'));
    const prompts = join(folder, 'prompts');
    await mkdir(join(prompts, 'en'), { recursive: true });
    await writeFile(join(prompts, 'en', 'tone.ulaw'), tone(promptsPitch, 600));
    const ports = await freePorts();
    const asterisk = await prepareAsterisk({
      root: await prepareRoot(),
      dir: join(folder, 'asterisk'),
      logDir: join(folder, 'log'),
      promptsDir: prompts,
      ports,
      ariPassword,
      ariApp: 'walletline',
      site,
    });
    await writeFile(
      join(folder, 'asterisk', 'etc', 'site-modules.conf'),
      modules.map((name) => `load = ${name}\n`).join(''),
    );
    await asterisk.start();
    const lab = new MediaLab(folder, ports, asterisk, firstDigitMs);
    await lab.#switch.start({
      onCall: (call) => {
        lab.#calls.push(call);
        void call.answer();
      },
      onOrphan: () => undefined,
      onAgentLine: () => undefined,
    });
    return lab;
  }

  async stop(): Promise<void> {
    this.hangUp();
    await this.#switch.stop();
    await this.#asterisk.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A phone with such habits calls, and is answered. */
  async call(habits: PhoneHabits = {}): Promise<BothEnds> {
    const phone = await RtpPhone.dial(this.ports.sip, '12580', phonesPitch, habits);
    this.#phones.push(phone);
    const call = this.#calls.pop();
    assert.ok(call !== undefined);
    return { phone, call };
  }

  /** Ends the calls of all phones. */
  hangUp(): void {
    for (const phone of this.#phones.splice(0)) {
      phone.hangUp();
    }
  }

  /** Returns the keys that arrive at the application up to the `#` that ends them. */
  async keysOf({ call }: BothEnds, act: () => Promise<void> | void): Promise<string> {
    const answer = call.answers(question, plain, digitsAndHash);
    await act();
    return digitsOf(await answer);
  }

  /** What Asterisk has written down of late. */
  async messages(): Promise<string> {
    return readFile(join(this.#folder, 'log', 'asterisk', 'messages.log'), 'utf8');
  }
}

/** Resolves when all keys have left the phone. */
export async function pressed(phone: RtpPhone, keys: string): Promise<void> {
  phone.press(keys);
  await until(() => !phone.isPressing, 'the keys are pressed', 30_000);
}

function digitsOf(answer: Answer): string {
  return answer.type === 'digits' ? answer.digits : answer.type;
}

/** Returns so many milliseconds of a tone in mu-law, as Asterisk plays it. */
function tone(hertz: number, ms: number): Uint8Array {
  return encodeUlaw(
    Int16Array.from({ length: ms * 8 }, (_, at) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / 8_000)),
    ),
  );
}
