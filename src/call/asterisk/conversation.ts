import type { Log } from '../../log.js';
import { type Ari, AriFault } from './ari.js';

/**
 * A caller and an agent who talk with each other: a bridge of Asterisk's with these two in it. The bridge
 * keeps each one's keys from the other, and never lets media pass around Asterisk. It is ended by whoever
 * made it; the lines outlive it.
 */
export class Conversation {
  readonly ticket: string;
  readonly #ari: Ari;
  readonly #callerId: string;
  readonly #log: Log;
  /** Muting and unmuting reach Asterisk in the order in which they were asked for. */
  #muting: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(ari: Ari, callerId: string, ticket: string, log: Log) {
    this.#ari = ari;
    this.#callerId = callerId;
    this.ticket = ticket;
    this.#log = log;
  }

  /**
   * Joins the two. Doing it again does no harm. Returns who was not there any more, if anybody.
   * @throws AriFault when Asterisk did not do it.
   */
  async begin(agentId: string): Promise<'joined' | 'caller gone' | 'agent gone'> {
    await this.#ari.createBridge(this.#bridgeId);
    // The agent's line comes last: until then there is nobody who could hear the caller.
    if ((await this.#ari.addToBridge(this.#bridgeId, this.#callerId)) === 'gone') {
      return 'caller gone';
    }
    await this.#ari.stopMusic(agentId);
    const added = await this.#ari.addToBridge(this.#bridgeId, agentId);
    return added === 'gone' ? 'agent gone' : 'joined';
  }

  /** True when Asterisk has the caller in this conversation. */
  async hasCaller(): Promise<boolean> {
    return (await this.#ari.bridgeMembers(this.#bridgeId)).includes(this.#callerId);
  }

  /**
   * From now on nothing that the caller says or keys is heard by the agent; the caller hears all the same.
   * @throws AriFault when that cannot be promised.
   */
  async mute(): Promise<'done' | 'gone'> {
    const muted = this.#muting.then(() => this.#ari.mute(this.#callerId));
    this.#muting = muted.catch(() => undefined);
    return muted;
  }

  /** The agent hears the caller again. Resolves when Asterisk has been told; what fails is written down. */
  async unmute(): Promise<void> {
    const unmuted = this.#muting.then(() =>
      this.#tell(() => this.#ari.unmute(this.#callerId), 'a caller could not be unmuted'),
    );
    this.#muting = unmuted;
    return unmuted;
  }

  /** Takes the caller out of it; the agent stays behind. What fails is written down. */
  async leave(): Promise<void> {
    await this.#tell(
      () => this.#ari.removeFromBridge(this.#bridgeId, this.#callerId),
      'a caller could not be taken out of a conversation',
    );
  }

  /** Ends it: each of the two that is still there is alone with us. What fails is written down. */
  async end(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      await this.#tell(() => this.#ari.destroyBridge(this.#bridgeId), 'a conversation could not be ended');
    }
  }

  get #bridgeId(): string {
    return `walletline-${this.ticket}`;
  }

  async #tell(request: () => Promise<unknown>, otherwise: string): Promise<void> {
    try {
      await request();
    } catch (cause) {
      const text = cause instanceof AriFault ? cause.message : 'a fault of our own';
      this.#log.error({ channelId: this.#callerId, cause: text }, otherwise);
    }
  }
}
