import assert from 'node:assert/strict';
import { faultOfUrl, hostOf, parseHost, parseHostPort } from '../src/address.js';

describe('addresses in settings', () => {
  it('take a host as sockets take it, an IPv6 address with or without brackets', () => {
    const hosts = ['127.0.0.1', '::1', '[::1]', 'bank-1.example.com', 'bank', 'db_1.internal.'].map(
      parseHost,
    );
    assert.deepEqual(hosts, ['127.0.0.1', '::1', '::1', 'bank-1.example.com', 'bank', 'db_1.internal.']);
  });

  it('refuse what is more, or less, than a host', () => {
    const wrong = [
      '',
      ' ',
      'bank:1',
      'http://bank',
      '[bank]',
      '[::1',
      '::g',
      '300.1.1.1',
      '1.2.3',
      'a b',
      '-a',
      'u@h',
    ];
    assert.deepEqual(
      wrong.filter((text) => parseHost(text) !== undefined),
      [],
    );
  });

  it('read host and port apart', () => {
    assert.deepEqual(parseHostPort('[::1]:8080'), { host: '::1', port: 8080 });
    assert.deepEqual(parseHostPort('0.0.0.0:65535'), { host: '0.0.0.0', port: 65_535 });
    const wrong = [
      '::1:8080',
      '[::1]',
      ':8080',
      'a:',
      'a:0',
      'a:65536',
      'a:99999',
      'a:8080/',
      'a:-1',
      'a:1e3',
    ];
    assert.deepEqual(
      wrong.filter((text) => parseHostPort(text) !== undefined),
      [],
    );
  });

  it('give the host of a URL without the brackets', () => {
    const urls = ['mysql://u:p@[::1]:3306/d', 'ami://u:p@[fe80::1]', 'http://u:p@h'];
    assert.deepEqual(
      urls.map((url) => hostOf(new URL(url))),
      ['::1', 'fe80::1', 'h'],
    );
  });

  it('say of a URL what is wrong, and nothing of what stands in it', () => {
    const faults = [
      'http://u:planted@h',
      'mysql://u:planted@h:99999/d',
      'mysql://u:planted@h:0/d',
      'mysql://u:planted@/d',
      'mysql://u:planted@::1:3306/d',
      'mysql://u:planted%@h/d',
      'mysql:planted',
    ].map((url) => faultOfUrl(url, ['mysql']));
    const expected = [
      /starts with mysql:/,
      /port/,
      /port/,
      /host/,
      /brackets|host/,
      /%25/,
      /starts with mysql:/,
    ];
    for (const [at, pattern] of expected.entries()) {
      assert.match(faults[at] ?? 'no fault', pattern);
    }
    assert.doesNotMatch(faults.join(), /planted/);
    const right = ['mysql://u:p%40@h:3306/d', 'mysql://u:p@[::1]:65535/d', 'mysql://u@h'];
    assert.deepEqual(
      right.map((url) => faultOfUrl(url, ['mysql'])),
      [undefined, undefined, undefined],
    );
  });
});
