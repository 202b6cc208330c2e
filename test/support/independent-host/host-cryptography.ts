import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The host's own DES, MAC and PIN block, from the standards' text and not from the product. */

function tripleDes(key: Buffer): Buffer {
  return key.length === 8 ? Buffer.concat([key, key, key]) : Buffer.concat([key, key.subarray(0, 8)]);
}

/** Enciphers whole blocks, each by itself. */
function encipher(key: Buffer, blocks: Buffer): Buffer {
  const cipher = createCipheriv('des-ede3', tripleDes(key), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

/** Deciphers what `encipher` enciphered. */
function decipher(key: Buffer, blocks: Buffer): Buffer {
  const cipher = createDecipheriv('des-ede3', tripleDes(key), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

/** Returns the 8 characters of a UnionPay ECB MAC as bytes. */
export function ecbMac(key: Buffer, covered: Buffer): Buffer {
  let folded = 0n;
  for (let at = 0; at < covered.length; at += 8) {
    const block = covered
      .subarray(at, at + 8)
      .toString('hex')
      .padEnd(16, '0');
    folded ^= BigInt(`0x${block}`);
  }
  const text = Buffer.from(folded.toString(16).toUpperCase().padStart(16, '0'), 'latin1');
  const first = encipher(key, text.subarray(0, 8)).readBigUInt64BE() ^ text.readBigUInt64BE(8);
  const second = Buffer.alloc(8);
  second.writeBigUInt64BE(first);
  return Buffer.from(encipher(key, second).toString('hex').toUpperCase().slice(0, 8), 'latin1');
}

/** Returns field 62 of a sign-in's answer: each key under the master key, then four bytes of check value. */
export function keyDownload(masterKey: Buffer, pinKey: Buffer, macKey: Buffer): string {
  const parts = [pinKey, macKey].flatMap((key) => [
    encipher(masterKey, key),
    encipher(key, Buffer.alloc(8)).subarray(0, 4),
  ]);
  return Buffer.concat(parts).toString('hex').toUpperCase();
}

/** Returns the PIN in a block of format 0. */
export function pinIn(pinKey: Buffer, blockHex: string, pan: string): string {
  const field = BigInt(`0x${decipher(pinKey, Buffer.from(blockHex, 'hex')).toString('hex')}`);
  const panPart = BigInt(`0x${pan.slice(-13, -1)}`);
  const clear = (field ^ panPart).toString(16).padStart(16, '0');
  return clear.slice(2, 2 + Number.parseInt(clear.charAt(1), 16));
}
