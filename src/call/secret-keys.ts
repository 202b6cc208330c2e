import { Secret, type SecretKind } from '../secret.js';

/**
 * The keys of a secret while it is being keyed: each goes from its event straight into a buffer that is
 * wiped, never into a string. Nothing reads them but the `Secret` that `take` makes.
 */
export class SecretKeys {
  readonly #kind: SecretKind;
  readonly #digits: Buffer;
  #length = 0;

  /** Keeps at most as many digits as fit in `digits`, which is its own from now on. */
  constructor(kind: SecretKind, digits: Buffer) {
    this.#kind = kind;
    this.#digits = digits;
  }

  /** Keeps the digit with this ASCII code. */
  push(code: number): void {
    if (this.#length < this.#digits.length) {
      this.#digits[this.#length] = code;
      this.#length += 1;
    }
  }

  /** Returns the digits as a secret, and forgets them. */
  take(): Secret {
    const owned = Buffer.alloc(this.#length);
    this.#digits.copy(owned, 0, 0, this.#length);
    this.wipe();
    return new Secret(this.#kind, owned);
  }

  /** Forgets the digits. Safe to call again. */
  wipe(): void {
    this.#digits.fill(0);
    this.#length = 0;
  }
}
