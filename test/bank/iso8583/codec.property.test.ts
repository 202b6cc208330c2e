import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decode, encode } from '../../../src/bank/iso8583/codec.js';
import { FrameSplitter } from '../../../src/bank/iso8583/frame-splitter.js';
import { profiles } from '../../../src/bank/iso8583/profile-named.js';
import { arbitraryMessage } from './arbitrary-message.js';

const plain = (fields: object) => Object.fromEntries(Object.entries(fields));

for (const profile of profiles) {
  describe(`any message of the ${profile.name} profile`, () => {
    it('is read back as it was written', () => {
      fc.assert(
        fc.property(arbitraryMessage(profile), (message) => {
          const frame = encode(message, profile, { header: profile.requestHeader });
          assert.equal(frame.readUInt16BE(), frame.length - 2);
          const decoded = decode(frame.subarray(2), profile);
          assert.equal(decoded.message.mti, message.mti);
          assert.deepEqual(plain(decoded.message.fields), plain(message.fields));
          assert.deepEqual(decoded.header, profile.requestHeader);
        }),
        { numRuns: 300 },
      );
    });

    it('carries its MAC in the last field, over the bytes that the reader is told', () => {
      fc.assert(
        fc.property(
          arbitraryMessage(profile),
          fc.uint8Array({ minLength: 8, maxLength: 8 }),
          (message, bytes) => {
            fc.pre(message.fields[64] === undefined && message.fields[128] === undefined);
            let covered: Buffer = Buffer.alloc(0);
            const mac = (data: Buffer) => {
              covered = data;
              return Buffer.from(bytes);
            };
            const frame = encode(message, profile, { header: profile.requestHeader, mac });
            const decoded = decode(frame.subarray(2), profile);
            const macField = Object.keys(message.fields).some((number) => Number(number) > 64) ? 128 : 64;
            assert.equal(decoded.message.fields[macField], Buffer.from(bytes).toString('hex').toUpperCase());
            assert.deepEqual(decoded.macCovered, covered);
          },
        ),
        { numRuns: 200 },
      );
    });

    it('is never read from a part of its frame, nor with a byte more', () => {
      fc.assert(
        fc.property(arbitraryMessage(profile), fc.nat(), (message, at) => {
          const frame = encode(message, profile, { header: profile.requestHeader }).subarray(2);
          assert.throws(() => decode(frame.subarray(0, at % frame.length), profile), { name: 'IsoError' });
          assert.throws(() => decode(Buffer.concat([frame, Buffer.from('0')]), profile), {
            name: 'IsoError',
          });
        }),
        { numRuns: 200 },
      );
    });

    it('comes out of a stream whole, however TCP cuts and joins it', () => {
      const frames = fc.array(arbitraryMessage(profile), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(
          frames,
          fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
          (messages, cuts) => {
            const sent = messages.map((message) =>
              encode(message, profile, { header: profile.requestHeader }),
            );
            const stream = Buffer.concat(sent);
            const splitter = new FrameSplitter(profile.maxFrameLength);
            const received: Buffer[] = [];
            for (let at = 0, turn = 0; at < stream.length; turn += 1) {
              const size = cuts[turn % cuts.length] ?? 1;
              received.push(...splitter.push(stream.subarray(at, at + size)));
              at += size;
            }
            assert.deepEqual(
              received,
              sent.map((frame) => frame.subarray(2)),
            );
            assert.equal(splitter.pending, 0);
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}
