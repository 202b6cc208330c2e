import type { AsteriskAgentLine } from './asterisk-agent-line.js';
import type { SpokenChannel } from './spoken-channel.js';
import { within } from './within.js';

/** A caller whom the agent should hear again, and whom Asterisk did not unmute, is tried again after this long. */
const unmuteAgainMs = 1_000;

/**
 * A caller and an agent who talk with each other: a bridge of Asterisk's with these two in it. It ends when
 * either is over; the other one stays with us.
 *
 * What it relies on was tried on Asterisk 22.10.1 (joined-call.lab.test.ts) with bridge_simple loaded:
 * - A member that was added with absorbDTMF=true still has its ChannelDtmfReceived events, and the other one
 *   gets neither its telephone events nor a tone. The agent's keys are absorbed as well: nobody is to play
 *   keys into a caller's phone.
 * - A bridge of type `mixing,dtmf_events,proxy_media` never becomes a native one, in which telephone events
 *   would go from phone to phone, whatever modules are loaded.
 * - What is played to a member is heard by that member alone, and while it is, neither hears the other.
 * - What is played to a member whose bridge is being destroyed is lost, and its end is never told: each is taken
 *   out first, which Asterisk answers when it is done, and nothing is said to it meanwhile.
 * - A member that is muted with direction=in is heard as silence: no sample of it arrives. Its keys still come
 *   to us. Tones in its audio, from a phone that sends keys so, are audio: only muting keeps them back.
 */
export class JoinedPair {
  readonly ticket: string;
  readonly #caller: SpokenChannel;
  /** Undefined for a conversation from before a restart. */
  #line: AsteriskAgentLine | undefined;
  /** Settles when all that `begin` asks of Asterisk is answered. */
  #beginning: Promise<unknown> = Promise.resolve();
  #isOver = false;
  /** The caller is, or is about to be, muted. */
  #isSilent = false;
  #unmuting: Promise<void> = Promise.resolve();

  constructor(caller: SpokenChannel, ticket: string) {
    this.#caller = caller;
    this.ticket = ticket;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Joins the two. Returns who was not there any more, if anybody.
   * @throws AriFault when Asterisk did not do it; nobody is joined then.
   */
  async begin(line: AsteriskAgentLine): Promise<'joined' | 'caller gone' | 'agent gone'> {
    this.#line = line;
    this.#endsWith(this.#caller);
    const joined = this.#join(line.channelId);
    this.#beginning = joined.catch(() => undefined);
    let result: Awaited<typeof joined> | 'failed' = 'failed';
    try {
      result = await joined;
    } finally {
      if (result !== 'joined' && !this.#isOver) {
        this.#isOver = true;
        await this.#destroy();
      }
    }
    // Also when the agent is gone already: then it ends at once.
    this.#endsWith(line);
    return result;
  }

  /**
   * Asks Asterisk whether the caller is in this conversation, also in one from before a restart; if so, it ends
   * with the call.
   * @throws AriFault when Asterisk does not say.
   */
  async isFound(): Promise<boolean> {
    const { ari, id } = this.#caller;
    const found = (await ari.bridgeMembers(this.#bridgeId)).includes(id);
    if (found) {
      this.#endsWith(this.#caller);
    }
    return found;
  }

  /**
   * Listens while the agent hears nothing at all of the caller's side.
   * @throws AriFault when that cannot be made certain; nothing was listened for then.
   */
  async silently<T>(listen: () => Promise<T>): Promise<T> {
    this.#isSilent = true;
    try {
      await this.#mute();
      return await listen();
    } finally {
      this.#isSilent = false;
      this.#unmuting = this.#unmute();
    }
  }

  /** Takes the caller out of it. A failure is written down. */
  async leave(): Promise<void> {
    const { ari, id } = this.#caller;
    try {
      await ari.removeFromBridge(this.#bridgeId, id);
    } catch (cause) {
      this.#caller.report(cause, 'a caller could not be taken out of a conversation');
    }
  }

  /** Ends it: whoever is still there is alone with us. Safe to call again. A failure is written down. */
  async end(): Promise<void> {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    const { id } = this.#caller;
    const line = this.#line;
    // Asked for before anything else can be: what is said next waits for it.
    await Promise.all([
      this.#caller.inTurn(() => this.#takeOut(id, this.#caller.isOver())),
      line?.inTurn(() => this.#takeOut(line.channelId, line.isOver())),
    ]);
    await this.#destroy();
  }

  /** Resolves when the channel is out of the bridge: only then can something be said to it again. */
  async #takeOut(channelId: string, isOver: boolean): Promise<void> {
    if (isOver) {
      return;
    }
    try {
      await this.#caller.ari.removeFromBridge(this.#bridgeId, channelId);
    } catch (cause) {
      this.#caller.report(cause, 'somebody could not be taken out of a conversation');
    }
  }

  async #destroy(): Promise<void> {
    // An end must not overtake the beginning: what is made afterwards would stay.
    await this.#beginning;
    try {
      await this.#caller.ari.destroyBridge(this.#bridgeId);
    } catch (cause) {
      this.#caller.report(cause, 'a conversation could not be ended');
    }
  }

  get #bridgeId(): string {
    return `walletline-${this.ticket}`;
  }

  #endsWith(line: { readonly ended: Promise<void> }): void {
    void line.ended.then(() => this.end());
  }

  async #join(agentId: string): Promise<'joined' | 'caller gone' | 'agent gone'> {
    while (await this.#caller.reachable()) {
      const result = await this.#caller.unlessLost(() => this.#joinNow(agentId));
      if (result === 'caller gone') {
        this.#caller.left();
      }
      if (result !== 'lost') {
        return this.#caller.isOver() ? 'caller gone' : result;
      }
    }
    return 'caller gone';
  }

  /** Each request does no harm when it is made again. */
  async #joinNow(agentId: string): Promise<'joined' | 'caller gone' | 'agent gone'> {
    const { ari, id } = this.#caller;
    await ari.createBridge(this.#bridgeId);
    // The agent's line comes last: until then there is nobody who could hear the caller.
    if ((await ari.addToBridge(this.#bridgeId, id)) === 'gone') {
      return 'caller gone';
    }
    await ari.stopMusic(agentId);
    return (await ari.addToBridge(this.#bridgeId, agentId)) === 'gone' ? 'agent gone' : 'joined';
  }

  /** Resolves when the caller is muted, or the call is over. */
  async #mute(): Promise<void> {
    await this.#unmuting;
    while (await this.#caller.reachable()) {
      const reply = await this.#caller.unlessLost(() => this.#caller.ari.mute(this.#caller.id));
      if (reply !== 'lost') {
        this.#caller.unlessGone(reply);
        return;
      }
    }
  }

  /** Goes on until the caller is heard again, is over, or must be silent again. */
  async #unmute(): Promise<void> {
    const { ari, ended, id } = this.#caller;
    while ((await this.#caller.reachable()) && !this.#isSilent) {
      try {
        if ((await this.#caller.unlessLost(() => ari.unmute(id))) !== 'lost') {
          return;
        }
      } catch (cause) {
        this.#caller.report(cause, 'a caller could not be unmuted');
        await within(unmuteAgainMs, ended).catch(() => undefined);
      }
    }
  }
}
