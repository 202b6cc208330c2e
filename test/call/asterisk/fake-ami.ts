import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** One action that came, fields by their name as they came. */
export type Action = Readonly<Record<string, string>>;

type Fields = Readonly<Record<string, string>>;

/** A manager interface (AMI) on loopback that says what a test wants, and can go silent. */
export class FakeAmi {
  /** All that came, in order, but for logins and pings. */
  readonly actions: Action[] = [];
  password = 'pass word';
  /** False: it takes connections and says nothing. */
  alive = true;
  /** What the list of channels holds. */
  channels: readonly Fields[] = [];
  /** How an action other than Login, Ping, Status and Setvar is answered; undefined: not at all. */
  answer: (action: Action) => Fields | undefined = () => ({ Response: 'Success' });
  logins = 0;
  /** What the app has put where the dialplan adds it to its events. */
  proof = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async listen(port = 0): Promise<FakeAmi> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FakeAmi(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ami://walletline:pass%20word@127.0.0.1:${this.port}`;
  }

  /** Tells everybody who is connected. */
  event(fields: Fields): void {
    for (const socket of this.#sockets) {
      write(socket, fields);
    }
  }

  /** Writes as it stands, e.g. half of a message. */
  raw(text: string): void {
    for (const socket of this.#sockets) {
      socket.write(text);
    }
  }

  /** Ends all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    let unread = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const messages = (unread + text).split('\r\n\r\n');
      unread = messages.pop() ?? '';
      for (const message of messages) {
        this.#take(socket, readFields(message));
      }
    });
  }

  #take(socket: Socket, action: Action): void {
    const { ActionID: id = '', Action: name = '' } = action;
    if (!this.alive) {
      return;
    }
    const reply = (fields: Fields) => write(socket, { ...fields, ActionID: id });
    switch (name.toLowerCase()) {
      case 'login':
        this.logins += 1;
        reply(
          action['Secret'] === this.password
            ? { Response: 'Success', Message: 'Authentication accepted' }
            : { Response: 'Error', Message: 'Authentication failed' },
        );
        return;
      case 'ping':
        reply({ Response: 'Success', Ping: 'Pong' });
        return;
      case 'status':
        this.actions.push(action);
        if (action['Channel'] !== undefined && !this.channels.some((one) => isIt(one, action))) {
          reply({ Response: 'Error', Message: 'No such channel' });
          return;
        }
        reply({ Response: 'Success', EventList: 'start', Message: 'Channel status will follow' });
        for (const channel of this.channels.filter((one) => isIt(one, action))) {
          reply({ Event: 'Status', ...channel });
        }
        reply({ Event: 'StatusComplete', EventList: 'Complete', ListItems: String(this.channels.length) });
        return;
      case 'setvar':
        if (action['Variable'] === 'WALLETLINE_PROOF') {
          this.proof = action['Value'] ?? '';
        }
        this.actions.push(action);
        reply({ Response: 'Success', Message: 'Variable Set' });
        return;
      default: {
        this.actions.push(action);
        const answer = this.answer(action);
        if (answer !== undefined) {
          reply(answer);
        }
      }
    }
  }
}

/** Whether a list that an action asks for has this channel in it. */
function isIt(channel: Fields, action: Action): boolean {
  return action['Channel'] === undefined || action['Channel'] === channel['Channel'];
}

function write(socket: Socket, fields: Fields): void {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${lines.join('')}\r\n`);
}

function readFields(message: string): Action {
  return Object.fromEntries(
    message.split('\r\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}
