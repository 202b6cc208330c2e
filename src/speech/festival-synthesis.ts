import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from './sound.js';
import { readSound } from './sox.js';
import type { Synthesis, SynthesisOrder } from './synthesis.js';
import { runTool } from './tool.js';

/** Words that festival's lexicon does not know, in its own phones. */
const pronunciations = ['("yuan" nil (((y uw) 0) ((aa n) 1)))', '("fen" nil (((f eh n) 1)))'];

const rate = 16_000;

/** English by festival with the HTS voice of CMU Arctic's speaker slt: the clearest fully free one. */
export class FestivalSynthesis implements Synthesis {
  readonly id = `festival cmu_us_slt_arctic_hts 1 ${pronunciations.join(' ')}`;

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-speech-'));
    try {
      const files = orders.map((_, index) => join(folder, `${index}.wav`));
      const script = join(folder, 'speak.scm');
      await writeFile(
        script,
        [...preamble, ...orders.map((order, index) => saying(order, files[index]))].join('\n'),
      );
      await runTool('festival', ['-b', script]);
      return await Promise.all(files.map(async (file) => readSound(file, rate)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

const preamble = [
  '(voice_cmu_us_slt_arctic_hts)',
  ...pronunciations.map((entry) => `(lex.add.entry '${entry})`),
  "(define (say_to words file) (let ((utt (eval (list 'Utterance 'Text words)))) (utt.synth utt) (utt.save.wave utt file 'riff)))",
];

function saying({ text, ending }: SynthesisOrder, file = ''): string {
  // A comma keeps the voice up where more of the sentence follows.
  const marked = /[.!?,;:]$/.test(text) ? text : `${text}${ending === 'open' ? ',' : '.'}`;
  return `(say_to ${quoted(marked)} ${quoted(file)})`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
