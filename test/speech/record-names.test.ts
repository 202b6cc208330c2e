import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { englishGrammar } from '../../src/languages/en/grammar.js';
import { mandarinGrammar } from '../../src/languages/zh/grammar.js';
import { nameSound } from '../../src/speech/name-recordings.js';
import { recordNames } from '../../src/speech/record-names.js';
import type { Synthesis, SynthesisOrder } from '../../src/speech/synthesis.js';

/** What must never reach a synthesiser, whoever registered it as a name. */
const hostile: readonly string[] = [
  '',
  '   ',
  '...',
  '"); (system "touch /tmp/owned") ("',
  '$(reboot)',
  '`reboot`',
  'a; rm -rf /',
  'a | tee /etc/passwd',
  '<speak><audio src="file:///etc/passwd"/></speak>',
  '<SABLE><ENGINE ID="festival" DATA="(quit)">x</ENGINE></SABLE>',
  '[[inpt PHON]]_hE',
  '{amount}',
  '-w /etc/passwd\n',
  '-w tea',
  'Tea\u0000House',
  'Tea\u001b[2JHouse',
  'Tea\u202eHouse',
  'Tea\u200bHouse',
  '../../etc/passwd',
  'C:\\Windows',
  '💳 shop',
  'x'.repeat(41),
  'x'.repeat(1_000_000),
  '\ud800',
];

/** Writes down what it is given, and says nothing that could be heard. */
class ListeningSynthesis implements Synthesis {
  readonly id = 'none';
  readonly spoken: string[] = [];

  async speak(orders: readonly SynthesisOrder[]) {
    this.spoken.push(...orders.map(({ text }) => text));
    return orders.map(() => ({ samples: new Float64Array(160), rate: 16_000 }));
  }
}

describe('recording names ahead of calls', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walletline-names-'));
  });

  after(async () => rm(folder, { recursive: true, force: true }));

  async function record(texts: readonly string[]) {
    const voice = new ListeningSynthesis();
    const languages = [englishGrammar, mandarinGrammar].map((grammar) => ({ grammar, voice }));
    const names = texts.flatMap((text) => languages.map(({ grammar: { language } }) => ({ language, text })));
    return { voice, result: await recordNames({ names, builtFolder: folder, languages }) };
  }

  for (const text of hostile) {
    it(`keeps ${JSON.stringify(text.slice(0, 60))} from the synthesiser`, async () => {
      const { voice, result } = await record([text]);
      assert.deepEqual(voice.spoken, []);
      assert.equal(result.refused.length, 2);
      assert.equal(result.recorded, 0);
    });
  }

  it('hands only letters, figures and a few marks to a synthesiser, whatever the name', async () => {
    const character = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff }));
    await fc.assert(
      fc.asyncProperty(fc.array(character, { maxLength: 12 }), async (characters) => {
        const text = String.fromCodePoint(...characters);
        const { voice } = await record([text]);
        for (const spoken of voice.spoken) {
          assert.match(spoken, /^[A-Za-z0-9\p{Script=Han} '.,·、-]{1,40}$/u);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says which names are silent when they are spoken, and goes on', async () => {
    const { voice, result } = await record(['Tea House', '茶馆']);
    assert.deepEqual(voice.spoken, ['Tea House', '茶馆']);
    assert.equal(result.refused.filter(({ why }) => why.includes('silent')).length, 2);
    assert.equal(result.refused.filter(({ why }) => why.includes('does not write')).length, 2);
  });

  it('goes on when the voice breaks at one name', async () => {
    const voice: Synthesis = {
      id: 'broken',
      speak: async () => Promise.reject(new Error('no such syllable')),
    };
    const languages = [{ grammar: englishGrammar, voice }];
    const names = ['Tea', 'House'].map((text) => ({ language: 'en', text }));
    const { refused } = await recordNames({ names, builtFolder: folder, languages });
    assert.deepEqual(
      refused.map(({ text, why }) => [text, why]),
      [
        ['Tea', 'cannot be spoken: no such syllable'],
        ['House', 'cannot be spoken: no such syllable'],
      ],
    );
  });

  it('names a file by nothing of the name itself', async () => {
    for (const text of hostile) {
      assert.match(nameSound('en', text, 'normal'), /^names\/en\/[0-9a-f]{16}$/);
    }
    assert.equal(nameSound('en', ' Tea   House', 'slow'), nameSound('en', 'Tea House', 'slow'));
    assert.notEqual(nameSound('en', 'Tea House', 'normal'), nameSound('zh', 'Tea House', 'normal'));
    await assert.rejects(stat('/tmp/owned'));
  });
});
