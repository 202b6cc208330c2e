import fc from 'fast-check';
import { gbkDecode } from '../../../src/bank/iso8583/gbk.js';
import { type IsoMessage, isoMessage } from '../../../src/bank/iso8583/message.js';
import { type FieldRule, longest, type Profile } from '../../../src/bank/iso8583/profile.js';

const alphabets = {
  n: '0123456789',
  an: 'ABCXYZabcxyz0189 ',
  ans: ' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~',
  z: '0123456789=',
  b: '0123456789ABCDEF',
};

/** A value that the rule allows, of any length it allows. */
function arbitraryValue(rule: FieldRule): fc.Arbitrary<string> {
  const max = longest(rule.length);
  const min = rule.length.kind === 'fixed' ? max : 0;
  if (rule.encoding === 'gbk') {
    return rule.length.kind === 'fixed' ? text(alphabets.ans, max, max) : gbkText(max);
  }
  switch (rule.content) {
    case 'xn':
      return fc
        .tuple(fc.constantFrom('C', 'D'), text(alphabets.n, max - 1, max - 1))
        .map(([sign, digits]) => `${sign}${digits}`);
    case 'b':
      return fc
        .uint8Array({ minLength: min, maxLength: max })
        .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
    case 'n':
    case 'an':
    case 'ans':
    case 'z':
      return text(alphabets[rule.content], min, max);
  }
}

/** Messages of any fields of the profile, with and without a second bitmap. */
export function arbitraryMessage(profile: Profile): fc.Arbitrary<IsoMessage> {
  const numbers = Object.keys(profile.fields).map(Number);
  // A message has at most a dozen of the long fields: with more it would be above the longest frame.
  return fc
    .subarray(numbers, { maxLength: 40 })
    .filter((some) => some.filter((number) => number > 64).length === 0 || !some.includes(64))
    .filter((some) => sizeLimit(some, profile) <= profile.maxFrameLength - 200)
    .chain((some) =>
      fc
        .tuple(
          fc.constantFrom('0100', '0200', '0210', '0220', '0230', '0400', '0410', '0800', '0810', '9999'),
          fc.tuple(...some.map((number) => arbitraryValue(ruleOf(profile, number)))),
        )
        .map(([mti, values]) =>
          isoMessage(
            mti,
            Object.fromEntries(some.map((number, i): [number, string] => [number, values[i] ?? ''])),
          ),
        ),
    );
}

/** The most that fields can take on the wire, with the widest encoding. */
export function sizeLimit(numbers: readonly number[], profile: Profile): number {
  return numbers.reduce((sum, number) => {
    const rule = ruleOf(profile, number);
    return sum + 3 + longest(rule.length) * (rule.encoding === 'hex' ? 2 : 1);
  }, 0);
}

export function ruleOf(profile: Profile, number: number): FieldRule {
  const rule = profile.fields[number];
  if (rule === undefined) {
    throw new Error(`no field ${number}`);
  }
  return rule;
}

function text(alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom(...Array.from(alphabet)),
    minLength,
    maxLength,
    size: 'max',
  });
}

/** Chinese and ASCII text that fits into `maxBytes` as GBK, control characters among it. */
function gbkText(maxBytes: number): fc.Arbitrary<string> {
  const chinese = fc
    .tuple(fc.integer({ min: 0xb0, max: 0xf7 }), fc.integer({ min: 0xa1, max: 0xf9 }))
    .map(([lead, trail]) => gbkDecode(Buffer.from([lead, trail])) ?? '中');
  const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code));
  return fc.string({ unit: fc.oneof(chinese, ascii), maxLength: maxBytes >> 1 });
}
