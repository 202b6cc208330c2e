import { writeSync } from 'node:fs';
import type { Doom, Report } from './protocol.js';

/** Says something to whoever runs this process, at once: what follows may be its end. */
export function report(what: Report): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}

/** The numbered points of a process: before and after each durable write, each send, each word to a caller. */
export class Points {
  #names: string[] = [];
  #at = 0;
  #doom: Doom = 'kill';

  /** The points passed since it was armed. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Counts from here on; at point `at` the process meets its doom, at 0 it never does. */
  arm(at: number, doom: Doom): void {
    this.#names = [];
    this.#at = at;
    this.#doom = doom;
  }

  /** Passes one point: at the one that is armed the process sends the signal to itself, and goes no further. */
  pass(name: string): void {
    this.#names.push(name);
    if (this.#names.length === this.#at) {
      report({ say: 'reached', point: this.#at, name });
      process.kill(process.pid, this.#doom === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    }
  }

  /** Returns the port with a point before (where asked for) and after each call of these methods. */
  around<T extends object>(
    port: T,
    name: string,
    methods: readonly (keyof T & string)[],
    before: boolean,
  ): T {
    return new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') {
          return value;
        }
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        if (!methods.includes(property as keyof T & string)) {
          return call;
        }
        return async (...args: unknown[]) => {
          if (before) {
            this.pass(`before ${name}.${String(property)}`);
          }
          const result = await call(...args);
          this.pass(`after ${name}.${String(property)}`);
          return result;
        };
      },
    });
  }
}
