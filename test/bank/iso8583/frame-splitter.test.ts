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

  it('takes a length of zero for a keep-alive, which is no frame, wherever it stands', () => {
    const splitter = new FrameSplitter(max);
    assert.deepEqual(splitter.push(Buffer.alloc(6)), []);
    assert.equal(splitter.pending, 0);
    assert.deepEqual(splitter.push(Buffer.alloc(1)), []);
    assert.equal(splitter.pending, 1);
    const rest = Buffer.concat([Buffer.alloc(1), frame(3), Buffer.alloc(2), frame(4)]);
    assert.deepEqual(splitter.push(rest), [frame(3).subarray(2), frame(4).subarray(2)]);
    assert.equal(splitter.fault, undefined);
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
