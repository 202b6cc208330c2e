import { inspect } from 'node:util';

/** What a secret is, so that one kind is never taken for another. */
export type SecretKind = 'card-pin' | 'card-number';

/**
 * Digits that a caller keyed and that nothing may show: it can be carried about, but read only once, by
 * `open`, which wipes the digits whatever the reader does. Printing, logging or serialising it gives
 * "[secret]".
 */
export class Secret {
  readonly kind: SecretKind;
  readonly #digits: Buffer;
  #gone = false;

  /** Takes ownership of `digits` (ASCII '0'–'9'); the caller must keep no other reference to them. */
  constructor(kind: SecretKind, digits: Buffer) {
    this.kind = kind;
    this.#digits = digits;
  }

  /**
   * Hands the digits to `read` once and wipes them before returning what `read` returned. `read` must be
   * synchronous and must not keep the buffer.
   * @throws Error when the secret has been opened or wiped already.
   */
  open<T>(read: (digits: Buffer) => T): T {
    if (this.#gone) {
      throw new Error(`this ${this.kind} has been used already`);
    }
    try {
      return read(this.#digits);
    } finally {
      this.wipe();
    }
  }

  /** Forgets the digits without reading them. Safe to call again. */
  wipe(): void {
    this.#gone = true;
    this.#digits.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
