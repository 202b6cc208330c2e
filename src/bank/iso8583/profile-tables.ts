import type { FieldEncoding, FieldLength, FieldRule, Profile } from './profile.js';
import { profiles } from './profile-named.js';

const encodings: Record<FieldEncoding, string> = {
  'bcd-left': 'packed decimal, filled behind',
  'bcd-right': 'packed decimal, filled before',
  ascii: 'ASCII',
  gbk: 'GBK',
  raw: 'bytes',
  hex: 'bytes as hexadecimal',
};

/** Returns the profile's fields as a Markdown table. */
function fieldTable(profile: Profile): string {
  const rows = Object.entries(profile.fields).flatMap(([number, rule]) =>
    rule === undefined ? [] : [fieldRow(number, rule)],
  );
  return [
    '| field | name | type | length | on the wire | shown |',
    '|--:|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Returns the profile's messages and their fields as a Markdown table. */
function messageTable(profile: Profile): string {
  const rows = profile.messages.map(
    ({ mti, name, mandatory, optional }) =>
      `| ${mti} | ${name} | ${mandatory.join(', ')} | ${optional.join(', ')} |`,
  );
  return ['| MTI | message | always | when it applies |', '|---|---|---|---|', ...rows].join('\n');
}

function fieldRow(number: string, { name, content, length, encoding, display }: FieldRule): string {
  return `| ${number} | ${name} | ${content} | ${lengthText(length)} | ${encodings[encoding]} | ${display} |`;
}

/** The notation of the standard: a number, or dots for each digit of the length before it. */
function lengthText(length: FieldLength): string {
  return length.kind === 'fixed' ? String(length.size) : `${'.'.repeat(length.lengthDigits)}${length.max}`;
}
/**
 * Returns the document with the tables between its "begin" and "end" marks drawn from the profiles.
 * @throws Error when a mark is missing.
 */
export function withProfileTables(document: string): string {
  return profiles.reduce((text, profile) => {
    const fields = between(text, `fields of ${profile.name}`, fieldTable(profile));
    return between(fields, `messages of ${profile.name}`, messageTable(profile));
  }, document);
}

/** Returns the text with what stands between the marks replaced. @throws Error when a mark is missing. */
export function between(text: string, mark: string, table: string): string {
  const [begin, end] = [`<!-- begin ${mark} -->`, `<!-- end ${mark} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`the document has no place for the ${mark}`);
  }
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
