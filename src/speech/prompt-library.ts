import { join } from 'node:path';
import type { Pace, PromptName, SpokenValue, Utterance } from '../dialogue/line.js';
import { clausePauseMs, type Grammar, isPause, pauseAt, sentencePauseMs } from './grammar.js';
import { type Manifest, readManifest, recordingsAt } from './manifest.js';
import { filesIn, matchRecordings, matchSilences, type Sounds } from './match-recordings.js';
import type { NameRecordings } from './name-recordings.js';
import { loadScript, type Prompt, type PromptScript, placeholdersOf } from './prompt-script.js';
import { recordingList, silenceName } from './recording-list.js';

/** A prompt that dialogues use, with the names of the values they give it. */
export type PromptNeed = { readonly prompt: PromptName; readonly values: readonly string[] };

/** What dialogues say, in whatever language there are recordings of. */
type AnyUtterance = Omit<Utterance, 'language'> & { readonly language?: string | undefined };
type AnySpeech = {
  readonly language: string;
  readonly pace?: Pace | undefined;
  readonly isFollowed?: boolean | undefined;
  readonly utterances: readonly AnyUtterance[];
};

type LibraryOptions = {
  /** The folder of built prompts (manifest.json and <language>/<key>.ulaw …). */
  readonly builtFolder: string;
  /** The folder of the scripts (<language>/<part>.yaml). */
  readonly scriptFolder: string;
  readonly grammars: readonly Grammar[];
  /** What dialogues say; each must exist in every language and ask for no other value. */
  readonly needs?: readonly PromptNeed[] | undefined;
  /** Names that were recorded ahead; without it none is, and prompts are said without them. */
  readonly names?: NameRecordings | undefined;
};

type Voice = {
  readonly script: PromptScript;
  readonly grammar: Grammar;
  /** For each pace, the sound name by the name of the recording. */
  readonly sounds: Readonly<Record<Pace, ReadonlyMap<string, string>>>;
};

/** What the library knows of what was built. */
type Built = {
  readonly voices: ReadonlyMap<string, Voice>;
  readonly durationsMs: Map<string, number>;
  readonly slowGaps: readonly string[];
};

/** Everything that can be said to a caller: what to play for a speech, and how long it lasts. */
export class PromptLibrary {
  /**
   * What is missing of the slow pace, a line each: it is said at the normal pace instead, so that nobody
   * hears less for having asked to hear it slowly.
   */
  readonly slowGaps: readonly string[];
  readonly #voices: ReadonlyMap<string, Voice>;
  readonly #durationsMs: Map<string, number>;
  readonly #names: NameRecordings | undefined;

  private constructor({ voices, durationsMs, slowGaps }: Built, names: NameRecordings | undefined) {
    this.slowGaps = slowGaps;
    this.#voices = voices;
    this.#durationsMs = durationsMs;
    this.#names = names;
  }

  /**
   * Returns the library of a folder of built prompts.
   * @throws Error listing at once every prompt, placeholder, recording and file that is missing, so that
   *   no caller is the first to find it. What is missing of the slow pace alone is no error: see `slowGaps`.
   */
  static async load({
    builtFolder,
    scriptFolder,
    grammars,
    needs,
    names,
  }: LibraryOptions): Promise<PromptLibrary> {
    const manifest = await readManifest(builtFolder);
    const scripts = await Promise.all(
      grammars.map(async ({ language }) => loadScript(scriptFolder, language)),
    );
    const faults = [...scriptFaults(scripts), ...needFaults(scripts, needs ?? [])];
    const voices = new Map<string, Voice>();
    const silences = matchSilences(await filesIn(join(builtFolder, 'silence')));
    const { durationsMs } = silences;
    const slowGaps = [...silences.missing.slow];
    faults.push(...silences.missing.normal);
    for (const [index, grammar] of grammars.entries()) {
      const script = scripts[index];
      if (script === undefined) {
        continue;
      }
      const built = await matchVoice(builtFolder, manifest, script, grammar);
      faults.push(...built.missing);
      slowGaps.push(...built.slowGaps);
      for (const [sound, durationMs] of built.durationsMs) {
        durationsMs.set(sound, durationMs);
      }
      voices.set(grammar.language, { script, grammar, sounds: built.sounds });
    }
    if (faults.length > 0) {
      const hint = 'run "npm run prompts" after every change of prompts/';
      throw new Error(`${faults.length} faults in the prompts (${hint}):\n  ${faults.join('\n  ')}`);
    }
    return new PromptLibrary({ voices, durationsMs, slowGaps }, names);
  }

