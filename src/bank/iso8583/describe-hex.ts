import { decode } from './codec.js';
import { describe } from './describe.js';
import { IsoError } from './iso-error.js';
import type { Profile } from './profile.js';

/**
 * Returns the masked description of a frame that an integrator pasted: hexadecimal, spaced as they like,
 * with or without the 2-byte length.
 * @throws IsoError when it is no hexadecimal or no message of the profile.
 */
export function describeHex(text: string, profile: Profile): string {
  const digits = text.replace(/[\s:]|0x/gi, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) {
    throw new IsoError('frame', 'is not hexadecimal');
  }
  const bytes = Buffer.from(digits, 'hex');
  const hasLength = bytes.length > 2 && bytes.readUInt16BE() === bytes.length - 2;
  const { message, header } = decode(hasLength ? bytes.subarray(2) : bytes, profile);
  const lines = [`profile ${profile.name}, ${bytes.length - (hasLength ? 2 : 0)} bytes`];
  if (header.tpdu !== undefined) {
    lines.push(`TPDU ${header.tpdu}, header ${header.control ?? ''}`);
  }
  return [...lines, describe(message, profile)].join('\n');
}
