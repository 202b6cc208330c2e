/** Returns the mu-law bytes of 16-bit little-endian samples (ITU-T G.711, table 2a). */
export function encodeUlaw(pcm16: Buffer): Buffer {
  return encode(pcm16, (sample) => {
    const magnitude = Math.min(Math.abs(sample), 32635) + 132;
    const exponent = 31 - Math.clz32(magnitude) - 7;
    const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}

/** Returns the A-law bytes of 16-bit little-endian samples (ITU-T G.711, table 1a). */
export function encodeAlaw(pcm16: Buffer): Buffer {
  return encode(pcm16, (sample) => {
    // Negative values count from -1, so that both halves of the scale have the same steps.
    const magnitude = (sample < 0 ? ~sample : sample) >> 4;
    const exponent = magnitude < 32 ? (magnitude < 16 ? 0 : 1) : 31 - Math.clz32(magnitude) - 3;
    const mantissa = (exponent === 0 ? magnitude : magnitude >> (exponent - 1)) & 0x0f;
    return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
  });
}

function encode(pcm16: Buffer, code: (sample: number) => number): Buffer {
  const bytes = Buffer.alloc(Math.floor(pcm16.length / 2));
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = code(pcm16.readInt16LE(index * 2));
  }
  return bytes;
}