  /**
   * Returns the sounds to be played for a speech, in order, as names relative to the folder of built
   * prompts and without extension, e.g. "en/4f0c…", "silence/300".
   * @throws Error for a prompt or a value that does not exist, RangeError for a value without words.
   */
  recordings(speech: AnySpeech): readonly string[] {
    const { pace = 'normal' } = speech;
    const pause = (normalMs: number): string => this.#pause(pace, normalMs);
    const said = speech.utterances.flatMap((utterance, index) => {
      const { voice, prompt } = this.#find(speech, utterance);
      const soundOf = (recording: string): string => soundIn(voice, pace, recording);
      const sounds = prompt.parts.flatMap((part) => {
        if ('placeholder' in part) {
          const value = valueFor(utterance, part.placeholder);
          if (value.as === 'name') {
            return [this.#nameSound(voice, value.text, pace)];
          }
          return voice.grammar
            .speak(value)
            .map((spoken) => (isPause(spoken) ? pause(spoken.pauseMs) : soundOf(spoken.name)));
        }
        return 'pauseMs' in part ? [pause(part.pauseMs)] : [soundOf(part.recording)];
      });
      const press = (utterance.key === undefined ? [] : voice.grammar.press(utterance.key)).map((spoken) =>
        isPause(spoken) ? pause(spoken.pauseMs) : soundOf(spoken.name),
      );
      const whole = press.length === 0 ? sounds : [...sounds, pause(clausePauseMs), ...press];
      return index === 0 ? whole : [pause(sentencePauseMs), ...whole];
    });
    return speech.isFollowed === true ? [...said, pause(sentencePauseMs)] : said;
  }

  /** Returns the words of a speech as a caller hears them, one line an utterance. */
  text(speech: AnySpeech): string {
    return speech.utterances
      .map((utterance) => {
        const { voice, prompt } = this.#find(speech, utterance);
        const said = prompt.text.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          writeOut(voice.grammar, valueFor(utterance, name)),
        );
        const press = utterance.key === undefined ? [] : voice.grammar.press(utterance.key);
        const words = press.flatMap((part) => (isPause(part) ? [] : [part.text]));
        return [said, ...words].join(voice.grammar.wordSeparator);
      })
      .join('\n');
  }

  /** Returns the length of a sound in milliseconds. @throws Error for a sound that does not exist. */
  durationMs(sound: string): number {
    const durationMs = this.#durationsMs.get(sound);
    if (durationMs === undefined) {
      throw new Error(`there is no sound ${sound}`);
    }
    return durationMs;
  }

