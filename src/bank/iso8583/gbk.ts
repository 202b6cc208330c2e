/**
 * GBK text, as UnionPay hosts write names and remarks: ASCII, and two bytes a Chinese character. Node can
 * read GBK but not write it, and reads four-byte characters too, which are no GBK: so the table of two-byte
 * characters is drawn from Node's reader once, and both directions use it.
 */
type Tables = { readonly characters: readonly string[]; readonly codes: ReadonlyMap<string, number> };

let tables: Tables | undefined;

/** Returns the text, or undefined when the bytes are no GBK. */
export function gbkDecode(bytes: Buffer): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      continue;
    }
    i += 1;
    const character = i < bytes.length ? gbkTables().characters[(byte << 8) | (bytes[i] ?? 0)] : undefined;
    if (character === undefined || character === '') {
      return undefined;
    }
    text += character;
  }
  return text;
}

/** Returns the bytes, or undefined when a character has no place in GBK. */
export function gbkEncode(text: string): Buffer | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const pair = gbkTables().codes.get(character);
    if (pair === undefined) {
      return undefined;
    }
    bytes.push(pair >> 8, pair & 0xff);
  }
  return Buffer.from(bytes);
}

function gbkTables(): Tables {
  tables ??= drawTables();
  return tables;
}

function drawTables(): Tables {
  const decoder = new TextDecoder('gbk');
  const characters = new Array<string>(0x10000).fill('');
  const codes = new Map<string, number>();
  const pair = Buffer.alloc(2);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      pair[0] = lead;
      pair[1] = trail;
      const character = decoder.decode(pair);
      // A pair that is no character decodes to U+FFFD, alone or before the trail byte read as ASCII.
      if (trail === 0x7f || character.startsWith('\ufffd')) {
        continue;
      }
      const code = (lead << 8) | trail;
      characters[code] = character;
      if (!codes.has(character)) {
        codes.set(character, code);
      }
    }
  }
  return { characters, codes };
}
