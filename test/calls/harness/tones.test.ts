import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdMusic } from '../../../lab/hold-music.js';
import { languageCodes } from '../../../src/languages/catalogue.js';
import { decodeUlaw } from '../../support/audio/g711.js';
import { keyTone, keyTonesIn, tone, toneMs } from './tones.js';

function mixed(...sounds: readonly Int16Array[]): Int16Array {
  return (sounds[0] ?? new Int16Array()).map((_, i) =>
    sounds.reduce((sum, sound) => sum + (sound[i] ?? 0), 0),
  );
}

/** Whatever prompts are built; a machine without any has nothing to be mistaken about. */
function somePrompts(): Int16Array[] {
  const folder = process.env['WALLETLINE_PROMPTS_DIR'] ?? 'var/prompts';
  return languageCodes.flatMap((language) =>
    readdirSync(join(folder, language))
      .filter((name) => name.endsWith('.ulaw'))
      .slice(0, 60)
      .map((name) => decodeUlaw(readFileSync(join(folder, language, name)))),
  );
}

const music = (() => {
  const bytes = holdMusic();
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
})();

describe('an ear for tones', () => {
  for (const key of '0123456789*#ABCD') {
    it(`hears the key ${key}, also when it is faint, and beside a mark`, () => {
      assert.match(keyTonesIn(keyTone(key, 100)), new RegExp(`^[${key}]{2,}$`));
      assert.match(keyTonesIn(keyTone(key, 100, 150)), new RegExp(`^[${key}]{2,}$`));
      const beside = mixed(keyTone(key, 100), tone(2_100, 100));
      assert.match(keyTonesIn(beside, [2_100]), new RegExp(`^[${key}]{2,}$`));
    });
  }

  it('hears a key in the middle of music', () => {
    const sound = music.slice(0, 8_000);
    sound.set(
      mixed(
        music.slice(4_000, 4_800).map((sample) => sample / 8),
        keyTone('5', 100),
      ),
      4_000,
    );
    assert.match(keyTonesIn(sound), /5/);
  });

  it('takes neither music, nor a mark, nor silence, nor speech for a key', () => {
    assert.equal(keyTonesIn(music), '');
    assert.equal(keyTonesIn(tone(2_100, 1_000)), '');
    assert.equal(keyTonesIn(new Int16Array(8_000)), '');
    for (const prompt of somePrompts()) {
      assert.equal(keyTonesIn(prompt), '');
    }
  });

  it('knows a mark, and for how long it sounds', () => {
    const sound = new Int16Array(16_000);
    sound.set(tone(1_900, 1_000), 4_000);
    assert.equal(toneMs(sound, 1_900), 1_000);
    assert.equal(toneMs(sound, 1_950), 0);
    assert.equal(toneMs(music, 1_900), 0);
  });
});
