import assert from 'node:assert/strict';
import { compareSound, type ExpectedSound } from './compare-sound.js';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from './g711.js';

const rate = 8000;

/** A source of the same "random" numbers every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Something like speech: syllables of a gliding pitch with harmonics and a little noise. */
function utterance(name: string, seed: number, ms: number): ExpectedSound {
  const random = seeded(seed);
  const samples = new Int16Array(Math.round((ms * rate) / 1000 / 160) * 160);
  let phase = 0;
  let pitch = 110 + 60 * random();
  let weights: number[] = [];
  for (let index = 0; index < samples.length; index += 1) {
    const inSyllable = index % 1440;
    if (inSyllable === 0) {
      weights = Array.from({ length: 14 }, () => random() ** 2);
      pitch = 100 + 80 * random();
    }
    phase += (2 * Math.PI * (pitch + inSyllable / 80)) / rate;
    const envelope = Math.sin((Math.PI * inSyllable) / 1440);
    const tone = weights.reduce((sum, weight, order) => sum + weight * Math.sin((order + 1) * phase), 0);
    samples[index] = Math.round(envelope * (1400 * tone + 600 * (random() - 0.5)));
  }
  return { name, samples };
}

function pause(ms: number): ExpectedSound {
  return { name: `silence/${ms}`, samples: new Int16Array((ms * rate) / 1000) };
}

function track(...parts: readonly ExpectedSound[]): Int16Array {
  return Int16Array.from(parts.flatMap(({ samples }) => [...samples]));
}

function losePackets(samples: Int16Array, share: number, seed: number): Int16Array {
  const random = seeded(seed);
  const heard = samples.slice();
  for (let from = 0; from < heard.length; from += 160) {
    if (random() < share) {
      heard.fill(0, from, from + 160);
    }
  }
  return heard;
}

const welcome = utterance('welcome', 1, 2400);
const amount = utterance('amount', 2, 700);
const yuan = utterance('yuan', 3, 320);
const goodbye = utterance('goodbye', 4, 1500);
const script = [welcome, amount, yuan, goodbye];
const heardWell = track(pause(500), welcome, pause(1800), amount, yuan, pause(300), goodbye, pause(700));

