import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Pan } from '../../../src/bank/bank.js';
import {
  CryptographyError,
  decryptPinBlock,
  isWellKnownKey,
  unionpayEcbMac,
  unwrapKey,
  wrapKey,
} from '../../../src/bank/cryptography.js';
import type { WorkingKeys } from '../../../src/bank/key-vault.js';
import {
  masterKeyFrom,
  SoftwareKeyVault,
  type SoftwareKeyVaultOptions,
} from '../../../src/bank/software-key-vault.js';
import { Secret } from '../../../src/secret.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const tmk = 'A1B2C3D4E5F60718293A4B5C6D7E8F90';
const pinKey = hex('807A23AD32B36D457AE91FDF927570EA');
const macKey = hex('5B3C9D1E7F204A688CADCE0F31527496');
const pan = '6222020200112233446' as Pan;
const terminal = '12345678';

function vault(options: Partial<SoftwareKeyVaultOptions> = {}): SoftwareKeyVault {
  return new SoftwareKeyVault({
    masterKey: hex(tmk),
    pinBlockFormat: 0,
    mac: 'unionpay-ecb',
    random: randomBytes,
    lab: false,
    ...options,
  });
}

function download(pin = pinKey, mac = macKey, master = tmk): WorkingKeys {
  return { pinKey: wrapKey(hex(master), pin), macKey: wrapKey(hex(master), mac) };
}

const pinOf = (digits: string) => new Secret('card-pin', Buffer.from(digits));

describe('a downloaded key', () => {
  it('comes out of the published example and is proved by its check value', () => {
    const encrypted = { cipher: hex('6701EAD6A9AD51E51AA406E2C27FCFA9'), checkValue: hex('8D0A74B8') };
    const master = hex('CA5D92598DCA48CE8A4C76361A9269E9');
    assert.deepEqual(unwrapKey(master, encrypted), pinKey);
    assert.deepEqual(wrapKey(master, pinKey), encrypted);
  });

  it('is refused with a wrong, short or missing check value', () => {
    const { cipher, checkValue } = wrapKey(hex(tmk), pinKey);
    const unwrap = (check: Buffer) => unwrapKey(hex(tmk), { cipher, checkValue: check });
    assert.deepEqual(unwrap(checkValue.subarray(0, 3)), pinKey);
    assert.equal(unwrap(hex('8D0A74B9')), 'wrong-check-value');
    assert.equal(unwrap(checkValue.subarray(0, 2)), 'wrong-check-value');
    assert.equal(unwrap(Buffer.alloc(0)), 'wrong-check-value');
    assert.equal(unwrapKey(hex(tmk), { cipher: cipher.subarray(0, 12), checkValue }), 'wrong-length');
  });
});

