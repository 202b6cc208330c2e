import type { Speech } from '../../dialogue/line.js';
import type { AgentLine } from '../call.js';
import { type ChannelSurroundings, type Said, SpokenChannel } from './spoken-channel.js';

/** An agent's line on Asterisk. The switch tells it what happens to its channel. */
export class AsteriskAgentLine implements AgentLine {
  readonly channelId: string;
  readonly agent: string | undefined;
  readonly ticket: string;
  readonly ended: Promise<void>;
  readonly #channel: SpokenChannel;
  /** True while the agent is to hear music when nothing is said. */
  #holds = false;

  constructor(
    channelId: string,
    { ticket, agent }: { readonly ticket: string; readonly agent: string | undefined },
    around: ChannelSurroundings,
  ) {
    this.channelId = channelId;
    this.agent = agent;
    this.ticket = ticket;
    this.#channel = new SpokenChannel(channelId, around, () => around.onOver(this));
    this.ended = this.#channel.ended;
  }

  /** How many requests this line has cost so far. */
  get ariRequests(): number {
    return this.#channel.ari.count;
  }

  async hold(): Promise<void> {
    this.#holds = true;
    await this.#channel.inTurn(() => this.#music());
  }

  async hears(speech: Speech): Promise<'heard' | 'hangup'> {
    return this.#channel.inTurn(async () => {
      let said: Said = 'lost';
      while (said === 'lost' && (await this.#channel.reachable())) {
        if (this.#holds) {
          await this.#channel.unlessLost(() => this.#channel.ari.stopMusic(this.channelId));
        }
        said = await this.#channel.say(speech);
      }
      await this.#music();
      return this.#channel.isOver() ? 'hangup' : 'heard';
    });
  }

  /**
   * Has the line joined with its caller when nothing is said to it, and plays no music to it afterwards. The
   * line is over when that comes to 'agent gone'.
   */
  async joinedBy<T extends string>(join: () => Promise<T>): Promise<T> {
    return this.#channel.inTurn(async () => {
      this.#holds = false;
      const result = await join();
      if (result === 'agent gone') {
        this.left();
      }
      return result;
    });
  }

  /** Does this when nothing is said to the line, and says nothing to it meanwhile. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#channel.inTurn(work);
  }

  isOver(): boolean {
    return this.#channel.isOver();
  }

  async hangUp(): Promise<void> {
    await this.#channel.hangUp();
  }

  /** An agent's keys mean nothing to us. */
  key(): void {
    return;
  }

  /** An agent who has put us on hold hears the next words when they take us back, or reads them (API). */
  heldByPhone(): void {
    return;
  }

  playbackFinished(playbackId: string, failed: boolean): void {
    this.#channel.playbackFinished(playbackId, failed);
  }

  /** The channel is gone, or not ours any more. Safe to be told again. */
  left(): void {
    this.#channel.left();
  }

  connectionLost(): void {
    this.#channel.connectionLost();
  }

  connectionRestored(): void {
    this.#channel.connectionRestored();
  }

  /** An agent who hears silence instead is none the worse for it: it is written down, and that is all. */
  async #music(): Promise<void> {
    try {
      if (this.#holds && (await this.#channel.reachable())) {
        this.#channel.unlessGone(await this.#channel.ari.startMusic(this.channelId));
      }
    } catch (cause) {
      this.#channel.report(cause, 'an agent could not be put on hold');
    }
  }
}
