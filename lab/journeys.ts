/** Times each service from the answer to its result, by the lengths of the recordings. */

import { join } from 'node:path';
import { converse } from '../src/dialogue/converse.js';
import type { Language } from '../src/dialogue/line.js';
import { languageCodes } from '../src/languages/catalogue.js';
import { catalogue } from '../src/services/catalogue.js';
import { loudnessTable } from '../src/speech/check-recordings.js';
import type { Manifest } from '../src/speech/manifest.js';
import type { PromptLibrary } from '../src/speech/prompt-library.js';
import { FakeServices } from '../test/support/fake-services.js';
import { projectDir } from './project-dir.js';
import { type Habits, type Moment, TimedCaller } from './timed-caller.js';

/** Where the page of `describeJourneys` stands. */
export const journeysFile = join(projectDir, 'docs', 'dialogues', 'journeys.md');

type Who = 'first-time caller' | 'known caller' | 'caller who types ahead';

/** A service as one caller goes through it. */
export type Journey = {
  readonly service: string;
  readonly who: Who;
  readonly language: Language;
  readonly moments: readonly Moment[];
  /** Until the bank or the carrier was asked for the result, in milliseconds from the answer. */
  readonly askedMs: number;
  /** Until the result began and until it was told, in milliseconds from the answer. */
  readonly resultMs: number;
  readonly resultEndMs: number;
};

const patient: Habits = { typesAhead: false, thinkingMs: 800, perKeyMs: 400 };
const quick: Habits = { typesAhead: true, thinkingMs: 300, perKeyMs: 250 };

const stranger = { phone: '18600186000', card: '6217001234567890122#', pin: '864209' };
const regular = { phone: '13800138000', pin: '135790' };

/** What is keyed, question by question: by someone who must key their card, by someone known, and ahead. */
const services = [
  {
    service: 'card balance',
    unknown: ['1', '1', stranger.card, stranger.pin],
    known: ['1', '1', regular.pin],
    ahead: ['11', regular.pin],
  },
  { service: 'phone balance', unknown: ['1', '2'], known: ['1', '2'], ahead: ['12'] },
  {
    service: 'recharge of 50 yuan',
    unknown: ['2', '1', '50#', stranger.card, '1', stranger.pin],
    known: ['2', '1', '50#', '1', regular.pin],
    ahead: ['2150#', '1', regular.pin],
  },
  {
    service: 'phone bill in full',
    unknown: ['3', '1', '1', stranger.card, '1', stranger.pin],
    known: ['3', '1', '1', '1', regular.pin],
    ahead: ['311', '1', regular.pin],
  },
] as const;

/** Returns every service as each kind of caller goes through it, in every language. */
export async function timeJourneys(library: PromptLibrary): Promise<readonly Journey[]> {
  const journeys: Journey[] = [];
  for (const { service, unknown, known, ahead } of services) {
    for (const [index, language] of languageCodes.entries()) {
      // The languages are the choices of the first menu of all, in order.
      const first = [String(index + 1), ...unknown];
      journeys.push(
        await timeJourney(library, { service, who: 'first-time caller', language }, first, patient),
        await timeJourney(library, { service, who: 'known caller', language }, known, patient),
        await timeJourney(library, { service, who: 'caller who types ahead', language }, ahead, quick),
      );
    }
  }
  return journeys;
}

