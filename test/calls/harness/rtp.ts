/** RTP (RFC 3550) and the telephone events in it (RFC 4733), as far as a listening test needs them. */

import { encodeAlaw, encodeUlaw } from '../../support/audio/g711.js';

/** RTP payload type of what a caller is sent (RFC 3551): 0 PCMU, 8 PCMA. */
export type Codec = 0 | 8;

/** One RTP packet. */
export type RtpPacket = {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
};

/** Returns the packet, or undefined when the bytes are no RTP version 2. */
export function parseRtp(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < 12) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) {
    return undefined;
  }
  const hasExtension = (first & 0x10) !== 0;
  let start = 12 + 4 * (first & 0x0f);
  if (hasExtension) {
    if (bytes.length < start + 4) {
      return undefined;
    }
    start += 4 + 4 * view.getUint16(start + 2);
  }
  return {
    payloadType: view.getUint8(1) & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    payload: bytes.subarray(Math.min(start, bytes.length)),
  };
}

/** Payload type that callers offer for telephone events. */
export const telephoneEventPayload = 96;

const eventKeys = '0123456789*#ABCD';

/** A key in a telephone-event payload; `ended` when the packet carries the E bit (RFC 4733 section 2.3). */
export function parseTelephoneEvent(payload: Uint8Array): { key: string; ended: boolean } | undefined {
  const [event, flags] = payload;
  const key = event === undefined ? undefined : eventKeys[event];
  return key === undefined || flags === undefined || payload.length < 4
    ? undefined
    : { key, ended: (flags & 0x80) !== 0 };
}

/** Returns the nth packet of a stream of silence: 20 ms of payload type 0 (PCMU) or 8 (PCMA). */
export function silentRtp(payloadType: Codec, nth: number): Uint8Array {
  return rtp(payloadType, nth, Buffer.alloc(160, payloadType === 0 ? 0xff : 0xd5));
}

/** Returns the nth packet of a stream: these 20 ms (8 kHz) as payload type 0 (PCMU) or 8 (PCMA). */
export function g711Rtp(payloadType: Codec, nth: number, samples: Int16Array): Uint8Array {
  return rtp(payloadType, nth, (payloadType === 0 ? encodeUlaw : encodeAlaw)(samples));
}

function rtp(payloadType: Codec, nth: number, payload: Uint8Array): Uint8Array {
  const packet = Buffer.concat([Buffer.alloc(12), payload]);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(nth & 0xffff, 2);
  packet.writeUInt32BE((nth * 160) >>> 0, 4);
  packet.writeUInt32BE(0x77a11e71, 8);
  return packet;
}
