/** What the switch itself says of channels and bridges: who is connected to whom, whatever we believe. */
import { labWait } from './lab-wait.js';

type Channel = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string };
  readonly dialplan: { readonly context: string; readonly app_name: string };
};
type Bridge = { readonly id: string; readonly bridge_class: string; readonly channels: readonly string[] };

/** Where a caller is. `with` are the names of the endpoints in the same bridge, e.g. "1001". */
export type Place = {
  readonly channelId: string;
  /** The dialplan's application that runs: "Stasis" is ours, "Queue" the call centre's. */
  readonly application: string;
  readonly bridge: string | undefined;
  readonly with: readonly string[];
  /** The same channels by their ids. */
  readonly withIds: readonly string[];
};

/** Reads the switch over ARI; nothing is changed. */
export class SwitchView {
  readonly #origin: string;
  readonly #authorization: string;

  /** http://user:password@host:port */
  constructor(ariUrl: string) {
    const { origin, username, password } = new URL(ariUrl);
    this.#origin = origin;
    this.#authorization = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  }

  /** Where the caller of this number is now, or undefined when there is no such call. */
  async placeOf(callerNumber: string): Promise<Place | undefined> {
    const [channels, bridges] = await Promise.all([
      this.#get<readonly Channel[]>('/channels'),
      this.#get<readonly Bridge[]>('/bridges'),
    ]);
    const channel = channels.find(
      ({ caller, name }) => caller.number === callerNumber && name.startsWith('PJSIP/trunk'),
    );
    if (channel === undefined) {
      return undefined;
    }
    const bridge = bridges.find(({ channels: members }) => members.includes(channel.id));
    const others = channels.filter(({ id }) => id !== channel.id && bridge?.channels.includes(id) === true);
    return {
      channelId: channel.id,
      application: channel.dialplan.app_name,
      bridge: bridge?.id,
      with: others.map(({ name }) => /^PJSIP\/(.*)-[0-9a-f]+$/.exec(name)?.[1] ?? name),
      withIds: others.map(({ id }) => id),
    };
  }

  /** Waits until the caller is in a bridge with this agent, and returns the caller's place. */
  async joined(callerNumber: string, agent: string, withinMs = 10_000): Promise<Place> {
    return labWait(
      `${callerNumber} to be connected to ${agent}`,
      async () => {
        const place = await this.placeOf(callerNumber);
        return place?.with.length === 1 && place.with[0] === agent ? place : undefined;
      },
      withinMs,
    );
  }

  /** Waits until the caller waits in the queue, talking with nobody. */
  async waits(callerNumber: string, withinMs = 10_000): Promise<Place> {
    return labWait(
      `${callerNumber} to wait in the queue`,
      async () => {
        const place = await this.placeOf(callerNumber);
        return place?.application === 'Queue' && place.with.length === 0 ? place : undefined;
      },
      withinMs,
    );
  }

  /** Waits until there is no line of this caller's, nor of any agent's who was with them. */
  async isGone(callerNumber: string): Promise<void> {
    await labWait(`${callerNumber} to be gone from the switch`, async () =>
      (await this.placeOf(callerNumber)) === undefined ? true : undefined,
    );
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#origin}/ari${path}`, {
      headers: { authorization: this.#authorization },
      signal: AbortSignal.timeout(5_000),
    });
    return (await response.json()) as T;
  }
}