describe('SoftwareKeyVault', () => {
  it('makes PIN blocks and MACs with the working keys of the terminal', () => {
    const keys = vault();
    assert.equal(keys.hasWorkingKeys(terminal), false);
    assert.deepEqual(keys.loadWorkingKeys(download(), terminal), { outcome: 'loaded' });
    assert.equal(keys.hasWorkingKeys(terminal), true);
    assert.equal(keys.hasWorkingKeys('87654321'), false);
    const block = keys.pinBlock(terminal, pinOf('135790'), pan);
    assert.equal(decryptPinBlock(0, { block, pan, key: pinKey }).toString(), '135790');
    const covered = Buffer.from('covered');
    assert.deepEqual(keys.mac(terminal, covered), unionpayEcbMac(macKey, covered));
  });

  it('tells a right MAC from a wrong one, and knows none without keys', () => {
    const keys = vault();
    const covered = Buffer.from('covered');
    assert.equal(keys.verifyMac(terminal, covered, unionpayEcbMac(macKey, covered)), false);
    keys.loadWorkingKeys(download(), terminal);
    assert.equal(keys.verifyMac(terminal, covered, unionpayEcbMac(macKey, covered)), true);
    assert.equal(keys.verifyMac(terminal, Buffer.from('changed'), unionpayEcbMac(macKey, covered)), false);
    assert.equal(keys.verifyMac(terminal, covered, Buffer.alloc(0)), false);
  });

  it('keeps the keys of before when either new one is refused', () => {
    const keys = vault();
    keys.loadWorkingKeys(download(), terminal);
    const covered = Buffer.from('covered');
    const before = keys.mac(terminal, covered);
    const other = download(randomBytes(16), randomBytes(16));
    const wrong = (key: WorkingKeys['pinKey']) => ({ ...key, checkValue: Buffer.alloc(4) });
    assert.deepEqual(keys.loadWorkingKeys({ ...other, pinKey: wrong(other.pinKey) }, terminal), {
      outcome: 'refused',
      key: 'pin',
      why: 'wrong-check-value',
    });
    assert.deepEqual(keys.loadWorkingKeys({ ...other, macKey: wrong(other.macKey) }, terminal), {
      outcome: 'refused',
      key: 'mac',
      why: 'wrong-check-value',
    });
    assert.deepEqual(keys.mac(terminal, covered), before);
    const block = keys.pinBlock(terminal, pinOf('1234'), pan);
    assert.equal(decryptPinBlock(0, { block, pan, key: pinKey }).toString(), '1234');
  });

  it('refuses a MAC key of a size that the algorithm does not take', () => {
    const keys = vault({ mac: 'x9.19' });
    assert.deepEqual(keys.loadWorkingKeys(download(pinKey, macKey.subarray(0, 8)), terminal), {
      outcome: 'refused',
      key: 'mac',
      why: 'wrong-length',
    });
    assert.equal(
      vault().loadWorkingKeys(download(pinKey, macKey.subarray(0, 8)), terminal).outcome,
      'loaded',
    );
  });

  it('refuses a single-length PIN key, outside the lab', () => {
    const single = download(pinKey.subarray(0, 8));
    assert.deepEqual(vault().loadWorkingKeys(single, terminal), {
      outcome: 'refused',
      key: 'pin',
      why: 'wrong-length',
    });
    assert.equal(vault({ lab: true }).loadWorkingKeys(single, terminal).outcome, 'loaded');
  });

  it('refuses working keys that everybody knows, outside the lab', () => {
    const zeros = download(Buffer.alloc(16));
    assert.deepEqual(vault().loadWorkingKeys(zeros, terminal), {
      outcome: 'refused',
      key: 'pin',
      why: 'well-known-key',
    });
    assert.equal(vault({ lab: true }).loadWorkingKeys(zeros, terminal).outcome, 'loaded');
  });

  it('refuses a master key that everybody knows, outside the lab', () => {
    for (const known of [
      '00'.repeat(16),
      '11'.repeat(16),
      '31'.repeat(16),
      '0123456789ABCDEFFEDCBA9876543210',
      '0123456789ABCDEF0123456789ABCDEF',
      'CA5D92598DCA48CE8A4C76361A9269E9',
      '404142434445464748494A4B4C4D4E4F',
    ]) {
      assert.throws(() => vault({ masterKey: hex(known) }), CryptographyError, known);
      assert.doesNotThrow(() => vault({ masterKey: hex(known), lab: true }));
    }
    assert.throws(() => vault({ masterKey: Buffer.alloc(8, 7), lab: true }), CryptographyError);
  });

  it('wipes the PIN even when it makes no block', () => {
    const withoutKeys = vault();
    const digits = Buffer.from('135790');
    assert.throws(
      () => withoutKeys.pinBlock(terminal, new Secret('card-pin', digits), pan),
      CryptographyError,
    );
    assert.deepEqual(digits, Buffer.alloc(6));
    const keys = vault();
    keys.loadWorkingKeys(download(), terminal);
    const short = Buffer.from('123');
    assert.throws(() => keys.pinBlock(terminal, new Secret('card-pin', short), pan), {
      problem: 'pin-length',
    });
    assert.deepEqual(short, Buffer.alloc(3));
  });

  it('takes the master key away from whoever gave it, and wipes all when it is closed', () => {
    const masterKey = hex(tmk);
    const keys = vault({ masterKey });
    assert.deepEqual(masterKey, Buffer.alloc(16));
    keys.loadWorkingKeys(download(), terminal);
    keys.close();
    assert.equal(keys.hasWorkingKeys(terminal), false);
    assert.throws(() => keys.mac(terminal, Buffer.alloc(8)), CryptographyError);
    assert.equal(keys.loadWorkingKeys(download(), terminal).outcome, 'refused');
  });

  it('speaks AES for format 4 and CMAC', () => {
    const master = '0F1E2D3C4B5A69788796A5B4C3D2E1F1';
    const keys = vault({ masterKey: hex(master), masterCipher: 'aes', pinBlockFormat: 4, mac: 'aes-cmac' });
    const aes = { masterCipher: 'aes', keyCipher: 'aes' } as const;
    const working = {
      pinKey: wrapKey(hex(master), pinKey, aes),
      macKey: wrapKey(hex(master), macKey, aes),
    };
    assert.deepEqual(keys.loadWorkingKeys(working, terminal), { outcome: 'loaded' });
    const block = keys.pinBlock(terminal, pinOf('4321'), pan);
    assert.equal(decryptPinBlock(4, { block, pan, key: pinKey }).toString(), '4321');
    assert.equal(keys.mac(terminal, Buffer.from('covered')).length, 8);
  });

  it('prints nothing of itself', () => {
    const keys = vault();
    keys.loadWorkingKeys(download(), terminal);
    assert.equal(inspect(keys, { showHidden: true, depth: 9 }), '[key vault]');
    assert.equal(JSON.stringify({ keys }), '{"keys":"[key vault]"}');
  });
});

