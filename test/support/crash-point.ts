/** A process that dies at a numbered point: nothing that it asks for happens from then on. */
export class CrashPoint {
  /** Points passed so far. */
  passed = 0;
  dead = false;
  readonly #dieAt: number;

  /** @param dieAt the point at which it dies, from 1; 0 lives on. */
  constructor(dieAt: number) {
    this.#dieAt = dieAt;
  }

  /**
   * Returns `port` with a point before and a point after each call of these methods: the process dies before
   * it was done, or after it was done and before it could know.
   */
  around<T extends object>(port: T, methods: readonly (keyof T & string)[]): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') {
          return value;
        }
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        if (!methods.includes(name as keyof T & string)) {
          return this.dead ? async () => new Promise(() => undefined) : call;
        }
        return async (...args: unknown[]) => {
          await this.#point();
          const result = await call(...args);
          await this.#point();
          return result;
        };
      },
    });
  }

  /** Dying is never coming back: nobody catches it, nothing is tried again. */
  async #point(): Promise<void> {
    this.passed += 1;
    if (this.dead || this.passed === this.#dieAt) {
      this.dead = true;
      await new Promise(() => undefined);
    }
  }
}
