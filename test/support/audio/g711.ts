/**
 * ITU-T G.711 both ways, written from the standard's tables and apart from the product's own code, so that
 * tests judge what a caller receives by a second opinion.
 */

/** Returns the samples (8 kHz, 16 bit) of mu-law bytes (G.711 table 2a). */
export function decodeUlaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    return (code & 0x80) === 0 ? magnitude : -magnitude;
  });
}

/** Returns the samples (8 kHz, 16 bit) of A-law bytes (G.711 table 1a). */
export function decodeAlaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => {
    const code = byte ^ 0x55;
    const segment = (code & 0x70) >> 4;
    const step = ((code & 0x0f) << 4) + 8;
    const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
    return (code & 0x80) === 0 ? -magnitude : magnitude;
  });
}

/** Returns the mu-law bytes whose decoded values lie nearest to the samples. */
export function encodeUlaw(samples: Int16Array): Uint8Array {
  return encodeNearest(samples, ulawTable);
}

/** Returns the A-law bytes whose decoded values lie nearest to the samples. */
export function encodeAlaw(samples: Int16Array): Uint8Array {
  return encodeNearest(samples, alawTable);
}

type CodeTable = { readonly values: readonly number[]; readonly codes: readonly number[] };

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const ulawTable = sortedTable(decodeUlaw(allBytes));
const alawTable = sortedTable(decodeAlaw(allBytes));

function sortedTable(decoded: Int16Array): CodeTable {
  const codes = [...allBytes].sort((one, other) => (decoded[one] ?? 0) - (decoded[other] ?? 0));
  return { codes, values: codes.map((code) => decoded[code] ?? 0) };
}

function encodeNearest(samples: Int16Array, { values, codes }: CodeTable): Uint8Array {
  return Uint8Array.from(samples, (sample) => {
    let low = 0;
    let high = values.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((values[middle] ?? 0) <= sample) {
        low = middle;
      } else {
        high = middle;
      }
    }
    const nearest = sample - (values[low] ?? 0) <= (values[high] ?? 0) - sample ? low : high;
    return codes[nearest] ?? 0;
  });
}
