/**
 * The part of ari-client 2.2.0 that is used here. Its operations are made at run time from Asterisk's own
 * API description; each takes named parameters and rejects with an Error whose message is the body of
 * Asterisk's answer (the status is lost), or with whatever else it had.
 */
declare module 'ari-client' {
  import type { EventEmitter } from 'node:events';

  type Operation = (parameters: Readonly<Record<string, string>>) => PromiseLike<unknown>;

  export type Client = {
    readonly applications: { readonly get: Operation };
    readonly channels: {
      readonly get: Operation;
      readonly answer: Operation;
      readonly playWithId: Operation;
      readonly hangup: Operation;
      readonly continueInDialplan: Operation;
      readonly setChannelVar: Operation;
      readonly startMoh: Operation;
      readonly stopMoh: Operation;
      readonly mute: Operation;
      readonly unmute: Operation;
    };
    readonly bridges: {
      readonly createWithId: Operation;
      readonly get: Operation;
      readonly addChannel: Operation;
      readonly removeChannel: Operation;
      readonly destroy: Operation;
    };
    readonly playbacks: { readonly get: Operation; readonly stop: Operation };
    /** Opens a socket, which stands in `_ws` before this returns. */
    start(app: string): PromiseLike<void>;
    /** A WebSocket of the package ws. */
    readonly _ws?: EventEmitter & { ping(): void; close(): void; terminate(): void };
  };

  export function connect(url: string, user: string, password: string): PromiseLike<Client>;
}
