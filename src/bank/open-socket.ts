import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a bank host listens. */
export type HostAddress = { readonly host: string; readonly port: number };

/** How a host and we prove to each other who we are; all in PEM form. */
export type LineTls = {
  /** The CA that has signed the host's certificate; no other is believed. */
  readonly ca: string;
  /** Our certificate and its key in one text, when the host asks for one. */
  readonly client?: string | undefined;
  /** The name that must be in the host's certificate; the address when not given. */
  readonly name?: string | undefined;
};

export type SocketOptions = {
  readonly address: HostAddress;
  readonly tls?: LineTls | undefined;
  /** For the connection, and for the handshake of TLS with it. */
  readonly connectTimeoutMs: number;
  /** Ends the attempt to connect, and the connection. */
  readonly signal: AbortSignal;
};

/**
 * Opens a connection to a bank's host, with TLS 1.2 or later where `tls` is given.
 * @throws Error (with cause) when it is refused, takes longer than `connectTimeoutMs`, is aborted, or when the host
 *   does not prove that it is the one.
 */
export async function openSocket(options: SocketOptions): Promise<Socket> {
  const { signal, connectTimeoutMs } = options;
  const { socket, ready } = begin(options);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new Error('no connection in time'));
    }, connectTimeoutMs);
    const abort = (): void => {
      socket.destroy(new Error('stopped while connecting'));
    };
    const settle = (error: Error | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off(ready, connected).off('error', settle).off('close', closed);
      if (error === undefined) {
        resolve();
        return;
      }
      // A destroyed socket may still report; nobody is interested any more.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(new Error('the bank host cannot be reached', { cause: error }));
    };
    const connected = (): void => settle(undefined);
    const closed = (): void => settle(new Error('closed while connecting'));
    signal.addEventListener('abort', abort);
    socket.once(ready, connected).once('error', settle).once('close', closed);
  });
  return socket;
}

function begin({ address, tls }: SocketOptions): { socket: Socket; ready: 'connect' | 'secureConnect' } {
  if (tls === undefined) {
    const socket = new Socket();
    socket.connect({ ...address, noDelay: true, keepAlive: true });
    return { socket, ready: 'connect' };
  }
  const { ca, client, name } = tls;
  const socket = connectTls({
    ...address,
    ca,
    ...(client === undefined ? {} : { cert: client, key: client }),
    ...(name === undefined ? {} : { servername: name }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
  socket.setNoDelay(true).setKeepAlive(true);
  return { socket, ready: 'secureConnect' };
}
