const code = (character: string) => character.charCodeAt(0);
const [quote, backslash, colon] = [code('"'), code('\\'), code(':')];
const blanks = [code(' '), code('\t'), code('\n'), code('\r')];
const [opening, closing] = [
  [code('{'), code('[')],
  [code('}'), code(']')],
];
const memberName = Buffer.from('digit');
/** Stands where a key stood; no key of a telephone. */
const struckOut = code('-');

/**
 * Strikes the key out of the bytes of an event of ARI and returns it: the text of one character in the member
 * `digit` of the outermost object, or undefined when there is none. Only outside of texts and of inner objects
 * is it looked for, so that no name that a caller gave is taken for it. V8 keeps one text for each single
 * character, so that what is returned leaves nothing behind.
 */
export function takeKey(json: Buffer): string | undefined {
  let taken: string | undefined;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === quote) {
      const end = endOfText(json, at);
      if (depth === 1 && json.subarray(at + 1, end).equals(memberName)) {
        taken = strikeOutValue(json, end + 1) ?? taken;
      }
      at = end;
    } else if (opening.includes(byte)) {
      depth += 1;
    } else if (closing.includes(byte)) {
      depth -= 1;
    }
  }
  return taken;
}

/** Returns where the text ends that begins at `start`: at its closing quote, or at the end of everything. */
function endOfText(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === backslash) {
      at += 1;
    } else if (json[at] === quote) {
      return at;
    }
  }
  return json.length;
}

/** Returns the only character of the text behind the colon that must come, struck out; undefined for all else. */
function strikeOutValue(json: Buffer, from: number): string | undefined {
  const at = pastBlanks(json, from);
  if (json[at] !== colon) {
    return undefined;
  }
  const value = pastBlanks(json, at + 1);
  if (json[value] !== quote || endOfText(json, value) !== value + 2) {
    return undefined;
  }
  const key = String.fromCharCode(json[value + 1] ?? 0);
  json[value + 1] = struckOut;
  return key;
}

function pastBlanks(json: Buffer, from: number): number {
  let at = from;
  while (blanks.includes(json[at] ?? 0)) {
    at += 1;
  }
  return at;
}
