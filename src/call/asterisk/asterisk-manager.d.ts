/**
 * The part of asterisk-manager 0.2.0 that is used here. It parses AMI and pairs answers with actions; it gives
 * names of fields in lower case. It swallows errors, never times anything out, and keeps actions for ever while
 * nobody is logged in: whoever uses it watches for all of that.
 */
declare module 'asterisk-manager' {
  /** Values are texts; a field that came twice is a list, "variable" and "chanvariable" are objects. */
  export type Message = Readonly<Record<string, unknown>>;

  export type Manager = {
    on(event: 'close' | 'connect', listener: () => void): void;
    on(event: 'error', listener: (cause: Error) => void): void;
    on(event: 'managerevent' | 'rawevent', listener: (event: Message) => void): void;
    /** Its own listener of each message, before that becomes a `managerevent` or an answer, is among them. */
    listeners(event: 'rawevent'): ((message: Message) => void)[];
    removeAllListeners(event: 'rawevent'): void;
    connect(port: number, host: string, connected: () => void): void;
    /** Only after this succeeded are other actions sent. */
    login(answered: (error: Message | undefined) => void): void;
    /** Sends it and calls back with the answer; `error` is the answer when that says "Error". */
    action(
      action: Readonly<Record<string, string>>,
      answered: (error: Message | undefined, answer: Message) => void,
    ): void;
    isConnected(): boolean | undefined;
    disconnect(): void;
  };

  /** Without a port it does not connect by itself. */
  function createManager(
    port: undefined,
    host: string,
    user: string,
    password: string,
    events: boolean,
  ): Manager;

  // biome-ignore lint/style/noDefaultExport: the package's own form
  export { createManager as default };
}
