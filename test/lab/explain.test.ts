import assert from 'node:assert/strict';
import { explain } from '../../lab/explain.js';
import { LabError } from '../../lab/lab-error.js';

const systemError = (code: string, path?: string) => Object.assign(new Error(`${code}: x`), { code, path });

describe('what a person is told when the lab fails', () => {
  it('is the sentence of whoever knew the remedy', () => {
    assert.equal(explain(new LabError('Do this.')), 'Do this.');
  });

  it('is the remedy for a full disk and for a folder that cannot be written', () => {
    assert.match(explain(systemError('ENOSPC')), /^The disk is full: free 2 GB/);
    assert.match(
      explain(systemError('EACCES', '/root/.cache')),
      /^\/root\/.cache cannot be written: .*WALLETLINE_LAB_CACHE/,
    );
  });

  it('is all that is known of a fault of ours', () => {
    assert.match(explain(new TypeError('odd')), /TypeError: odd\n\s+at /);
    assert.equal(explain('text'), 'text');
  });
});
