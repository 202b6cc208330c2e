import assert from 'node:assert/strict';
import { english } from '../../src/languages/en/language.js';
import { actorSheet, toCsv, toMarkdown } from '../../src/speech/actor-sheet.js';
import { checkSound, loudnessTable, unusedPrompts } from '../../src/speech/check-recordings.js';
import type { BuiltRecording, Manifest } from '../../src/speech/manifest.js';
import { parseScript } from '../../src/speech/prompt-script.js';

const good: BuiltRecording = {
  key: '0123456789abcdef',
  text: 'x',
  durationMs: 1000,
  loudnessDb: -19,
  peakDb: -4,
  leadingSilenceMs: 20,
};

function manifestWith(odd: Partial<BuiltRecording>): Manifest {
  const recordings = { one: good, two: good, three: good, odd: { ...good, ...odd } };
  return { version: 1, languages: { en: { voice: 'none', recordings, slow: {} } } };
}

/** At the normal pace everything is good. */
function slowManifestWith(odd: Partial<BuiltRecording>): Manifest {
  const slow = { one: good, two: good, three: good, odd: { ...good, ...odd } };
  return { version: 1, languages: { en: { voice: 'none', recordings: { one: good }, slow } } };
}

describe('checking the recordings', () => {
  const faults: readonly [Partial<BuiltRecording>, RegExp][] = [
    [{ loudnessDb: -16.9 }, /too loud/],
    [{ loudnessDb: -21.1 }, /too quiet/],
    [{ peakDb: 0 }, /clipped/],
    [{ leadingSilenceMs: 80 }, /80 ms of silence/],
    [{ durationMs: 12_020 }, /too long \(12\.0 s\)/],
  ];
  for (const [odd, complaint] of faults) {
    it(`complains of ${JSON.stringify(odd)}`, () => {
      const complaints = checkSound(manifestWith(odd));
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? '', complaint);
      assert.match(complaints[0] ?? '', /^en: odd is /);
    });
  }

  for (const [odd, complaint] of [
    [{ loudnessDb: -16.9 }, /too loud/],
    [{ peakDb: 0 }, /clipped/],
    [{ durationMs: 15_020 }, /too long \(15\.0 s\)/],
  ] as const) {
    it(`complains of ${JSON.stringify(odd)} at the slow pace, and names the pace`, () => {
      const complaints = checkSound(slowManifestWith(odd));
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? '', complaint);
      assert.match(complaints[0] ?? '', /^en, slow: odd is /);
    });
  }

  it('lets a recording last longer at the slow pace than at the normal one', () => {
    assert.deepEqual(checkSound(slowManifestWith({ durationMs: 14_900 })), []);
    assert.notDeepEqual(checkSound(manifestWith({ durationMs: 14_900 })), []);
  });

  it('has nothing against recordings within the limits', () => {
    const odd = { loudnessDb: -20.9, peakDb: -0.6, leadingSilenceMs: 79, durationMs: 12_000 };
    assert.deepEqual(checkSound(manifestWith(odd)), []);
  });

  it('shows the spread of each pace', () => {
    const rows = loudnessTable(slowManifestWith({ loudnessDb: -20 }));
    assert.deepEqual(
      rows.map(({ pace, recordings, minDb }) => [pace, recordings, minDb]),
      [
        ['normal', 1, -19],
        ['slow', 4, -20],
      ],
    );
  });

  it('shows the spread of each language', () => {
    const [row] = loudnessTable(manifestWith({ loudnessDb: -20, durationMs: 3000 }));
    assert.equal(row?.minDb, -20);
    assert.equal(row.medianDb, -19);
    assert.equal(row.longestMs, 3000);
  });

  it('names the prompts that no dialogue says', () => {
    const script = parseScript('en', { used: 'x', idle: 'y' });
    assert.deepEqual(unusedPrompts([script], [{ prompt: 'used', values: [] }]), [
      'en: no dialogue says idle',
    ]);
  });
});

describe("the actor's script", () => {
  const script = parseScript('en', { hello: 'Hello, "you".', rest: 'You have {amount} | left.' });
  const lines = actorSheet(script, english);

  it('names every recording with its text, its voice and its longest length', () => {
    assert.equal(lines.length, 3 + english.grammar.pieces.length);
    assert.deepEqual(lines[1], {
      name: 'rest.1',
      language: 'en',
      text: 'You have',
      ending: 'flows on',
      longestSeconds: 1.5,
    });
    assert.ok(lines.every(({ longestSeconds }) => longestSeconds <= 12));
  });

  it('is written as CSV and as Markdown', () => {
    assert.ok(
      toCsv(lines).startsWith(
        'name,language,text,voice,longest seconds\r\nhello,en,"Hello, ""you"".",falls,',
      ),
    );
    assert.ok(toMarkdown(lines).includes('| rest.2 | \\| left. | falls |'));
  });
});
