import assert from 'node:assert/strict';
import { missingFrom, remedy } from '../../lab/tools.js';

describe("the lab's tools", () => {
  it('takes a package for missing unless it is installed now', () => {
    const status = 'sox installed\nfestival not-installed\nespeak-ng config-files\n';
    assert.deepEqual(missingFrom(status, ['sox', 'festival', 'espeak-ng', 'tcpdump']), [
      'festival',
      'espeak-ng',
      'tcpdump',
    ]);
  });

  for (const [output, expected] of [
    ["E: You don't have enough free space in /var/cache/apt/archives/.", /disk is full: free 2 GB/],
    ['dpkg: error: write error: No space left on device', /disk is full/],
    ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)', /another program/],
    ["Err:1 http://mirror sid InRelease\n  Temporary failure resolving 'mirror'", /check the network/],
    ['W: Failed to fetch http://mirror/x  Could not connect to mirror:80', /check the network/],
    ['E: setuid failed: Operation not permitted', /as root/],
  ] as const) {
    it(`says the remedy for "${output.slice(0, 40)}…" in one sentence`, () => {
      const sentence = remedy('Installing', output);
      assert.match(sentence, expected);
      assert.match(sentence, /^Installing failed .*run this (again|once as root)\.$/);
    });
  }

  it('shows the end of what it does not understand', () => {
    assert.match(remedy('Installing', 'one\ntwo\nE: something odd\n'), /E: something odd$/);
  });
});