async function timeJourney(
  library: PromptLibrary,
  what: Pick<Journey, 'service' | 'who' | 'language'>,
  keys: readonly string[],
  habits: Habits,
): Promise<Journey> {
  const services = new FakeServices();
  const isNew = what.who === 'first-time caller';
  const callerPhone = isNew ? stranger.phone : regular.phone;
  if (!isNew) {
    services.languages.set(callerPhone, what.language);
  }
  const party = new TimedCaller(library, habits, [...keys, 'hangup']);
  const { ending } = await converse({
    charts: catalogue.charts,
    party,
    perform: services.performFor(callerPhone),
    callerPhone,
    language: services.languages.get(callerPhone),
    // Work is done at once, so that nobody waits for it.
    pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    onStep: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  const told = party.moments.filter((moment) => 'heard' in moment);
  // The result is what is told last before another service is offered.
  const result = told.at(-2);
  if (ending !== 'caller-hung-up' || !party.isDone || result === undefined) {
    throw new Error(`${what.service}: the ${what.who} does not come to the end (${ending})`);
  }
  return {
    ...what,
    moments: party.moments.slice(0, party.moments.indexOf(result) + 1),
    askedMs: askedAtMs(party.moments, result),
    resultMs: result.atMs,
    resultEndMs: result.endMs,
  };
}

/** Work is done after the last keys before its result; the words of patience belong to it. */
function askedAtMs(moments: readonly Moment[], result: Moment): number {
  const before = moments.slice(0, moments.indexOf(result));
  const lastKeys = before.findLastIndex((moment) => 'keyed' in moment);
  return (before[lastKeys + 1] ?? result).atMs;
}

/** Returns the journeys as a page: the times of all and the sound of the recordings in tables, and each word by word. */
export function describeJourneys(journeys: readonly Journey[], manifest: Manifest): string {
  return [
    '<!-- Timed by "npm run prompts -- --journeys" from the lengths of the recordings; do not edit. -->',
    '',
    '# How long each service takes',
    '',
    'Seconds from the answer, without the time that the bank and the carrier take. A first-time caller chooses a',
    `language, hears everything and keys a card number; a known caller has a card bound. Both think for ${patient.thinkingMs / 1000} s and`,
    `press a key every ${patient.perKeyMs / 1000} s. Who types ahead begins after ${quick.thinkingMs / 1000} s, presses a key every ${quick.perKeyMs / 1000} s, and hears only what`,
    'no key cuts short. "Asked": the bank or the carrier is asked for the result; "result": it begins to be told,',
    'at once after "one moment"; "told": it has been heard to its end.',
    '',
    '| service | caller | language | asked | result | told |',
    '| --- | --- | --- | --: | --: | --: |',
    ...journeys.map(
      ({ service, who, language, askedMs, resultMs, resultEndMs }) =>
        `| ${service} | ${who} | ${language} | ${seconds(askedMs)} | ${seconds(resultMs)} | ${seconds(resultEndMs)} |`,
    ),
    '',
    ...soundOf(manifest),
    ...journeys.flatMap(transcript),
  ].join('\n');
}

function soundOf(manifest: Manifest): readonly string[] {
  return [
    '## The sound of the recordings',
    '',
    'Measured when they are built; `npm run prompts -- --check` prints it. Loudness in dB below full scale; nothing',
    'is clipped while the highest peak stays below 0.',
    '',
    '| language | pace | recordings | min | median | max | highest peak | longest leading silence | longest |',
    '| --- | --- | --: | --: | --: | --: | --: | --: | --: |',
    ...loudnessTable(manifest).map(
      (row) =>
        `| ${row.language} | ${row.pace} | ${row.recordings} | ${row.minDb} | ${row.medianDb} | ${row.maxDb} | ` +
        `${row.highestPeakDb} dB | ${row.longestLeadingSilenceMs} ms | ${seconds(row.longestMs)} s |`,
    ),
    '',
  ];
}

function transcript({ service, who, language, moments }: Journey): readonly string[] {
  const lines = moments.map((moment) =>
    'keyed' in moment
      ? `${seconds(moment.atMs).padStart(5)}  < ${moment.keyed}`
      : `${seconds(moment.atMs).padStart(5)}  ${moment.whole ? '>' : '~'} ${moment.heard}`,
  );
  const title = `## ${service.charAt(0).toUpperCase()}${service.slice(1)}, ${who}, ${language}`;
  return [title, '', '```', ...lines, '```', ''];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
