import { IsoError } from './iso-error.js';

const lengthSize = 2;

/**
 * Cuts a TCP stream into frames: 2-byte big-endian length, then so many bytes. A length of zero is a keep-alive
 * and gives no frame. It holds at most one frame, and memory for it only once its length has been found right.
 * After a length that cannot be right nothing in the stream can be trusted: the connection must be closed.
 */
export class FrameSplitter {
  readonly #maxFrameLength: number;
  readonly #length = Buffer.alloc(lengthSize);
  #lengthHave = 0;
  #frame: Buffer | undefined;
  #frameHave = 0;
  #fault: IsoError | undefined;

  /** @param maxFrameLength of the profile, in bytes without the length. */
  constructor(maxFrameLength: number) {
    this.#maxFrameLength = maxFrameLength;
  }

  /** Why no further frame can come out, if so. */
  get fault(): IsoError | undefined {
    return this.#fault;
  }

  /** How many bytes of an unfinished frame are held. */
  get pending(): number {
    return this.#lengthHave + this.#frameHave;
  }

  /**
   * Returns the frames that this chunk completes, without their lengths, in memory of their own. When a
   * wrong length stands behind whole frames they are returned, `fault` is set, and the next push throws.
   * @throws IsoError for a length above the profile's longest.
   */
  push(chunk: Buffer): Buffer[] {
    this.#throwFault();
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame === undefined) {
        at = this.#readLength(chunk, at);
        continue;
      }
      const copied = chunk.copy(this.#frame, this.#frameHave, at);
      at += copied;
      this.#frameHave += copied;
      if (this.#frameHave === this.#frame.length) {
        frames.push(this.#frame);
        this.#expectLength();
      }
    }
    if (frames.length === 0) {
      this.#throwFault();
    }
    return frames;
  }

  #throwFault(): void {
    if (this.#fault !== undefined) {
      throw this.#fault;
    }
  }

  /** Returns where the chunk goes on behind the length; after a wrong one, at its end. */
  #readLength(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#length, this.#lengthHave, at);
    this.#lengthHave += copied;
    if (this.#lengthHave === lengthSize) {
      const size = this.#length.readUInt16BE();
      if (size > this.#maxFrameLength) {
        this.#fault = new IsoError('frame length', 'is above the profile’s longest');
        this.#lengthHave = 0;
        return chunk.length;
      }
      if (size === 0) {
        this.#lengthHave = 0;
      } else {
        this.#frame = Buffer.alloc(size);
      }
    }
    return at + copied;
  }

  #expectLength(): void {
    this.#frame = undefined;
    this.#frameHave = 0;
    this.#lengthHave = 0;
  }
}
