import assert from 'node:assert/strict';
import type { Pace, Speech } from '../../src/dialogue/line.js';
import { languageCodes as languages } from '../../src/languages/catalogue.js';
import { money, yuan } from '../../src/money.js';
import { compareSound } from '../support/audio/compare-sound.js';
import type { ExpectedSound } from '../support/audio/expected-sound.js';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from '../support/audio/g711.js';
import { type BuiltPrompts, builtPrompts } from '../support/built-prompts.js';

const packetSamples = 160;
const phone = { as: 'phone', digits: '13800138000' } as const;
const card = { as: 'card-ending', digits: '3446' } as const;
const amount = { as: 'money', money: yuan(50) } as const;

/** A recharge as it is heard, from the welcome to the goodbye. */
const lines: readonly Speech['utterances'][] = [
  [{ prompt: 'welcome' }, { prompt: 'menu.balances', key: '1' }, { prompt: 'recharge.menu', key: '2' }],
  [{ prompt: 'recharge.this-phone', key: '1' }],
  [{ prompt: 'recharge.ask-amount' }],
  [
    { prompt: 'recharge.read-back', values: { amount, phone } },
    { prompt: 'card.read-back', values: { card } },
    { prompt: 'choice.pay', key: '1' },
    { prompt: 'choice.change', key: '2' },
    { prompt: 'choice.cancel', key: '*' },
  ],
  [{ prompt: 'pin.ask' }],
  [{ prompt: 'wait.one-moment' }],
  [
    { prompt: 'recharge.paid', values: { amount } },
    { prompt: 'reference', values: { reference: { as: 'reference', digits: '042917' } } },
    { prompt: 'next.text-message' },
  ],
  [{ prompt: 'card-balance.told', values: { balance: { as: 'money', money: money(95_055) }, card } }],
  [{ prompt: 'goodbye' }],
];

const codecs = {
  ulaw: (track: Int16Array) => decodeUlaw(encodeUlaw(track)),
  alaw: (track: Int16Array) => decodeAlaw(encodeAlaw(track)),
} as const;

const heardAs = (['normal', 'slow'] as const).flatMap((pace) =>
  (['ulaw', 'alaw'] as const).map((codec) => [codec, pace] as const),
);

/** Loses packets as a network does, each at random; the same ones every time. */
function losePackets(track: Int16Array, share: number, seed: number): Int16Array {
  const heard = track.slice();
  let state = seed;
  for (let at = 0; at < heard.length; at += packetSamples) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    if (state / 0x7fffffff < share) {
      heard.fill(0, at, at + packetSamples);
    }
  }
  return heard;
}

function join(sounds: readonly ExpectedSound[]): Int16Array {
  const track = new Int16Array(sounds.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of sounds) {
    track.set(samples, at);
    at += samples.length;
  }
  return track;
}

const silence = (ms: number): ExpectedSound => ({
  name: `silence/${ms}`,
  samples: new Int16Array(ms * 8),
});