describe('a master key in the configuration', () => {
  it('is hexadecimal, or the name of a file that holds it', () => {
    assert.deepEqual(masterKeyFrom(tmk), hex(tmk));
    const folder = mkdtempSync(join(tmpdir(), 'walletline-key-'));
    try {
      const file = join(folder, 'tmk');
      writeFileSync(file, `${tmk}\n`);
      assert.deepEqual(masterKeyFrom(`file:${file}`), hex(tmk));
      assert.throws(() => masterKeyFrom(`file:${file}.not-there`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused without being shown when it is neither', () => {
    assert.throws(
      () => masterKeyFrom(tmk.slice(1)),
      (error: Error) => error instanceof CryptographyError && !error.message.includes(tmk.slice(1)),
    );
  });
});

describe('well-known keys', () => {
  it('are known whatever their parity bits', () => {
    assert.equal(isWellKnownKey(hex('0022446688AACCEEFEDCBA9876543210')), true);
    assert.equal(isWellKnownKey(hex('0101010101010101')), true);
    assert.equal(isWellKnownKey(hex('FE01FE01FE01FE01')), true);
    assert.equal(isWellKnownKey(hex(`${tmk}${tmk.slice(16)}`)), true);
    assert.equal(isWellKnownKey(hex(tmk)), false);
    assert.equal(isWellKnownKey(hex('A1B2C3D4E5F60718')), false);
  });

  it('are those too of which a part of 8 bytes is weak, zero or printed by itself', () => {
    const strong = 'A1B2C3D4E5F60718';
    for (const weak of ['0000000000000000', '0101010101010101', '1FE01FE00EF10EF1', '0123456789ABCDEF']) {
      assert.equal(isWellKnownKey(hex(`${weak}${strong}`)), true, weak);
      assert.equal(isWellKnownKey(hex(`${strong}${weak}`)), true, weak);
      assert.equal(isWellKnownKey(hex(`${strong}${weak}6B8E3F0D92C45A17`)), true, weak);
    }
    assert.equal(isWellKnownKey(hex(`${strong}6B8E3F0D92C45A17`)), false);
  });
});
