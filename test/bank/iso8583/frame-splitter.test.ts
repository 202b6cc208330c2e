import assert from 'node:assert/strict';
import { FrameSplitter } from '../../../src/bank/iso8583/frame-splitter.js';

const max = 100;

function frame(size: number, fill = 0x41): Buffer {
  const bytes = Buffer.alloc(size + 2, fill);
  bytes.writeUInt16BE(size);
  return bytes;
}

describe('FrameSplitter', () => {
  it('waits for a frame that comes byte by byte', () => {
    const splitter = new FrameSplitter(max);
    const bytes = frame(5);
    for (let i = 0; i < bytes.length - 1; i += 1) {
      assert.deepEqual(splitter.push(bytes.subarray(i, i + 1)), []);
      assert.equal(splitter.pending, i + 1);
    }
    assert.deepEqual(splitter.push(bytes.subarray(-1)), [bytes.subarray(2)]);
  });

  it('takes the longest frame and refuses one byte more', () => {
    assert.equal(new FrameSplitter(max).push(frame(max)).length, 1);
    assert.throws(() => new FrameSplitter(max).push(frame(max + 1)), { path: 'frame length' });
  });

  it('refuses a length of zero', () => {
    assert.throws(() => new FrameSplitter(max).push(Buffer.alloc(2)), { path: 'frame length' });
  });

  it('gives the whole frames before a wrong length, then refuses everything', () => {
    const splitter = new FrameSplitter(max);
    const [good] = [frame(7)];
    assert.deepEqual(splitter.push(Buffer.concat([good, Buffer.from([0xff, 0xff]), frame(3)])), [
      good.subarray(2),
    ]);
    assert.equal(splitter.fault?.path, 'frame length');
    assert.throws(() => splitter.push(frame(3)), { name: 'IsoError' });
  });

  it('holds no memory for a length that is refused, and none of the chunk that a frame came in', () => {
    const splitter = new FrameSplitter(max);
    assert.throws(() => splitter.push(Buffer.from([0xff, 0xff, 1, 2, 3])));
    assert.equal(splitter.pending, 0);
    const chunk = frame(4);
    const [received] = new FrameSplitter(max).push(chunk);
    chunk.fill(0);
    assert.equal(received?.toString(), 'AAAA');
  });
});
