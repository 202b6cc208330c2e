import { IsoError } from './iso-error.js';

/** Reads a frame from its first byte to its last; every read is checked against what is left. */
export class WireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /**
   * Returns the next `size` bytes, a view of the frame.
   * @throws IsoError when the frame ends before them.
   */
  take(size: number, path: string): Buffer {
    if (size > this.left) {
      throw new IsoError(path, 'goes beyond the end of the frame');
    }
    const bytes = this.#bytes.subarray(this.#offset, this.#offset + size);
    this.#offset += size;
    return bytes;
  }
}
