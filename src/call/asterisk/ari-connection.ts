import type { Client } from 'ari-client';
import type { Log } from '../../log.js';
import { type Ari, type AriChannel, type AriEvent, AriFault, type AriReply } from './ari.js';
import { readAriChannel, readAriEvent, readBridgeMembers, readChannelIds } from './ari-event.js';
import {
  defaultSocketLimits,
  LastingSocket,
  type RawSocket,
  reasonOf,
  type SocketLimits,
} from './lasting-socket.js';
import { openAriClient } from './open-ari-client.js';
import { wipeWhatIsRead } from './wiped-web-socket.js';
import { TimedOut, within } from './within.js';

export type AriConnectionOptions = {
  /** http://user:password@host:port */
  readonly url: string;
  /** The name of our Stasis application: one living process each. */
  readonly app: string;
  readonly log: Log;
  readonly handlers: {
    readonly onUp: () => void;
    readonly onDown: () => void;
    readonly onEvent: (event: AriEvent) => void;
  };
  /** How long Asterisk may take to answer a request. */
  readonly requestMs?: number;
  readonly socketLimits?: SocketLimits;
  readonly random?: () => number;
};

/** Longer than the socket needs to notice a dead Asterisk: then its requests count as lost, not as failed. */
const defaultRequestMs = 10_000;

/**
 * The connection to one Asterisk. ari-client sends the requests and opens the socket; the socket's life is
 * `LastingSocket`'s, because ari-client gives up after ten tries, never pings, and throws on an event type
 * that it does not know.
 */
export class AriConnection implements Ari {
  /** Requests sent so far, by operation. */
  readonly requestCounts = new Map<string, number>();
  readonly #options: AriConnectionOptions;
  readonly #socket: LastingSocket;
  readonly #requestMs: number;
  #client: Client | undefined;

