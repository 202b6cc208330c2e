import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { logOutput } from '../src/log-output.js';

const fault = (code: string): Error => Object.assign(new Error(code), { code });

describe('where log lines go', () => {
  it('drops what a full disk does not take, and says how much when it takes lines again', () => {
    const written: string[] = [];
    let isFull = false;
    const output = logOutput(1, (_, bytes) => {
      if (isFull) {
        throw fault('ENOSPC');
      }
      written.push(bytes.toString());
      return bytes.length;
    });
    output.write('one\n');
    isFull = true;
    output.write('two\n');
    output.write('three\n');
    isFull = false;
    output.write('four\n');
    assert.equal(written[0], 'one\n');
    assert.deepEqual((JSON.parse(written[1] ?? '') as { dropped: number }).dropped, 2);
    assert.deepEqual(written.slice(2), ['four\n']);
  });

  it('neither throws nor hangs on a device that is full', () => {
    const full = openSync('/dev/full', 'w');
    const output = logOutput(full);
    for (let line = 0; line < 1_000; line += 1) {
      output.write('a line\n');
    }
    closeSync(full);
  });

  it('writes the rest of a line that was taken in part, and waits a moment for a slow reader', () => {
    const written: string[] = [];
    let calls = 0;
    const output = logOutput(1, (_, bytes) => {
      calls += 1;
      if (calls % 2 === 1) {
        throw fault('EAGAIN');
      }
      written.push(bytes.subarray(0, 3).toString());
      return Math.min(3, bytes.length);
    });
    output.write('abcdef\n');
    assert.equal(written.join(''), 'abcdef\n');
  });

  it('does not wait for ever for a reader that never reads', () => {
    const output = logOutput(1, () => {
      throw fault('EAGAIN');
    });
    output.write('lost\n');
  });
});
