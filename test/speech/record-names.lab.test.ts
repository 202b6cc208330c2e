import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languages as spokenLanguages } from '../../src/languages/catalogue.js';
import { chooseVoices } from '../../src/languages/voices.js';
import { FolderNameRecordings, nameSound } from '../../src/speech/name-recordings.js';
import { recordNames } from '../../src/speech/record-names.js';
import { fromPcm16, leadingSilenceMs, loudness, peak } from '../../src/speech/sound.js';
import type { Synthesis } from '../../src/speech/synthesis.js';

const readings = join(import.meta.dirname, '../../prompts');
const names = [
  { language: 'en', text: 'Green Tea House' },
  { language: 'en', text: "Li's Noodles, No. 8" },
  { language: 'zh', text: '绿茶馆' },
  { language: 'zh', text: '茶☃馆' },
  { language: 'en', text: '"); (system "touch /tmp/walletline-owned") ("' },
] as const;

describe('recording names with the real voices', function () {
  this.timeout(60_000);
  let builtFolder: string;

  before(async () => {
    builtFolder = await mkdtemp(join(tmpdir(), 'walletline-names-'));
  });

  after(async () => rm(builtFolder, { recursive: true, force: true }));

  it('records them once, refuses what is no name, and finds them in a call without any synthesis', async () => {
    const languages = await chooseVoices(spokenLanguages, readings);
    const first = await recordNames({ names, builtFolder, languages });
    assert.equal(first.recorded, 3);
    assert.equal(first.refused.length, 2);
    await assert.rejects(stat('/tmp/walletline-owned'));
    const again = await recordNames({ names, builtFolder, languages });
    assert.deepEqual([again.recorded, again.kept], [0, 3]);
    const recordings = new FolderNameRecordings(builtFolder);
    for (const { language, text } of names.slice(0, 3)) {
      const found = recordings.find(language, text, 'normal');
      assert.equal(found?.sound, nameSound(language, text, 'normal'));
      const wide = fromPcm16(await readFile(join(builtFolder, `${found.sound}.sln16`)), 16_000);
      assert.equal(wide.samples.length, found.durationMs * 16);
      assert.ok(found.durationMs > 400 && found.durationMs < 4_000, `${text}: ${found.durationMs} ms`);
      assert.ok(Math.abs(loudness(wide) + 19) < 1 && peak(wide) < -1.4 && leadingSilenceMs(wide) < 80, text);
      const slowly = recordings.find(language, text, 'slow');
      const ratio = (slowly?.durationMs ?? 0) / found.durationMs;
      assert.ok(ratio > 1.1 && ratio < 1.35, `${text}: ${ratio}`);
    }
    assert.equal(recordings.find('zh', '茶☃馆', 'normal'), undefined);
    assert.equal(recordings.find('en', 'Nobody', 'slow'), undefined);
  });

  it('makes the names again when the voice is another', async () => {
    const [english] = await chooseVoices(spokenLanguages, readings);
    assert.ok(english !== undefined);
    const other: Synthesis = { id: 'another', speak: async (orders) => english.voice.speak(orders) };
    const languages = [{ grammar: english.grammar, voice: other }];
    const { recorded } = await recordNames({ names: names.slice(0, 1), builtFolder, languages });
    assert.equal(recorded, 1);
  });
});