  constructor(options: AriConnectionOptions) {
    this.#options = options;
    this.#requestMs = options.requestMs ?? defaultRequestMs;
    const { handlers, log } = options;
    this.#socket = new LastingSocket({
      open: () => this.#open(),
      handlers: {
        onUp: handlers.onUp,
        onDown: handlers.onDown,
        onMessage: (message) => this.#message(message),
      },
      limits: options.socketLimits ?? defaultSocketLimits,
      log,
      random: options.random ?? Math.random,
    });
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Begins to connect, and comes back whenever the connection is lost, until `stop`. */
  start(): void {
    this.#socket.start();
  }

  async stop(): Promise<void> {
    await this.#socket.stop();
  }

  async answer(channelId: string): Promise<AriReply> {
    return this.#command('answer', (client) => client.channels.answer({ channelId }));
  }

  async play(channelId: string, playbackId: string, media: readonly string[]): Promise<AriReply> {
    const parameters = { channelId, playbackId, media: media.join(',') };
    return this.#command('play', (client) => client.channels.playWithId(parameters));
  }

  async stopPlayback(playbackId: string): Promise<AriReply> {
    return this.#command('stop', (client) => client.playbacks.stop({ playbackId }));
  }

  async hasPlayback(playbackId: string): Promise<boolean> {
    const reply = await this.#command('find playback', (client) => client.playbacks.get({ playbackId }));
    return reply === 'done';
  }

  async hangUp(channelId: string, reason: 'normal' | 'congestion'): Promise<AriReply> {
    const parameters = { channelId, reason };
    return this.#command('hang up', (client) => client.channels.hangup(parameters));
  }

  async continueAt(channelId: string, context: string, extension: string): Promise<AriReply> {
    const parameters = { channelId, context, extension, priority: '1' };
    return this.#command('continue', (client) => client.channels.continueInDialplan(parameters));
  }

  async channelIds(): Promise<readonly string[]> {
    const applicationName = this.#options.app;
    const app = await this.#request('list channels', (client) =>
      client.applications.get({ applicationName }),
    );
    return app.reply === 'gone' ? [] : understood(() => readChannelIds(app.value));
  }

  async channel(channelId: string): Promise<AriChannel | undefined> {
    const found = await this.#request('find channel', (client) => client.channels.get({ channelId }));
    return found.reply === 'gone' ? undefined : understood(() => readAriChannel(found.value));
  }

  async setVariable(channelId: string, variable: string, value: string): Promise<AriReply> {
    const parameters = { channelId, variable, value };
    return this.#command('set variable', (client) => client.channels.setChannelVar(parameters));
  }

  async startMusic(channelId: string): Promise<AriReply> {
    return this.#command('start music', (client) => client.channels.startMoh({ channelId }));
  }

  async stopMusic(channelId: string): Promise<AriReply> {
    return this.#command('stop music', (client) => client.channels.stopMoh({ channelId }));
  }

  async mute(channelId: string): Promise<AriReply> {
    return this.#command('mute', (client) => client.channels.mute({ channelId, direction: 'in' }));
  }

  async unmute(channelId: string): Promise<AriReply> {
    return this.#command('unmute', (client) => client.channels.unmute({ channelId, direction: 'in' }));
  }

  async createBridge(bridgeId: string): Promise<AriReply> {
    const parameters = { bridgeId, type: 'mixing,dtmf_events,proxy_media' };
    return this.#command('create bridge', (client) => client.bridges.createWithId(parameters));
  }

  async addToBridge(bridgeId: string, channel: string): Promise<AriReply> {
    const parameters = { bridgeId, channel, absorbDTMF: 'true' };
    return this.#command('add to bridge', (client) => client.bridges.addChannel(parameters));
  }

  async removeFromBridge(bridgeId: string, channel: string): Promise<AriReply> {
    return this.#command('remove from bridge', (client) =>
      client.bridges.removeChannel({ bridgeId, channel }),
    );
  }

  async destroyBridge(bridgeId: string): Promise<AriReply> {
    return this.#command('destroy bridge', (client) => client.bridges.destroy({ bridgeId }));
  }

  async bridgeMembers(bridgeId: string): Promise<readonly string[]> {
    const found = await this.#request('find bridge', (client) => client.bridges.get({ bridgeId }));
    return found.reply === 'gone' ? [] : understood(() => readBridgeMembers(found.value));
  }

  /** Asterisk's description of its API is fetched once; then each call opens another socket. */
  async #open(): Promise<RawSocket> {
    this.#client ??= await openAriClient(this.#options.url, this.#options.log);
    // Its promise settles only through listeners that are taken away here.
    void this.#client.start(this.#options.app);
    const socket = this.#client._ws;
    if (socket === undefined) {
      throw new AriFault('ari-client opened no socket: it is not the version that this was written for');
    }
    for (const event of ['open', 'message', 'pong', 'error', 'close']) {
      socket.removeAllListeners(event);
    }
    wipeWhatIsRead(socket);
    return socket;
  }

  #message(message: unknown): void {
    let event: AriEvent;
    try {
      event = readAriEvent(Buffer.isBuffer(message) ? message : Buffer.from(String(message)));
    } catch (cause) {
      this.#options.log.error({ cause: reasonOf(cause) }, 'Asterisk sent an event that cannot be read');
      return;
    }
    if (event.type === 'replaced') {
      this.#options.log.error({ app: this.#options.app }, 'another process took our place at Asterisk');
      this.#socket.yieldForNow();
      return;
    }
    this.#options.handlers.onEvent(event);
  }

  async #command(name: string, send: (client: Client) => PromiseLike<unknown>): Promise<AriReply> {
    return (await this.#request(name, send)).reply;
  }

  async #request(
    name: string,
    send: (client: Client) => PromiseLike<unknown>,
  ): Promise<{ reply: 'done'; value: unknown } | { reply: 'gone' }> {
    if (this.#client === undefined) {
      throw new AriFault('Asterisk was never reached');
    }
    this.requestCounts.set(name, (this.requestCounts.get(name) ?? 0) + 1);
    try {
      return { reply: 'done', value: await within(this.#requestMs, send(this.#client)) };
    } catch (cause) {
      if (cause instanceof Error && saysGone(cause.message)) {
        return { reply: 'gone' };
      }
      if (cause instanceof Error && saysItIsThere(cause.message)) {
        return { reply: 'done', value: undefined };
      }
      throw cause instanceof TimedOut
        ? new AriFault(`Asterisk did not answer the request "${name}" in time`)
        : new AriFault(`Asterisk refused the request "${name}"`);
    }
  }
}

/**
 * ari-client keeps of a refusal only its body. These are what Asterisk says (res/ari) when a channel,
 * playback or bridge is over (404; 400 for a channel to be added), has left the application (409, 422), or is
 * being hung up (412).
 */
function saysGone(body: string): boolean {
  return /"message":\s*"(?:Channel not found|Channel not in Stasis application|Channel in invalid state|Channel not in this bridge|Playback not found|Bridge not found|Application does not exist)/.test(
    body,
  );
}

/** What Asterisk says (409) when a bridge is made again under its own id. */
function saysItIsThere(body: string): boolean {
  return /"message":\s*"Bridge with id '[\w-]+' already exists"/.test(body);
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AriFault('Asterisk answered something that cannot be read', { cause });
  }
}
