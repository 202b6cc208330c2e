import assert from 'node:assert/strict';
import { cacheDir, compareVersions, oldestAsterisk } from '../../lab/root.js';

describe('the private root', () => {
  it('compares versions by their numbers, not their letters', () => {
    assert.ok(compareVersions('22.9.0', oldestAsterisk) < 0);
    assert.ok(compareVersions('22.10.0', oldestAsterisk) < 0);
    assert.equal(compareVersions('22.10.1~dfsg', oldestAsterisk), 0);
    assert.ok(compareVersions('22.10.2', oldestAsterisk) > 0);
    assert.ok(compareVersions('23.0', oldestAsterisk) > 0);
    assert.ok(compareVersions('22.10', oldestAsterisk) < 0);
  });

  it('takes a version that cannot be read for an old one', () => {
    assert.ok(compareVersions('', oldestAsterisk) < 0);
    assert.ok(compareVersions('unknown', oldestAsterisk) < 0);
  });

  it('is kept where the setting says, else in the user’s cache', () => {
    assert.equal(cacheDir({ WALLETLINE_LAB_CACHE: '/c', XDG_CACHE_HOME: '/x' }), '/c');
    assert.equal(cacheDir({ XDG_CACHE_HOME: '/x' }), '/x/walletline');
    assert.match(cacheDir({}), /\/\.cache\/walletline$/);
  });
});
