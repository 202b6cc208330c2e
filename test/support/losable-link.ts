import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a server that can be lost, as a cable or a firewall loses it. */
export type LosableLink = {
  readonly port: number;
  /** Ends every connection, and refuses new ones until `heal`. */
  readonly cut: () => void;
  /** From now on nothing passes on any connection, old or new, and neither end is told. */
  readonly goSilent: () => void;
  /** New connections work again. One that fell silent stays so, as one does whose other end is gone. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

/** Opens the way on a free port of this machine, on its loopback address `at`. */
export async function losableLink(host: string, port: number, at = '127.0.0.1'): Promise<LosableLink> {
  let state: 'up' | 'cut' | 'silent' = 'up';
  const pairs = new Set<{ readonly ends: readonly Socket[]; isSilent: boolean }>();
  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(port, host);
    const pair = { ends: [client, upstream], isSilent: state === 'silent' };
    pairs.add(pair);
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (bytes) => pair.isSilent || to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        pairs.delete(pair);
        if (!pair.isSilent) {
          to.destroy();
        }
      });
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  const endAll = (): void => {
    for (const { ends } of pairs) {
      for (const socket of ends) {
        socket.destroy();
      }
    }
  };
  await new Promise<void>((resolve) => server.listen(0, at, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut';
      endAll();
    },
    goSilent: () => {
      state = 'silent';
      for (const pair of pairs) {
        pair.isSilent = true;
      }
    },
    heal: () => {
      state = 'up';
    },
    close: async () => {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