describe('comparing a received track with the recordings that should be heard', () => {
  it('finds every recording at its place', () => {
    const { sounds, problems } = compareSound(heardWell, script);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      sounds.map(({ name, atMs }) => [name, atMs]),
      [
        ['welcome', 500],
        ['amount', 4700],
        ['yuan', 5400],
        ['goodbye', 6020],
      ],
    );
    assert.ok(sounds.every(({ score }) => score > 0.999));
  });

  it('finds them wherever the switch began, in the middle of a packet too', () => {
    for (const late of [1, 2, 3, 5, 147]) {
      const heard = Int16Array.from([...new Int16Array(late), ...heardWell]);
      const { problems, sounds } = compareSound(heard, script);
      assert.deepEqual(problems, [], `${late} samples late`);
      assert.ok(sounds.every(({ score }) => score > 0.999));
    }
  });

  it('does not mind either law of G.711, nor a recording that went through the other one', () => {
    const throughAlaw = decodeAlaw(encodeAlaw(heardWell));
    const throughUlaw = decodeUlaw(encodeUlaw(heardWell));
    const ulawScript = script.map((sound) => ({ ...sound, samples: decodeUlaw(encodeUlaw(sound.samples)) }));
    assert.deepEqual(compareSound(throughAlaw, ulawScript).problems, []);
    assert.deepEqual(compareSound(throughUlaw, ulawScript).problems, []);
  });

  it('does not mind 2% of the packets being lost', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { problems, sounds } = compareSound(losePackets(heardWell, 0.02, seed), script);
      assert.deepEqual(problems, [], `seed ${seed}`);
      assert.ok(sounds.every(({ score }) => score > 0.95));
    }
  });

  it('finds a wrong recording, and the place of the right one empty', () => {
    const wrong = utterance('wrong', 9, 700);
    const { problems } = compareSound(track(welcome, wrong, yuan, goodbye), script);
    assert.equal(problems.length, 2, problems.join('\n'));
    assert.match(problems[0] ?? '', /^missing: amount after 2400 ms/);
    assert.match(problems[1] ?? '', /^unexpected sound from 24\d\d to 30\d\d ms$/);
  });

  it('finds a missing recording', () => {
    const { problems } = compareSound(track(welcome, amount, goodbye), script);
    assert.deepEqual(
      problems.map((problem) => problem.slice(0, 13)),
      ['missing: yuan'],
    );
  });

  it('finds a recording that was said twice, and names it', () => {
    const { problems } = compareSound(track(welcome, amount, amount, yuan, goodbye), script);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^unexpected sound .* \(sounds like amount\)$/);
  });

  it('tells two sayings of the same word from one', () => {
    const twice = [welcome, yuan, yuan];
    assert.deepEqual(compareSound(track(welcome, yuan, yuan), twice).problems, []);
    assert.match(compareSound(track(welcome, yuan), twice).problems.join(), /missing: yuan/);
  });

  it('finds recordings in the wrong order', () => {
    const { problems } = compareSound(track(welcome, yuan, amount, goodbye), script);
    assert.ok(problems.length > 0);
  });

  it('finds a clipped start, a cut end and a hole', () => {
    const clipped = track(pause(200), welcome);
    clipped.fill(0, 0, 1600 + 80 * 8 + 200);
    assert.match(compareSound(clipped, [welcome]).problems.join(), /its start is clipped/);
    const cut = track(welcome, pause(200));
    cut.fill(0, welcome.samples.length - 1200);
    assert.match(compareSound(cut, [welcome]).problems.join(), /its end is cut off/);
    const holed = track(welcome);
    holed.fill(0, 8000, 9600);
    assert.match(compareSound(holed, [welcome]).problems.join(), /a hole from 1000 to 1100 ms/);
  });

  it('finds a part of a recording replaced by another', () => {
    const received = track(welcome);
    received.set(goodbye.samples.subarray(0, 2400), 9600);
    assert.match(compareSound(received, [welcome]).problems.join(), /wrong from 1200 to 1300 ms/);
  });

  it('accepts a recording cut short, or away, only where a key may have done that', () => {
    const received = track(pause(100), welcome, goodbye).slice(0, 800 + 8000);
    assert.ok(compareSound(received, [welcome]).problems.length > 0);
    const cuttable = { ...welcome, mayBeCut: true };
    const { problems, sounds } = compareSound(received, [cuttable, { ...goodbye, mayBeMissing: true }]);
    assert.deepEqual(problems, []);
    assert.equal(sounds[0]?.atMs, 100);
    assert.ok(Math.abs((sounds[0].endMs ?? 0) - 1100) <= 100);
    assert.equal(sounds[1]?.atMs, undefined);
  });

  it('finds what follows a cut at once, wherever the cut fell', () => {
    for (const cutMs of [410, 440, 470, 495, 730]) {
      const cut = { ...welcome, samples: welcome.samples.subarray(0, cutMs * 8) };
      const cuttable = { ...welcome, mayBeCut: true };
      assert.deepEqual(compareSound(track(cut, goodbye), [cuttable, goodbye]).problems, [], `${cutMs} ms`);
    }
  });

  it('asks for a pause at least as long as its recording', () => {
    const expected = [welcome, pause(400), goodbye];
    assert.deepEqual(compareSound(track(welcome, pause(400), goodbye), expected).problems, []);
    assert.match(compareSound(track(welcome, goodbye), expected).problems.join(), /no pause of 400 ms/);
  });

  it('finds nothing but faults in a silent track', () => {
    assert.equal(compareSound(new Int16Array(80_000), script).problems.length, 4);
  });

  it('compares a minute with twenty recordings in under a second', function () {
    this.timeout(30_000);
    const twenty = Array.from({ length: 20 }, (_, index) => utterance(`prompt ${index}`, 100 + index, 2900));
    const received = track(...twenty.flatMap((sound) => [sound, pause(100)]));
    const missingEach = twenty.map((sound, index) =>
      index % 4 === 0 ? utterance('x', 500 + index, 2900) : sound,
    );
    // The processor's time, not the clock's: other programs may be busy.
    const before = process.cpuUsage();
    assert.deepEqual(compareSound(received, twenty).problems, []);
    assert.equal(compareSound(received, missingEach).problems.length, 10);
    const elapsedMs = process.cpuUsage(before).user / 1000 / 2;
    assert.ok(elapsedMs < 1000, `${elapsedMs} ms`);
  });
});

describe('G.711 in the tests', () => {
  it('decodes the corner codes of the tables of the standard', () => {
    assert.deepEqual([...decodeUlaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00, 0xfe))], [0, 0, 32124, -32124, 8]);
    assert.deepEqual([...decodeAlaw(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a))], [8, -8, 32256, -32256]);
  });

  it('encodes every decoded value to itself', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    assert.deepEqual(decodeUlaw(encodeUlaw(decodeUlaw(bytes))), decodeUlaw(bytes));
    assert.deepEqual(encodeAlaw(decodeAlaw(bytes)), bytes);
  });
});
