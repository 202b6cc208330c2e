import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import createManager, { type Manager, type Message } from 'asterisk-manager';
import { hostOf } from '../../address.js';
import { AriFault } from './ari.js';
import type { RawSocket } from './lasting-socket.js';
import { TimedOut, within } from './within.js';

/** One AMI message: fields by their name in lower case. What comes from outside in it is data. */
export type AmiMessage = Readonly<Record<string, string>>;

/** `refused` carries Asterisk's own words. */
export type AmiReply =
  | { readonly reply: 'done'; readonly listed: readonly AmiMessage[] }
  | { readonly reply: 'refused'; readonly why: string };

export type AmiSessionOptions = {
  /** ami://user:password@host:port */
  readonly url: string;
  readonly onEvent: (event: AmiMessage) => void;
  readonly onRefused: () => void;
  /** Told of an event that says one thing twice: somebody wrote into it, or Asterisk is at fault. */
  readonly onMalformed: () => void;
  /** How long Asterisk may take to answer an action. */
  readonly actionMs: number;
};

const defaultPort = 5038;

/** What a list ends with, by the action that asks for it. */
const endOfList: Readonly<Record<string, string>> = { Status: 'StatusComplete' };

/** A list that is being received. */
type Listing = { readonly entries: AmiMessage[]; readonly ends: string; readonly whole: () => void };

/**
 * One connection to Asterisk's manager interface, from login to its end, with the manners of a WebSocket so
 * that `LastingSocket` can watch over it. A new one is made for each try: asterisk-manager keeps half of a
 * message from a lost connection.
 */
export class AmiSession extends EventEmitter implements RawSocket {
  readonly #options: AmiSessionOptions;
  readonly #manager: Manager;
  readonly #listings = new Map<string, Listing>();
  /** Nobody but Asterisk knows how our actions are named, so nobody else can answer them. */
  readonly #idPrefix = `walletline-${randomBytes(12).toString('hex')}`;
  #lastId = 0;
  #over = false;

  constructor(options: AmiSessionOptions) {
    super();
    this.#options = options;
    const url = new URL(options.url);
    const { port, username, password } = url;
    const host = hostOf(url);
    this.#manager = createManager(
      undefined,
      host,
      decodeURIComponent(username),
      decodeURIComponent(password),
      true,
    );
    this.#guardMessages();
    this.#manager.on('error', (cause) => this.#tell('error', cause));
    this.#manager.on('close', () => this.#tell('close'));
    this.#manager.on('managerevent', (event) => this.#event(event));
    this.#manager.connect(port === '' ? defaultPort : Number(port), host, () => this.#logIn());
  }

  /** Asks for a sign of life; 'pong' says that it came. */
  ping(): void {
    this.action('Ping', {}).then(
      () => this.#tell('pong'),
      // Whoever waits for the pong notices.
      () => undefined,
    );
  }

  close(): void {
    this.#manager.disconnect();
  }

  terminate(): void {
    this.#over = true;
    this.#manager.disconnect();
  }

  /**
   * Sends an action and returns its answer, with all entries when it is answered by a list.
   * @throws AriFault when there is no connection, a value could say more than itself, or no answer comes in time.
   */
  async action(name: string, values: AmiMessage): Promise<AmiReply> {
    checkValues(values);
    if (this.#over || this.#manager.isConnected() !== true) {
      throw new AriFault('there is no connection to the call centre');
    }
    try {
      return await within(this.#options.actionMs, this.#send(name, values));
    } catch (cause) {
      throw cause instanceof TimedOut
        ? new AriFault(`Asterisk did not answer the action "${name}" in time`)
        : cause;
    }
  }

  async #send(name: string, values: AmiMessage): Promise<AmiReply> {
    // asterisk-manager's own ids are times, and two in one millisecond would share an answer.
    this.#lastId += 1;
    const id = `${this.#idPrefix}-${this.#lastId}`;
    const ends = endOfList[name];
    const entries: AmiMessage[] = [];
    const whole =
      ends === undefined
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            this.#listings.set(id, { entries, ends, whole: resolve });
          });
    try {
      const refusal = await new Promise<Message | undefined>((resolve) => {
        this.#manager.action({ ...values, action: name, actionid: id }, resolve);
      });
      if (refusal !== undefined) {
        return { reply: 'refused', why: readMessage(refusal)['message'] ?? '' };
      }
      await whole;
      return { reply: 'done', listed: entries };
    } finally {
      this.#listings.delete(id);
    }
  }

  /**
   * Lets no message through that says one thing twice: asterisk-manager makes a list of it, which is no text, and
   * throws on some where nobody can catch it.
   */
  #guardMessages(): void {
    const own = this.#manager.listeners('rawevent');
    this.#manager.removeAllListeners('rawevent');
    this.#manager.on('rawevent', (message) => {
      if (Object.values(message).some(Array.isArray)) {
        this.#options.onMalformed();
        return;
      }
      for (const listener of own) {
        listener(message);
      }
    });
  }

  #logIn(): void {
    this.#manager.login((refusal) => {
      if (refusal === undefined) {
        this.#tell('open');
      } else if (!this.#over) {
        this.#options.onRefused();
        this.#tell('close');
        this.terminate();
      }
    });
  }

  #event(message: Message): void {
    if (this.#over) {
      return;
    }
    const event = readMessage(message);
    const listing = this.#listings.get(event['actionid'] ?? '');
    if (listing === undefined) {
      this.#options.onEvent(event);
    } else if (event['event'] === listing.ends) {
      listing.whole();
    } else {
      listing.entries.push(event);
    }
  }

  #tell(event: 'open' | 'close' | 'pong'): void;
  #tell(event: 'error', cause: Error): void;
  #tell(event: string, ...details: readonly unknown[]): void {
    if (!this.#over) {
      this.emit(event, ...details);
    }
  }
}

/** @throws AriFault when one of the values could say more than itself. */
export function checkValues(values: AmiMessage): void {
  const unsafe = Object.entries(values).find(([, value]) => !isSafe(value));
  if (unsafe !== undefined) {
    throw new AriFault(`the value of ${unsafe[0]} cannot be sent to Asterisk`);
  }
}

/** AMI is lines: a value with the end of a line in it would be two fields. All that we send is this plain. */
function isSafe(value: string): boolean {
  return /^[A-Za-z0-9@/._-]{1,80}$/.test(value);
}

/** Channel variables are nothing that is used here. */
function readMessage(message: Message): AmiMessage {
  return Object.fromEntries(
    Object.entries(message).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
