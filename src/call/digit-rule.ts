import type { Listen } from '../dialogue/line.js';

/**
 * How far an answer has come. The rule sees how many digits there are, never which: it serves a secret and
 * an amount alike, and has nothing that could leak.
 */
export type KeysSoFar = {
  /** Digits since the start, or since `*` started again. */
  readonly count: number;
  /** True when the last key was the `*` that started again. */
  readonly justCleared: boolean;
  /** True when the answer began otherwise than one of the usual length does: it has no fixed length. */
  readonly isOther?: boolean;
};

/** What one more key makes of an answer. */
export type Verdict =
  /** The key was a digit and is part of the answer, which goes on. */
  | 'incomplete'
  /** The answer is whole. The key is part of it, unless it is the `#` that ended it. */
  | 'complete'
  /** The answer is over and does not fit: too short, or too long (VoiceXML nomatch). */
  | 'invalid'
  /** `*`: what was keyed is void, and the answer starts again. */
  | 'cleared'
  /** `**`: the caller gives the question up. */
  | 'cancelled';

/** Before the first key. */
export const noKeys: KeysSoFar = { count: 0, justCleared: false };

/** The keys of a telephone that mean something; A–D can arrive, and are not among them. */
export function isKey(key: string): boolean {
  return /^[0-9*#]$/.test(key);
}

/**
 * Returns what `key` makes of the answer so far. A `#` that only skips what is being said is no part of an
 * answer and does not come here (see DigitQuestion). An answer that is too long is invalid only when `#` or a
 * time-out ends it: ending it at once would leave its last keys to the next question.
 */
export function judgeKey(listen: Listen, soFar: KeysSoFar, key: string): Verdict {
  if (listen.for === 'key') {
    return 'complete';
  }
  if (key === '*') {
    return soFar.justCleared ? 'cancelled' : 'cleared';
  }
  const bounds = lengthBounds(listen, beginsOtherwise(listen, soFar, key));
  if (key === '#') {
    return soFar.count >= bounds.min && soFar.count <= bounds.max ? 'complete' : 'invalid';
  }
  return bounds.endsAtOnce && soFar.count + 1 === bounds.max ? 'complete' : 'incomplete';
}

/** Returns what it makes of the answer so far that no further key comes in time. */
export function judgeSilence(listen: Listen, soFar: KeysSoFar): 'complete' | 'invalid' {
  const bounds = lengthBounds(listen, soFar.isOther);
  const isWhole = soFar.count >= bounds.min && soFar.count <= bounds.max;
  const endsInSilence = soFar.isOther === true || ('endsInSilence' in listen && listen.endsInSilence);
  return endsInSilence && isWhole ? 'complete' : 'invalid';
}

/** Returns the state after a key whose verdict was `verdict`; `isOther` as `beginsOtherwise` says of it. */
export function afterKey(soFar: KeysSoFar, verdict: Verdict, isOther = false): KeysSoFar {
  return verdict === 'cleared'
    ? { count: 0, justCleared: true }
    : { count: soFar.count + 1, justCleared: false, isOther };
}

/**
 * Returns whether an answer, with this key, begins otherwise than one of the usual length does. Only the first digit is
 * looked at, and only where the line says so, which none does for a secret.
 */
export function beginsOtherwise(listen: Listen, soFar: KeysSoFar, key: string): boolean {
  if (soFar.count > 0 || listen.for !== 'digits' || listen.otherwise === undefined) {
    return soFar.isOther === true;
  }
  return key !== listen.otherwise.unlessFirst;
}

/** How many digits an answer has; `endsAtOnce`: the last one ends it, without `#`. */
export type LengthBounds = { readonly min: number; readonly max: number; readonly endsAtOnce: boolean };

/** Returns the length an answer must have; `isOther`: one that began otherwise than one of the usual length does. */
export function lengthBounds(listen: Listen, isOther = false): LengthBounds {
  switch (listen.for) {
    case 'key':
      return { min: 1, max: 1, endsAtOnce: true };
    case 'digits':
      if (isOther && listen.otherwise !== undefined) {
        return { min: listen.length, max: listen.otherwise.max, endsAtOnce: false };
      }
      return { min: listen.length, max: listen.length, endsAtOnce: true };
    case 'digits-until-hash':
      return { min: 1, max: listen.max, endsAtOnce: false };
    case 'secret':
      return listen.kind === 'card-pin'
        ? { min: listen.length, max: listen.length, endsAtOnce: true }
        : { min: listen.min, max: listen.max, endsAtOnce: false };
  }
}
