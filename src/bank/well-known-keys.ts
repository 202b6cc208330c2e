/** Keys that manuals, samples and test suites print; anyone would try them first. */
const printed = [
  '0123456789ABCDEFFEDCBA9876543210',
  'FEDCBA98765432100123456789ABCDEF',
  '0123456789ABCDEF',
  'FEDCBA9876543210',
  '1234567890ABCDEF',
  '1122334455667788',
  '8877665544332211',
  '11223344556677888877665544332211',
  '112233445566778899AABBCCDDEEFF00',
  '00112233445566778899AABBCCDDEEFF',
  '000102030405060708090A0B0C0D0E0F',
  '0102030405060708090A0B0C0D0E0F10',
  '404142434445464748494A4B4C4D4E4F',
  '1111111111111111' + '2222222222222222',
  '1234567890123456',
  '12345678901234567890123456789012',
  'CA5D92598DCA48CE8A4C76361A9269E9',
  '2B7E151628AED2A6ABF7158809CF4F3C',
  // The weak and semi-weak keys of DES (NIST SP 800-67).
  '01FE01FE01FE01FE',
  'FE01FE01FE01FE01',
  '1FE01FE00EF10EF1',
  'E01FE01FF10EF10E',
  '01E001E001F101F1',
  'E001E001F101F101',
  '1FFE1FFE0EFE0EFE',
  'FE1FFE1FFE0EFE0E',
  '011F011F010E010E',
  '1F011F010E010E01',
  'E0FEE0FEF1FEF1FE',
  'FEE0FEE0FEF1FEF1',
  'E0E0E0E0F1F1F1F1',
  '1F1F1F1F0E0E0E0E',
].map((text) => withoutParity(Buffer.from(text, 'hex')).toString('hex'));

/**
 * Tells whether a key protects nothing: it is printed somewhere, is one byte repeated, has two equal halves (for
 * triple DES that is single DES), or has a part of 8 bytes that is one byte repeated or weak by itself: it then has
 * hardly more than the strength of the others. The parity bit of each byte is not looked at.
 */
export function isWellKnownKey(key: Buffer): boolean {
  const bare = withoutParity(key);
  try {
    const parts = Array.from({ length: Math.floor(bare.length / 8) }, (_, i) =>
      bare.subarray(8 * i, 8 * i + 8),
    );
    return (
      [bare, ...parts].some((each) => isOneByteRepeated(each) || printed.includes(each.toString('hex'))) ||
      parts.some((each, i) => parts[i + 1]?.equals(each) === true)
    );
  } finally {
    bare.fill(0);
  }
}

function isOneByteRepeated(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === bytes[0]);
}

function withoutParity(key: Buffer): Buffer {
  const bare = Buffer.alloc(key.length);
  for (let i = 0; i < key.length; i += 1) {
    bare[i] = (key[i] ?? 0) & 0xfe;
  }
  return bare;
}
