import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from '../../speech/sound.js';
import { readSounds } from '../../speech/sox.js';
import type { Synthesis, SynthesisOrder } from '../../speech/synthesis.js';
import { runTool } from '../../speech/tool.js';

/** Words that festival's lexicon does not know, in its own phones. */
const pronunciations = [
  '("yuan" nil (((y uw) 0) ((aa n) 1)))',
  '("fen" nil (((f eh n) 1)))',
  '("walletline" nil (((w aa) 1) ((l ax t) 0) ((l ay n) 1)))',
];

const rate = 16_000;
/** How much faster than words alone the pieces of numbers are said, in a row (digits) and at its end. */
const pieceRates = { list: 1.5, closed: 1.25 } as const;

/** English by festival with the HTS voice of CMU Arctic's speaker slt: the clearest fully free one. */
export class FestivalSynthesis implements Synthesis {
  readonly id =
    `festival cmu_us_slt_arctic_hts 2, pieces at ${pieceRates.list} and ${pieceRates.closed}, ${pronunciations.join(' ')}`;

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-speech-'));
    try {
      const files = orders.map((_, index) => join(folder, `${index}.wav`));
      const script = join(folder, 'speak.scm');
      await writeFile(
        script,
        [...preamble, ...orders.map((order, index) => saying(order, files[index]))].join('\n'),
      );
      const cuts = cutsFrom((await runTool('festival', ['-b', script])).toString());
      const sounds = await readSounds(files, rate);
      return sounds.map((sound, index) => upTo(cuts.get(files[index] ?? ''), sound, orders[index]));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/**
 * Words that flow on are spoken with more after them and cut off before it: spoken alone they would be drawn
 * out as the end of a sentence is. "Ten" begins with a stop, so that the cut falls into silence.
 */
const preamble = [
  '(voice_cmu_us_slt_arctic_hts)',
  ...pronunciations.map((entry) => `(lex.add.entry '${entry})`),
  "(define (utterance words) (utt.synth (eval (list 'Utterance 'Text words))))",
  "(define (say_closed words file) (utt.save.wave (utterance words) file 'riff))",
  // A word alone is drawn out; as a piece of a number it must not be.
  '(define usual_pace hts_engine_params)',
  `(define (say_piece words file rate)
     (set! hts_engine_params (append usual_pace (list (list "-r" rate))))
     (say_closed words file)
     (set! hts_engine_params usual_pace))`,
  `(define (say_open words file)
     (let ((utt (utterance (string-append words " ten yuan."))))
       (utt.save.wave utt file 'riff)
       (format t "%s %f\n" file (item.feat (cadr (reverse (utt.relation.items utt 'Word))) 'word_start))))`,
];

function saying({ text, ending }: SynthesisOrder, file = ''): string {
  if (ending === 'open') {
    return `(say_open ${quoted(text)} ${quoted(file)})`;
  }
  if (!/[.!?,;:]$/.test(text)) {
    // A comma keeps the voice up.
    const marked = `${text}${ending === 'list' ? ',' : '.'}`;
    return `(say_piece ${quoted(marked)} ${quoted(file)} ${pieceRates[ending]})`;
  }
  return `(say_closed ${quoted(text)} ${quoted(file)})`;
}

function upTo(cutSeconds: number | undefined, { samples }: Sound, order: SynthesisOrder | undefined): Sound {
  if (cutSeconds === undefined && order?.ending === 'open') {
    throw new Error(`festival does not say where "${order.text}" ends`);
  }
  return {
    samples: cutSeconds === undefined ? samples : samples.slice(0, Math.round(cutSeconds * rate)),
    rate,
  };
}

/** Reads the lines that say_open printed: where, in seconds, the words end that were asked for. */
function cutsFrom(output: string): ReadonlyMap<string, number> {
  return new Map(
    output
      .split('\n')
      .map((line) => /^(\S+) ([\d.]+)$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', Number(match[2])] as const])),
  );
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
