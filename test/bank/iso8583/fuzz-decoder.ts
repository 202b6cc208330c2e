import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { decode, encode } from '../../../src/bank/iso8583/codec.js';
import { describe as describeMessage } from '../../../src/bank/iso8583/describe.js';
import { FrameSplitter } from '../../../src/bank/iso8583/frame-splitter.js';
import { IsoError } from '../../../src/bank/iso8583/iso-error.js';
import type { Profile } from '../../../src/bank/iso8583/profile.js';
import { profiles } from '../../../src/bank/iso8583/profile-named.js';
import { arbitraryMessage } from './arbitrary-message.js';

/** A source of whole numbers below a bound that gives the same ones for the same seed. */
type Dice = (below: number) => number;

export type FuzzReport = {
  readonly frames: number;
  /** Frames that a profile took for messages; each was written again and read back the same. */
  readonly accepted: number;
  readonly refused: number;
  /** Everything thrown that is not an IsoError, and messages that did not come back the same. */
  readonly errors: readonly string[];
  /** The longest that one frame took, a pause of the machine included. */
  readonly slowestMs: number;
  /** The longest after each frame above the bound was timed again: the frame's own time. */
  readonly slowestRepeatedMs: number;
  /** Heap and buffers after a collection, at a tenth of the run and at its end. */
  readonly memoryBytes: { readonly early: number; readonly end: number };
};

/** Above this a frame is timed again, to tell a slow frame from a pause. */
const suspectMs = 1;

/** Feeds the splitter and decoder of every profile with random and mutated frames. */
export function fuzzDecoder({ frames, seed }: { frames: number; seed: number }): FuzzReport {
  const dice = diceOf(seed);
  const corpora = profiles.map((profile) => ({ profile, corpus: corpusOf(profile, seed) }));
  const errors: string[] = [];
  let [accepted, refused, slowestMs, slowestRepeatedMs, early] = [0, 0, 0, 0, 0];
  for (let i = 0; i < frames; i += 1) {
    const { profile, corpus } = corpora[dice(corpora.length)] ?? pickFailed();
    const stream = mutatedStream(corpus, profile, dice);
    const cut = dice(stream.length + 1);
    const begun = performance.now();
    const result = feed(stream, cut, profile);
    const tookMs = performance.now() - begun;
    slowestMs = Math.max(slowestMs, tookMs);
    slowestRepeatedMs = Math.max(
      slowestRepeatedMs,
      tookMs < suspectMs ? tookMs : fastestOfThree(() => feed(stream, cut, profile)),
    );
    if (result instanceof IsoError) {
      refused += 1;
    } else if (result === 'read') {
      accepted += 1;
    } else if (errors.length < 10) {
      errors.push(`frame ${i} of seed ${seed}, ${profile.name}: ${result}`);
    }
    if (i === Math.floor(frames / 10)) {
      early = memoryInUse();
    }
  }
  return {
    frames,
    accepted,
    refused,
    errors,
    slowestMs,
    slowestRepeatedMs,
    memoryBytes: { early, end: memoryInUse() },
  };
}

/** Returns "read", the IsoError, or what went wrong. */
function feed(stream: Buffer, cut: number, profile: Profile): string | IsoError {
  try {
    const splitter = new FrameSplitter(profile.maxFrameLength);
    const frames = [...splitter.push(stream.subarray(0, cut)), ...splitter.push(stream.subarray(cut))];
    if (splitter.pending > profile.maxFrameLength + 2) {
      return 'the splitter holds more than a frame';
    }
    for (const frame of frames) {
      readAndWriteAgain(frame, profile);
    }
    if (splitter.fault !== undefined) {
      return splitter.fault;
    }
    return frames.length > 0 ? 'read' : new IsoError('frame', 'is not whole yet');
  } catch (error) {
    return error instanceof IsoError ? error : String(error instanceof Error ? error.stack : error);
  }
}

function readAndWriteAgain(frame: Buffer, profile: Profile): void {
  const { message, header } = decode(frame, profile);
  const shown = describeMessage(message, profile);
  const again = decode(encode(message, profile, { header }).subarray(2), profile).message;
  if (describeMessage(again, profile) !== shown || fieldsOf(again) !== fieldsOf(message)) {
    throw new Error('a message is not the same after it was written again');
  }
}

function fieldsOf({ fields }: { fields: object }): string {
  return JSON.stringify(Object.entries(fields));
}

function corpusOf(profile: Profile, seed: number): Buffer[] {
  return fc
    .sample(arbitraryMessage(profile), { seed, numRuns: 300 })
    .map((message) => encode(message, profile, { header: profile.requestHeader }));
}

function mutatedStream(corpus: readonly Buffer[], profile: Profile, dice: Dice): Buffer {
  const original = corpus[dice(corpus.length)] ?? pickFailed();
  switch (dice(10)) {
    case 0:
      return randomFrame(dice);
    case 1:
      return withLength(Buffer.concat([messageStart(profile), randomBytesOf(dice, dice(200))]));
    case 2:
      return withLength(original.subarray(2, 2 + dice(original.length - 1)));
    case 3:
      return withLength(Buffer.concat([original.subarray(2), randomBytesOf(dice, 1 + dice(9))]));
    case 4: {
      const other = corpus[dice(corpus.length)] ?? pickFailed();
      const head = original.subarray(2, 2 + dice(original.length));
      return withLength(Buffer.concat([head, other.subarray(2 + dice(other.length - 2))]));
    }
    case 5:
      return Buffer.concat([original, corpus[dice(corpus.length)] ?? pickFailed()]);
    case 6:
      return flipped(original, dice, 0);
    default:
      return flipped(original, dice, 2);
  }
}

/** A header, type and bitmap that are right, for random bytes to follow. */
function messageStart(profile: Profile): Buffer {
  const empty = encode({ mti: '0210', fields: {} }, profile, { header: profile.requestHeader });
  const bitmapSize = profile.bitmapEncoding === 'raw' ? 8 : 16;
  return empty.subarray(2, empty.length - bitmapSize);
}

function flipped(original: Buffer, dice: Dice, from: number): Buffer {
  const bytes = Buffer.from(original);
  for (let i = 1 + dice(4); i > 0; i -= 1) {
    // Half of the changes fall on the header, the bitmap and the first lengths.
    const end = dice(2) === 0 ? Math.min(bytes.length, 48) : bytes.length;
    const at = from + dice(Math.max(1, end - from));
    bytes[at] = dice(2) === 0 ? dice(256) : (bytes[at] ?? 0) ^ (1 << dice(8));
  }
  return bytes;
}

function randomFrame(dice: Dice): Buffer {
  const bytes = randomBytesOf(dice, 2 + dice(300));
  return dice(2) === 0 ? bytes : withLength(bytes);
}

function withLength(body: Buffer): Buffer {
  const frame = Buffer.alloc(body.length + 2);
  frame.writeUInt16BE(body.length);
  body.copy(frame, 2);
  return frame;
}

function randomBytesOf(dice: Dice, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => dice(256)));
}

function fastestOfThree(act: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const begun = performance.now();
    act();
    return performance.now() - begun;
  });
  return Math.min(...times);
}

/** Mulberry32. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function pickFailed(): never {
  throw new Error('there is nothing to pick from');
}
