import type { Problem } from './problem.js';
import { pointer, shownName } from './validation-pointer.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body (RFC 8259) that is an object or an array, more strictly than `JSON.parse`: bytes that are not
 * UTF-8 and members with one name are refused, because two readers would take them for different things.
 */
export function readJson(
  bytes: Uint8Array,
):
  | { readonly outcome: 'read'; readonly value: unknown }
  | { readonly outcome: 'refused'; readonly problem: Problem } {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { outcome: 'refused', problem: { problem: 'not-utf8' } };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: 'refused', problem: { problem: 'bad-json' } };
  }
  if (typeof value !== 'object' || value === null) {
    return { outcome: 'refused', problem: { problem: 'bad-json' } };
  }
  const twice = memberTwice(text);
  return twice === undefined
    ? { outcome: 'read', value }
    : {
        outcome: 'refused',
        problem: {
          problem: 'member-twice',
          errors: [{ pointer: pointer(twice), detail: 'stands here twice' }],
        },
      };
}

/** An object or an array that is being read. */
type Level = { readonly names: Set<string> | undefined; at: string | number };

/** Returns the path of the first member whose name its object has already; `text` is valid JSON. */
function memberTwice(text: string): readonly (string | number)[] | undefined {
  const levels: Level[] = [];
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{},]/g)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push(token === '{' ? { names: new Set(), at: '' } : { names: undefined, at: 0 });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (token === ',') {
      if (typeof level?.at === 'number') {
        level.at += 1;
      }
    } else if (colon !== undefined && level?.names !== undefined) {
      const name = JSON.parse(token.slice(0, token.length - colon.length)) as string;
      level.at = shownName(name);
      if (level.names.has(name)) {
        return levels.map(({ at }) => at);
      }
      level.names.add(name);
    }
  }
  return undefined;
}
