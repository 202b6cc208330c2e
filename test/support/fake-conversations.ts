import type { Clock } from '../../src/clock.js';
import type {
  Conversations,
  KeptConversation,
  NewConversation,
} from '../../src/conversation/conversations.js';
import { type Frames, readFrames } from '../../src/dialogue/frames.js';

type Kept = {
  readonly id: string;
  readonly of: Omit<NewConversation, 'frames'>;
  readonly expiresAt: number;
  frames: string | undefined;
  state: 'broken' | 'handed-over' | 'gone-on' | 'declined';
};

/** Conversations in memory, held to the same contract as those in MySQL. */
export class FakeConversations implements Conversations {
  readonly #clock: Clock;
  #kept: Kept[] = [];
  /** Set, every method rejects with it. */
  fault: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is kept, frames as the text that they are kept as. */
  get all(): readonly Readonly<Kept>[] {
    return this.#kept;
  }

  /** What the call log does when a call that was broken off ends. */
  breakOff(conversation: NewConversation): void {
    this.#keep(conversation, 'broken');
  }

  async findBroken(wallet: string): Promise<KeptConversation | undefined> {
    this.#mayFail();
    const latest = this.#kept.findLast(
      (each) => each.of.wallet === wallet && each.state !== 'handed-over' && this.#lives(each),
    );
    const frames = latest?.state === 'broken' ? read(latest.frames) : undefined;
    return latest === undefined || frames === undefined ? undefined : { id: latest.id, frames };
  }

  async take(id: string, as: 'gone-on' | 'declined'): Promise<boolean> {
    this.#mayFail();
    const found = this.#kept.find((each) => each.id === id && each.state === 'broken' && this.#lives(each));
    if (found === undefined) {
      return false;
    }
    Object.assign(found, { state: as, frames: undefined });
    return true;
  }

  async handOver(conversation: NewConversation): Promise<void> {
    this.#mayFail();
    this.#keep(conversation, 'handed-over');
  }

  async takeHandedOver(address: string): Promise<Frames | undefined> {
    this.#mayFail();
    const found = this.#kept.findLast(
      (each) => each.of.address === address && each.state === 'handed-over' && this.#lives(each),
    );
    const { frames } = found ?? {};
    if (found !== undefined) {
      Object.assign(found, { state: 'gone-on', frames: undefined });
    }
    return read(frames);
  }

  async prune(): Promise<number> {
    this.#mayFail();
    const before = this.#kept.length;
    this.#kept = this.#kept.filter((each) => this.#lives(each));
    return before - this.#kept.length;
  }

  #keep({ frames, ...of }: NewConversation, state: Kept['state']): void {
    const expiresAt = this.#clock.now().getTime() + of.keptMs;
    const id = `conversation ${this.#kept.length + 1}`;
    this.#kept.push({ id, of, expiresAt, frames: JSON.stringify(frames), state });
  }

  #lives({ expiresAt }: Kept): boolean {
    return expiresAt > this.#clock.now().getTime();
  }

  #mayFail(): void {
    if (this.fault !== undefined) {
      throw this.fault;
    }
  }
}

function read(frames: string | undefined): Frames | undefined {
  return frames === undefined ? undefined : readFrames(JSON.parse(frames));
}
