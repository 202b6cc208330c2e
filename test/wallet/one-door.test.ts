import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../lab/project-dir.js';

const sources = readdirSync(join(projectDir, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(projectDir, 'src', name), 'utf8') }));

/** Returns the source files, outside the bank's own folder, in which this is written. */
function filesWith(pattern: RegExp): string[] {
  return sources
    .filter(({ name, text }) => !name.startsWith('bank/') && pattern.test(text))
    .map(({ name }) => name)
    .sort();
}

describe('the way of a PIN to a bank', () => {
  it('is the door alone: nobody else has a bank that takes one', () => {
    const banks = /import (?:type )?\{[^}]*\bBank\b[^}]*\} from '[./]*bank\/bank\.js'/;
    assert.deepEqual(filesWith(banks), ['compose-services.ts', 'compose-wallet.ts', 'wallet/pin-door.ts']);
    assert.deepEqual(filesWith(/\bIso8583Bank\b/), ['compose-services.ts']);
  });

  it('is asked by the door alone, with a try that only it makes', () => {
    assert.deepEqual(filesWith(/\bbank\.(?:purchase|balance)\(/), ['wallet/pin-door.ts']);
    assert.deepEqual(filesWith(/\bnew PinTry\(/), ['wallet/pin-door.ts']);
    assert.deepEqual(filesWith(/\bnew PinDoor\(/), ['compose-wallet.ts']);
  });

  it('is found by this test where it is', () => {
    assert.ok(sources.length > 100);
    assert.deepEqual(filesWith(/\bpinTry\.purchase\(/), ['payment/take-payment.ts']);
    assert.deepEqual(filesWith(/\bpinTry\.balance\(/), ['session/card-balance.ts']);
  });
});