  #pause(pace: Pace, normalMs: number): string {
    const wanted = silenceName(pauseAt(pace, normalMs));
    return this.#durationsMs.has(wanted) ? wanted : silenceName(normalMs);
  }

  #find(speech: AnySpeech, utterance: AnyUtterance): { voice: Voice; prompt: Prompt } {
    const language = utterance.language ?? speech.language;
    const voice = this.#voices.get(language);
    const whole = voice?.script.prompts.get(utterance.prompt);
    const prompt =
      voice === undefined || whole === undefined || this.#areNamesRecorded(voice, utterance, whole)
        ? whole
        : voice.script.prompts.get(`${utterance.prompt}/unnamed`);
    if (voice === undefined || prompt === undefined) {
      throw new Error(`there is no prompt ${utterance.prompt} in ${language}`);
    }
    return { voice, prompt };
  }

  #areNamesRecorded({ grammar }: Voice, utterance: AnyUtterance, prompt: Prompt): boolean {
    return placeholdersOf(prompt).every((placeholder) => {
      const value = utterance.values?.[placeholder];
      return value?.as !== 'name' || this.#names?.find(grammar.language, value.text, 'normal') !== undefined;
    });
  }

  #nameSound({ grammar: { language } }: Voice, text: string, pace: Pace): string {
    const recording = this.#names?.find(language, text, pace) ?? this.#names?.find(language, text, 'normal');
    if (recording === undefined) {
      throw new Error('a name was to be said that is not recorded');
    }
    this.#durationsMs.set(recording.sound, recording.durationMs);
    return recording.sound;
  }
}

function soundIn(voice: Voice, pace: Pace, recording: string): string {
  const sound = voice.sounds[pace].get(recording);
  if (sound === undefined) {
    throw new Error(`there is no recording ${recording} in ${voice.grammar.language}`);
  }
  return sound;
}

function valueFor(utterance: AnyUtterance, placeholder: string): SpokenValue {
  const value = utterance.values?.[placeholder];
  if (value === undefined) {
    throw new Error(`${utterance.prompt} is said without its {${placeholder}}`);
  }
  return value;
}

function writeOut(grammar: Grammar, value: SpokenValue): string {
  if (value.as === 'name') {
    return value.text;
  }
  const groups: string[][] = [[]];
  for (const part of grammar.speak(value)) {
    if (isPause(part)) {
      groups.push([]);
    } else {
      groups.at(-1)?.push(part.text);
    }
  }
  return groups
    .map((group) => group.join(grammar.wordSeparator))
    .join(grammar.wordSeparator === '' ? '、' : ', ');
}

async function matchVoice(
  builtFolder: string,
  { languages }: Manifest,
  script: PromptScript,
  grammar: Grammar,
) {
  const { language } = grammar;
  const files = await filesIn(join(builtFolder, language));
  const orders = recordingList(script, grammar);
  const built = languages[language];
  const match = (pace: Pace) =>
    matchRecordings(language, pace, orders, built === undefined ? {} : recordingsAt(built, pace), files);
  const normal = match('normal');
  const slow = match('slow');
  return {
    missing: normal.missing,
    slowGaps: slow.missing,
    durationsMs: [...normal.sounds.values(), ...slow.sounds.values()].map(
      ({ sound, durationMs }) => [sound, durationMs] as const,
    ),
    sounds: {
      normal: namesOf(normal.sounds),
      slow: new Map([...namesOf(normal.sounds), ...namesOf(slow.sounds)]),
    },
  };
}

function scriptFaults(scripts: readonly PromptScript[]): string[] {
  const names = new Set(scripts.flatMap(({ prompts }) => [...prompts.keys()]));
  return [...names].flatMap((name) =>
    scripts
      .filter(({ prompts }) => !prompts.has(name))
      .map(({ language }) => `${language}: no prompt ${name}`),
  );
}

function needFaults(scripts: readonly PromptScript[], needs: readonly PromptNeed[]): string[] {
  return needs.flatMap(({ prompt: name, values }) =>
    scripts.flatMap(({ language, prompts }) => {
      const prompt = prompts.get(name);
      if (prompt === undefined) {
        const isInNone = scripts.every(({ prompts: others }) => !others.has(name));
        return isInNone ? [`${language}: no prompt ${name}`] : [];
      }
      const unfilled = placeholdersOf(prompt).filter((placeholder) => !values.includes(placeholder));
      return unfilled.map((placeholder) => `${language}: nothing fills {${placeholder}} of ${name}`);
    }),
  );
}

function namesOf(sounds: Sounds): ReadonlyMap<string, string> {
  return new Map([...sounds].map(([name, { sound }]) => [name, sound]));
}
