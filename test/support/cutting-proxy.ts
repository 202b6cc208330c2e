import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** When the connection is cut, the next time that a COMMIT passes. */
export type Cut = 'before-commit' | 'after-commit';

/** A proxy to a database that understands which packet is a COMMIT, and can cut the line around it. */
export type CuttingProxy = {
  readonly port: number;
  /** How often it has cut. */
  readonly cuts: number;
  /** Cuts once, after `skip` more COMMITs. "after-commit": the server gets it, and its answer is lost. */
  readonly cutNext: (cut: Cut, skip?: number) => void;
  /** Calls once, when a COMMIT is passed on after `skip` more: the server has not answered it yet. */
  readonly callAtCommit: (call: () => void, skip?: number) => void;
  /** Cuts and calls no more. */
  readonly cutNone: () => void;
  /** Cuts every connection, and those that are made until this is called with false. */
  readonly setAway: (away: boolean) => void;
  readonly close: () => Promise<void>;
};

const comQuery = 3;

/** A packet is a header of 4 bytes and its command; a statement may follow the numbers of its attributes. */
function isCommit(packet: Buffer): boolean {
  return packet[4] === comQuery && packet.subarray(5, 16).includes('COMMIT');
}

/** Starts a proxy on a free port of this machine. */
export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  let next: Cut | undefined;
  let toSkip = 0;
  let called: (() => void) | undefined;
  let toSkipCalling = 0;
  let isAway = false;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const destroyAll = (): void => {
    for (const socket of sockets) {
      socket.destroy();
    }
    sockets.clear();
  };
  const server = createServer((client) => {
    if (isAway) {
      client.destroy();
      return;
    }
    const upstream = connect(port, host);
    let isCut = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    const callAt = (): void => {
      if (toSkipCalling > 0) {
        toSkipCalling -= 1;
        return;
      }
      called?.();
      called = undefined;
    };
    client.on('data', (packet) => {
      if (called !== undefined && isCommit(packet)) {
        callAt();
      }
      if (!isCommit(packet) || next === undefined) {
        upstream.write(packet);
        return;
      }
      if (toSkip > 0) {
        toSkip -= 1;
        upstream.write(packet);
        return;
      }
      const cut = next;
      next = undefined;
      cuts += 1;
      if (cut === 'before-commit') {
        end();
      } else {
        isCut = true;
        upstream.write(packet);
      }
    });
    upstream.on('data', (packet) => {
      if (isCut) {
        end();
      } else {
        client.write(packet);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    cutNext: (cut, skip = 0) => {
      next = cut;
      toSkip = skip;
    },
    callAtCommit: (call, skip = 0) => {
      called = call;
      toSkipCalling = skip;
    },
    cutNone: () => {
      next = undefined;
      called = undefined;
    },
    setAway: (away) => {
      isAway = away;
      if (away) {
        destroyAll();
      }
    },
    close: async () => {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
