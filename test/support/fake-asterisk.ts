import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Reply = { readonly status: number; readonly body: string } | 'no answer';

const authorization = `Basic ${Buffer.from('walletline:pass word').toString('base64')}`;
const notFound = (what: string): Reply => ({ status: 404, body: `{"message":"${what} not found"}` });

/** The operations of ARI that are used, in the form in which Asterisk describes them (Swagger 1.1). */
const operations: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  applications: [['GET', 'get', '/applications/{applicationName}']],
  channels: [
    ['GET', 'get', '/channels/{channelId}'],
    ['DELETE', 'hangup', '/channels/{channelId}?reason'],
    ['POST', 'answer', '/channels/{channelId}/answer'],
    ['POST', 'continueInDialplan', '/channels/{channelId}/continue?context&extension&priority'],
    ['POST', 'playWithId', '/channels/{channelId}/play/{playbackId}?media'],
    ['POST', 'setChannelVar', '/channels/{channelId}/variable?variable&value'],
    ['POST', 'startMoh', '/channels/{channelId}/moh'],
    ['DELETE', 'stopMoh', '/channels/{channelId}/moh'],
    ['POST', 'mute', '/channels/{channelId}/mute?direction'],
    ['DELETE', 'unmute', '/channels/{channelId}/mute?direction'],
  ],
  bridges: [
    ['POST', 'createWithId', '/bridges/{bridgeId}?type'],
    ['GET', 'get', '/bridges/{bridgeId}'],
    ['POST', 'addChannel', '/bridges/{bridgeId}/addChannel?channel&absorbDTMF'],
    ['POST', 'removeChannel', '/bridges/{bridgeId}/removeChannel?channel'],
    ['DELETE', 'destroy', '/bridges/{bridgeId}'],
  ],
  playbacks: [
    ['GET', 'get', '/playbacks/{playbackId}'],
    ['DELETE', 'stop', '/playbacks/{playbackId}'],
  ],
};

/** A server on loopback that answers ARI requests and pushes ARI events, with every fault on demand. */
export class FakeAsterisk {
  /** "POST /channels/1/answer", in order; the description of the API and sockets are not among them. */
  readonly requests: string[] = [];
  /** Channels that are in the application: GET /channels/ID answers with them. */
  channels: object[] = [];
  /** What a request gets instead of 204. */
  replies: (request: string) => Reply | undefined = () => undefined;
  /** False: the description of the API is refused with 401. */
  password = true;
  /** A part of the description that is not there yet, e.g. "playbacks". */
  missingPart: string | undefined;
  /** False: pings are not answered, and events go nowhere. */
  alive = true;
  socketsOpened = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #connections = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#serve(request, response),
    );
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => this.#upgrade(request, socket));
  }

  /** Port 0: one that is free. */
  static async listen(port = 0): Promise<FakeAsterisk> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new FakeAsterisk(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://walletline:pass%20word@127.0.0.1:${this.port}`;
  }

  /** Sends an event, or any text, to whoever is connected. */
  push(event: object | string): void {
    if (!this.alive) {
      return;
    }
    const payload = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
    const header =
      payload.length < 126
        ? Buffer.from([0x81, payload.length])
        : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]);
    for (const socket of this.#sockets) {
      socket.write(Buffer.concat([header, payload]));
    }
  }

  /** Cuts every event connection. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) {
      connection.destroy();
    }
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '').replace(/^\/ari/, '');
    const send = (status: number, body = ''): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    };
    if (path.startsWith('/api-docs/')) {
      const known = path === '/api-docs/resources.json' && request.headers.authorization === undefined;
      if (!known && (!this.password || request.headers.authorization !== authorization)) {
        send(401, '{"message":"Authentication required"}');
      } else if (path === `/api-docs/${this.missingPart ?? ''}.json`) {
        send(404, '{"message":"Resource not found"}');
      } else {
        send(200, this.#description(path));
      }
      return;
    }
    const name = `${request.method ?? ''} ${path}`;
    this.requests.push(name);
    const reply = this.replies(name) ?? this.#usual(path);
    if (reply !== 'no answer') {
      send(reply.status, reply.body);
    }
  }

  #usual(path: string): Reply {
    if (path.startsWith('/applications/')) {
      const ids = this.channels.map((channel) => (channel as { id: string }).id);
      return { status: 200, body: JSON.stringify({ name: 'test', channel_ids: ids }) };
    }
    const [, kind, id, action] = path.split('/');
    if (kind === 'channels' && action === undefined && !path.includes('?')) {
      const channel = this.channels.find((one) => (one as { id: string }).id === id);
      return channel === undefined ? notFound('Channel') : { status: 200, body: JSON.stringify(channel) };
    }
    return { status: 204, body: '' };
  }

  #description(path: string): string {
    const name = path.replace(/^\/api-docs\/|\.json$/g, '');
    const base = {
      apiVersion: '10.0.0',
      swaggerVersion: '1.1',
      basePath: `http://127.0.0.1:${this.port}/ari`,
    };
    if (name === 'resources') {
      const apis = Object.keys(operations).map((one) => ({
        path: `/api-docs/${one}.{format}`,
        description: '',
      }));
      return JSON.stringify({ ...base, apis });
    }
    const apis = (operations[name] ?? []).map(([httpMethod, nickname, template]) => {
      const [route = '', query = ''] = template.split('?');
      const parameters = [
        ...Array.from(route.matchAll(/\{(\w+)\}/g), ([, one]) => ({
          name: one,
          paramType: 'path',
          dataType: 'string',
        })),
        ...query.split('&').map((one) => ({ name: one, paramType: 'query', dataType: 'string' })),
      ];
      return { path: route, operations: [{ httpMethod, nickname, responseClass: 'object', parameters }] };
    });
    return JSON.stringify({ ...base, resourcePath: `/api-docs/${name}.{format}`, apis, models: {} });
  }

  /** RFC 6455: the handshake, and as much of its frames as a client of events sends. */
  #upgrade(request: IncomingMessage, socket: Duplex): void {
    this.socketsOpened += 1;
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (frame: Buffer) => {
      const opcode = frame.readUInt8(0) & 0x0f;
      if (this.alive && opcode === 0x9) {
        socket.write(Buffer.from([0x8a, 0x00]));
      } else if (this.alive && opcode === 0x8) {
        socket.end(Buffer.from([0x88, 0x00]));
      }
    });
  }
}
