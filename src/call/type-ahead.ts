/**
 * Keys that no question has asked for yet, first in, first out. They may turn out to be a PIN that a
 * regular caller typed ahead: so they are bytes that are wiped when they are read or dropped.
 */
export class TypeAhead {
  readonly #codes: Buffer;
  #length = 0;

  /** Keeps at most as many keys as fit in `codes`, which is its own from now on; what is keyed beyond is lost. */
  constructor(codes: Buffer) {
    this.#codes = codes;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** True when `key` is the next one. */
  startsWith(key: string): boolean {
    return this.#length > 0 && this.#codes[0] === key.charCodeAt(0);
  }

  push(key: string): void {
    if (this.#length < this.#codes.length) {
      this.#codes[this.#length] = key.charCodeAt(0);
      this.#length += 1;
    }
  }

  /** Takes the first key out; undefined when there is none. */
  shift(): string | undefined {
    if (this.#length === 0) {
      return undefined;
    }
    const key = String.fromCharCode(this.#codes.readUInt8(0));
    this.#codes.copyWithin(0, 1, this.#length);
    this.#length -= 1;
    this.#codes[this.#length] = 0;
    return key;
  }

  drop(): void {
    this.#codes.fill(0);
    this.#length = 0;
  }
}