for (const language of languages) {
  describe(`a conversation in ${language}, as a switch plays it`, function () {
    this.timeout(300_000);
    let prompts: BuiltPrompts;

    before(async () => {
      prompts = await builtPrompts();
    });

    /** The recordings of each line, as they are stored for a codec. */
    function expected(codec: 'ulaw' | 'alaw' = 'ulaw', pace: Pace = 'normal'): ExpectedSound[][] {
      return lines.map((utterances) =>
        prompts.library.recordings({ language, pace, utterances }).map((sound) => prompts.play(sound, codec)),
      );
    }

    /** What is received when the caller takes a second to answer each line. */
    function received(all: readonly (readonly ExpectedSound[])[]): Int16Array {
      return join([silence(180), ...all.flatMap((line) => [...line, silence(1000)])]);
    }

    for (const [codec, pace] of heardAs) {
      it(`is heard whole and in order through ${codec} at the ${pace} pace`, () => {
        const all = expected(codec, pace);
        const { problems, sounds, unexpected } = compareSound(codecs[codec](received(all)), all.flat());
        assert.deepEqual(problems, []);
        assert.deepEqual(unexpected, []);
        assert.ok(sounds.length > 50);
        assert.ok(sounds.every(({ score }) => score > 0.99));
      });

      it(`is heard whole and in order through ${codec} at the ${pace} pace when 2% of the packets are lost`, () => {
        const all = expected(codec, pace);
        for (const seed of pace === 'normal' ? [1, 2, 3] : [4]) {
          const track = losePackets(codecs[codec](received(all)), 0.02, seed);
          assert.notDeepEqual(track, received(all));
          assert.deepEqual(compareSound(track, all.flat()).problems, [], `seed ${seed}`);
        }
      });
    }

    it('is told apart from the same at another pace', () => {
      const [normal, slow] = [expected(), expected('ulaw', 'slow')].map((all) => all.slice(4, 6));
      assert.ok(normal !== undefined && slow !== undefined);
      assert.notDeepEqual(compareSound(received(slow), normal.flat()).problems, []);
      assert.notDeepEqual(compareSound(received(normal), slow.flat()).problems, []);
    });

    const faults: readonly [
      name: string,
      change: (all: ExpectedSound[][], other: (prompt: string) => ExpectedSound[]) => ExpectedSound[][],
      complaint: RegExp,
    ][] = [
      ['a missing prompt', (all) => all.toSpliced(4, 1), /^missing: /],
      ['a prompt said twice', (all) => all.toSpliced(4, 0, all[4] ?? []), /^unexpected sound .*sounds like/],
      ['two prompts in the wrong order', (all) => swapped(all, 1, 2), /^missing: |^unexpected sound/],
      [
        'a wrong prompt',
        (all, other) => all.with(2, other('choice.back')),
        /^missing: [\s\S]*unexpected sound/,
      ],
      [
        'one wrong digit of a phone number',
        (all, other) => all.with(3, wrongDigit(all[3] ?? [], other('digits'))),
        /./,
      ],
      ['a missing digit', (all) => all.with(3, (all[3] ?? []).toSpliced(2, 1)), /^missing: /m],
      ['a clipped start', (all) => all.with(4, clipped(all[4] ?? [])), /start is clipped|^missing: /],
      [
        'a prompt that begins before its predecessor has ended',
        (all) => all.with(0, overlapped(all[0] ?? [])),
        /./,
      ],
    ];
    for (const [name, change, complaint] of faults) {
      it(`is told apart from one with ${name}`, () => {
        const all = expected();
        const other = (prompt: string): ExpectedSound[] =>
          prompts.library
            .recordings({
              language,
              utterances:
                prompt === 'digits'
                  ? [
                      {
                        prompt: 'bill.nothing-due',
                        values: { phone: { as: 'phone', digits: '77777777777' } },
                      },
                    ]
                  : [{ prompt }],
            })
            .map((sound) => prompts.play(sound));
        const { problems } = compareSound(received(change(all, other)), all.flat());
        assert.match(problems.join('\n'), complaint);
      });
    }
  });
}

function swapped<T>(all: readonly T[], one: number, other: number): T[] {
  return all.map((item, index) => all[index === one ? other : index === other ? one : index] ?? item);
}

/** The second digit of the phone number becomes a seven. */
function wrongDigit(line: readonly ExpectedSound[], sevens: readonly ExpectedSound[]): ExpectedSound[] {
  const seven = sevens.find(({ name }, index) => name === sevens[index + 1]?.name);
  const digits = line.findIndex((_, index) => index > 0);
  assert.ok(seven !== undefined);
  return line.map((sound, index) => (index === digits + 1 ? seven : sound));
}

function clipped([first, ...rest]: readonly ExpectedSound[]): ExpectedSound[] {
  assert.ok(first !== undefined);
  const samples = first.samples.slice();
  samples.fill(0, 0, 300 * 8);
  return [{ ...first, samples }, ...rest];
}

/** The second sound begins 300 ms before the first has ended. */
function overlapped([first, , second, ...rest]: readonly ExpectedSound[]): ExpectedSound[] {
  assert.ok(first !== undefined && second !== undefined);
  const early = 300 * 8;
  const samples = new Int16Array(first.samples.length + second.samples.length - early);
  samples.set(first.samples);
  for (const [index, sample] of second.samples.entries()) {
    const at = first.samples.length - early + index;
    samples[at] = (samples[at] ?? 0) + sample;
  }
  return [{ name: 'both', samples }, ...rest];
}
