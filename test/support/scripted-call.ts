/**
 * A caller who plays a script, for tests that need a `Call` and no telephone. It follows the same digit
 * rule as a real call and writes a transcript: `> prompt` for what it heard, `< keys` for what it did.
 */
import { asText } from '../../lab/transcript-lines.js';
import type { AgentLine, Attachment, Call, Entry, Handover, TransferTarget } from '../../src/call/call.js';
import { deferred } from '../../src/call/deferred.js';
import { afterKey, beginsOtherwise, judgeKey, noKeys } from '../../src/call/digit-rule.js';
import type { Answer, Delivery, Listen, Speech, SpokenValue, Utterance } from '../../src/dialogue/line.js';
import { formatMoney } from '../../src/money.js';
import { Secret } from '../../src/secret.js';

export type ScriptedCallOptions = {
  /**
   * One step per question: the keys pressed in answer to it ("2", "50#", "135790"), "silence", or "hangup".
   * Keys that end before the answer is whole time out. A script that has run out hangs up.
   */
  readonly script?: readonly string[];
  readonly callerNumber?: string | undefined;
  readonly serviceNumber?: string;
  /** Digits dialled behind the service number. */
  readonly dialled?: string;
  readonly channelId?: string;
  readonly entry?: Entry;
  /** What an agent sent with the call; its entry is `transfer` then. */
  readonly handover?: Partial<Handover>;
  /** The ticket of the conversation that the call is in before anything is done with it. */
  readonly joinedTicket?: string;
  /** False: the caller has hung up before we answer. */
  readonly waitsForAnswer?: boolean;
  /** False: no agent queue. */
  readonly hasAgents?: boolean;
  /** The caller hangs up while this prompt is being said. */
  readonly hangsUpDuring?: string;
};

export class ScriptedCall implements Call {
  readonly channelId: string;
  readonly callerNumber: string | undefined;
  readonly serviceNumber: string;
  readonly entry: Entry;
  readonly handover: Handover | undefined;
  readonly dialled: string | undefined;
  readonly ended: Promise<void>;
  /** `> prompt (name value, …)` and `< keys` lines, in order. A secret is written as `< (secret)`. */
  readonly transcript: string[] = [];
  /** Every utterance heard, with its values. */
  readonly heard: Utterance[] = [];
  /** How it ended, once it has. */
  endedBy: 'caller' | 'us' | 'transfer' | undefined;
  /** The agent's line that the call was joined with last. */
  joinedWith: AgentLine | undefined;
  /** What the agents were told when the call was sent on. */
  attachment: Attachment | undefined;
  readonly #script: string[];
  readonly #options: ScriptedCallOptions;
  readonly #end = deferred<void>();
  #keyListener: ((keyed: number) => void) | undefined;

  constructor(options: ScriptedCallOptions = {}) {
    this.#options = options;
    this.#script = [...(options.script ?? [])];
    this.dialled = options.dialled;
    this.channelId = options.channelId ?? 'scripted-1';
    this.callerNumber = 'callerNumber' in options ? options.callerNumber : '13800138000';
    this.serviceNumber = options.serviceNumber ?? '12580';
    this.entry = options.entry ?? (options.handover === undefined ? 'direct' : 'transfer');
    this.handover =
      options.handover === undefined
        ? undefined
        : { agent: undefined, orderCode: undefined, ticket: undefined, ...options.handover };
    this.ended = this.#end.promise;
    if (options.waitsForAnswer === false) {
      this.callerHangsUp();
    }
  }

  /** The caller hangs up now, whatever is going on. */
  callerHangsUp(): void {
    this.#over('caller', '< (hangs up)');
  }

  async answer(): Promise<boolean> {
    return this.endedBy === undefined;
  }

  async hears(speech: Speech): Promise<'heard' | 'interrupted' | 'hangup'> {
    for (const utterance of speech.utterances) {
      if (this.endedBy !== undefined) {
        return 'hangup';
      }
      this.heard.push(utterance);
      this.transcript.push(`> ${describe(utterance)}`);
      if (utterance.prompt === this.#options.hangsUpDuring) {
        this.callerHangsUp();
      }
    }
    return this.#hungUp() ? 'hangup' : 'heard';
  }

  async answers(speech: Speech, _delivery: Delivery, listen: Listen): Promise<Answer> {
    if ((await this.hears(speech)) === 'hangup') {
      return { type: 'hangup' };
    }
    const step = this.#script.shift() ?? 'hangup';
    if (step === 'hangup') {
      this.callerHangsUp();
      return { type: 'hangup' };
    }
    if (step === 'silence') {
      this.transcript.push('< (silence)');
      return { type: 'silence' };
    }
    this.transcript.push(listen.for === 'secret' ? '< (secret)' : `< ${step}`);
    for (let keyed = 1; keyed <= step.length; keyed += 1) {
      this.#keyListener?.(keyed);
    }
    return answerFrom(step, listen);
  }

  async transfer(_to: TransferTarget, attachment?: Attachment): Promise<'transferred' | 'unavailable'> {
    if (this.endedBy !== undefined || this.#options.hasAgents === false) {
      return 'unavailable';
    }
    this.attachment = attachment;
    this.#over('transfer', '= transferred');
    return 'transferred';
  }

  async join(line: AgentLine): Promise<'joined' | 'gone'> {
    const lineIsOver = await Promise.race([line.ended.then(() => true), Promise.resolve(false)]);
    if (this.#hungUp() || lineIsOver) {
      return 'gone';
    }
    this.joinedWith = line;
    this.transcript.push('= joined with the agent');
    return 'joined';
  }

  async joinedTicket(): Promise<string | undefined> {
    return this.joinedWith?.ticket ?? this.#options.joinedTicket;
  }

  watchKeys(listener: ((keyed: number) => void) | undefined): void {
    this.#keyListener = listener;
  }

  async hangUp(): Promise<void> {
    this.#over('us', '= hung up');
  }

  #hungUp(): boolean {
    return this.endedBy !== undefined;
  }

  #over(by: 'caller' | 'us' | 'transfer', line: string): void {
    if (this.endedBy === undefined) {
      this.endedBy = by;
      this.transcript.push(line);
      this.#end.resolve();
    }
  }
}

/** Returns what these keys answer, by the rule of a real call; keys left over are not kept. */
function answerFrom(keys: string, listen: Listen): Answer {
  let soFar = noKeys;
  let digits = '';
  for (const key of keys) {
    const verdict = judgeKey(listen, soFar, key);
    soFar = afterKey(soFar, verdict, beginsOtherwise(listen, soFar, key));
    switch (verdict) {
      case 'incomplete':
        digits += key;
        break;
      case 'cleared':
        digits = '';
        break;
      case 'cancelled':
        return { type: 'cancel' };
      case 'invalid':
        return { type: 'nomatch' };
      case 'complete':
        if (listen.for === 'key') {
          return { type: 'key', key };
        }
        digits += key === '#' ? '' : key;
        return listen.for === 'secret'
          ? { type: 'secret', secret: new Secret(listen.kind, Buffer.from(digits, 'ascii')) }
          : { type: 'digits', digits };
    }
  }
  return { type: 'nomatch' };
}

function describe({ prompt, values }: Utterance): string {
  const parts = Object.entries(values ?? {}).map(([name, value]) => `${name} ${inWords(value)}`);
  return parts.length === 0 ? prompt : `${prompt} (${parts.join(', ')})`;
}

function inWords(value: SpokenValue): string {
  return value.as === 'money' ? formatMoney(value.money) : asText(value);
}
