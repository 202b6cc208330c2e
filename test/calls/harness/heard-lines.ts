/**
 * Were these lines heard? A line is a list of recordings; a caller's key may have cut it short anywhere, and
 * then nothing of the rest of it can have been heard.
 */
import { compareSound, type ExpectedSound } from '../../support/audio/compare-sound.js';

export type ExpectedLine = {
  readonly sounds: readonly ExpectedSound[];
  /** "may-begin": keys were typed ahead, so that perhaps nothing of it is heard. */
  readonly must: 'be-whole' | 'begin' | 'may-begin';
};

export type HeardLines = {
  /** Empty when everything was heard as expected. */
  readonly problems: readonly string[];
  /** Where the last line began and where it ended, in milliseconds of the track. */
  readonly lastBeganMs: number | undefined;
  readonly endMs: number;
};

/** What a key leaves of a recording may be too short to be recognised: it is at most this long. */
const scrapMs = 420;

/**
 * Compares a track with lines, in order. What comes after the last of them is not looked at, unless none is
 * expected: then there should be silence.
 */
export function hearLines(track: Int16Array, lines: readonly ExpectedLine[]): HeardLines {
  let best: HeardLines | undefined;
  for (const guess of guesses(lines)) {
    const heard = compareGuess(track, guess);
    if (best === undefined || heard.problems.length < best.problems.length) {
      best = heard;
    }
    if (best.problems.length === 0) {
      break;
    }
  }
  return best ?? { problems: [], lastBeganMs: undefined, endMs: 0 };
}

/** One way in which the lines may have been heard: how many recordings of each, the last of them cut or not. */
type GuessedLine = { readonly sounds: readonly ExpectedSound[]; readonly cut: boolean };

/** Every way, those first in which least was heard of each line. */
function* guesses([line, ...rest]: readonly ExpectedLine[]): Generator<readonly GuessedLine[]> {
  if (line === undefined) {
    yield [];
    return;
  }
  for (const guess of guessesOfLine(line)) {
    for (const others of guesses(rest)) {
      yield [guess, ...others];
    }
  }
}

function* guessesOfLine({ sounds, must }: ExpectedLine): Generator<GuessedLine> {
  if (must === 'be-whole') {
    yield { sounds, cut: false };
    return;
  }
  if (must === 'may-begin') {
    yield { sounds: [], cut: true };
  }
  for (const [index, sound] of sounds.entries()) {
    if (isLoud(sound)) {
      yield { sounds: sounds.slice(0, index + 1), cut: true };
    }
  }
}

function compareGuess(track: Int16Array, lines: readonly GuessedLine[]): HeardLines {
  const expected = lines.flatMap(({ sounds, cut }) =>
    sounds.map((sound, index) => (cut && index === sounds.length - 1 ? { ...sound, mayBeCut: true } : sound)),
  );
  const { sounds, unexpected, problems } = compareSound(track, expected);
  const endMs = sounds.findLast((sound) => sound.endMs !== undefined)?.endMs ?? 0;
  const cutAtMs = [
    0,
    ...sounds.flatMap((sound, at) => (expected[at]?.mayBeCut === true ? [sound.endMs ?? 0] : [])),
  ];
  const unheardLines = lines.filter((line) => line.sounds.length === 0).length;
  const scrapsMs = scrapMs * (1 + unheardLines);
  const strange = unexpected.filter(
    ({ fromMs, toMs }) =>
      (expected.length === 0 || fromMs < endMs) &&
      !(
        lines.some(({ cut }) => cut) &&
        toMs - fromMs <= scrapsMs &&
        cutAtMs.some((cut) => Math.abs(fromMs - cut) <= scrapsMs)
      ),
  );
  const lastLine = lines.findLast((line) => line.sounds.length > 0)?.sounds ?? [];
  return {
    problems: [
      ...problems.slice(0, problems.length - unexpected.length),
      ...strange.map(
        ({ fromMs, toMs, resembles }) =>
          `unexpected sound from ${fromMs} to ${toMs} ms${resembles === undefined ? '' : `, like ${resembles}`}`,
      ),
    ],
    lastBeganMs: sounds[expected.length - lastLine.length + lastLine.findIndex(isLoud)]?.atMs,
    endMs,
  };
}

/** Whether a recording has any sound, so that it is no pause. */
function isLoud({ samples }: ExpectedSound): boolean {
  return samples.some((sample) => Math.abs(sample) > 300);
}
