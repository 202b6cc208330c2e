import type { EventEmitter } from 'node:events';
import { AriFault } from './ari.js';

/** What of a WebSocket of the package ws is reached for here; none of it is promised by ws. */
type Inside = {
  readonly extensions?: string;
  readonly _socket?: EventEmitter;
  /** `_bufferedBytes` counts what waits for the rest of its frame, `_fragments` what for that of its message. */
  readonly _receiver?: { readonly _bufferedBytes?: number; readonly _fragments?: readonly unknown[] };
};

/**
 * From its opening on, wipes every byte that was read from this WebSocket as soon as its reader needs it no
 * more: the frames of a PIN's keys would else lie in freed memory for as long as nobody needs it. Messages
 * themselves are wiped by whoever takes them. A socket whose bytes cannot be wiped gets an error and is cut.
 */
export function wipeWhatIsRead(socket: EventEmitter & { terminate(): void }): void {
  socket.once('open', () => {
    const { extensions, _socket: connection, _receiver: receiver } = socket as Inside;
    const fragments = receiver?._fragments;
    if (connection === undefined || receiver?._bufferedBytes === undefined || fragments === undefined) {
      refuse(socket, 'ws has other insides than those that are known here: keys would stay in memory');
      return;
    }
    if (extensions !== '') {
      // Compressed frames leave what was in them within zlib, where nobody can wipe it.
      refuse(socket, 'Asterisk compresses its events: keys would stay in memory');
      return;
    }
    const unwiped: Uint8Array[] = [];
    // Listeners are called in turn: the reader has had the bytes.
    connection.on('data', (bytes: Uint8Array) => {
      unwiped.push(bytes);
      if (receiver._bufferedBytes === 0 && receiver._fragments?.length === 0) {
        for (const read of unwiped.splice(0)) {
          read.fill(0);
        }
      }
    });
  });
}

function refuse(socket: EventEmitter & { terminate(): void }, why: string): void {
  socket.emit('error', new AriFault(why));
  socket.terminate();
}
