import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ourLanguages, readAloud } from '../../lab/read-aloud.js';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { conversationCharts } from '../../src/dialogue/conversation-charts.js';
import { converse } from '../../src/dialogue/converse.js';
import { languagesOf } from '../../src/dialogue/language.js';
import type { Speech, SpokenValue } from '../../src/dialogue/line.js';
import type { Work } from '../../src/dialogue/work.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { textLength } from '../../src/languages/language.js';
import { money } from '../../src/money.js';
import { allPrompts, catalogue } from '../../src/services/catalogue.js';
import { AgentVoice } from '../../src/session/agent-voice.js';
import { loadScript } from '../../src/speech/prompt-script.js';
import { german } from '../speech/fixtures/german/language.js';
import { FakeServices } from '../support/fake-services.js';

const scriptFolder = join(import.meta.dirname, '../speech/fixtures/german');
const all = languagesOf([...languageCodes, german.grammar.language]);
const german3 = String(all.length);
/** Card ending in 3446, PIN 135790, 1,000.00 on it; 12.50 on the phone, 86.40 due. */
const regular = '13800138000';
const pin = '135790';

const samples = {
  money: { as: 'money', money: money(12_530) },
  number: { as: 'number', number: 2 },
  phone: { as: 'phone', digits: regular },
  'card-ending': { as: 'card-ending', digits: '3446' },
  reference: { as: 'reference', digits: '042917' },
  date: { as: 'date', year: 2026, month: 12, day: 31 },
  time: { as: 'time', hour: 14, minute: 5 },
  name: { as: 'name', text: 'Teehaus' },
} as const satisfies Record<SpokenValue['as'], SpokenValue>;

type Talk = {
  readonly keys: readonly string[];
  readonly languages?: typeof all;
  /** Undefined: never chosen. */
  readonly language?: string | undefined;
};

describe('a third language, brought by its folder and its texts alone', () => {
  let aloud: (speech: Speech) => string;

  before(async () => {
    aloud = await readAloud([...ourLanguages, { grammar: german.grammar, scriptFolder }]);
  });

  /** Has a caller talk over the product's services, and returns what they heard, line by line. */
  async function talk({ keys, languages = all, language }: Talk) {
    const heard: string[] = [];
    const remembered: string[] = [];
    const services = new FakeServices();
    const perform = services.performFor(regular);
    const party = new ScriptedCaller({
      script: [...keys, 'hangup'],
      onSpeech: (speech, whole) => {
        if (whole) {
          heard.push(aloud(speech));
        }
      },
    });
    const end = await converse({
      charts: conversationCharts(catalogue.services, languages),
      party,
      perform: async (work: Work) => {
        if (work.do === 'remember-language') {
          remembered.push(work.language);
        }
        return perform(work);
      },
      callerPhone: regular,
      language,
      pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      onStep: () => {},
      onFault: assert.ifError,
    });
    return { heard, remembered, end, party };
  }

  const mainMenu =
    'Für Guthaben, drücken Sie die Eins. Um ein Telefon aufzuladen, drücken Sie die Zwei. ' +
    'Um eine Telefonrechnung zu bezahlen, drücken Sie die Drei.';

  it('is offered to whoever never chose one, behind the others, and is remembered', async () => {
    const { heard, remembered, end } = await talk({ keys: [german3] });
    assert.match(heard[0] ?? '', /Willkommen bei Walletline\..* Für Deutsch, drücken Sie die Drei\.$/);
    assert.match(heard[0] ?? '', /For English, press one\..*请按二/);
    assert.ok(heard[1]?.startsWith(mainMenu), heard[1]);
    assert.deepEqual([remembered, end.language], [['de'], 'de']);
  });

  it('recharges a phone', async () => {
    const { heard } = await talk({ language: 'de', keys: ['2', '1', '50#', '1', pin] });
    const told = heard.join('\n');
    assert.ok(heard[0]?.startsWith(`Willkommen bei Walletline. ${mainMenu}`), heard[0]);
    assert.ok(
      told.includes(
        'Für dieses Telefon, drücken Sie die Eins. Für ein anderes Telefon, drücken Sie die Zwei.',
      ),
    );
    assert.ok(told.includes('dieses Telefon mit fünfzig Yuan aufladen. Karte drei vier vier sechs.'), told);
    assert.ok(told.includes('Um zu bezahlen, drücken Sie die Eins.'));
    assert.match(told, /Bezahlt: fünfzig Yuan\. Referenz (\w+ ){5}\w+\./);
  });

  it('pays a bill, a part of it', async () => {
    const { heard } = await talk({ language: 'de', keys: ['3', '1', '2', '20#', '1', pin] });
    const told = heard.join('\n');
    assert.ok(told.includes('Offen sind sechsundachtzig Yuan und vierzig Fen.'), told);
    assert.ok(told.includes('Um einen Teil zu bezahlen, drücken Sie die Zwei.'));
    assert.ok(told.includes('Wie viele von sechsundachtzig Yuan und vierzig Fen?'));
    assert.ok(told.includes('zwanzig Yuan auf die Rechnung für dieses Telefon bezahlen.'), told);
    assert.ok(told.includes('Bezahlt: zwanzig Yuan.'));
  });

  it('tells both balances', async () => {
    const ofCard = (await talk({ language: 'de', keys: ['1', '1', pin] })).heard.join('\n');
    assert.ok(
      ofCard.includes('Für eine Bankkarte, drücken Sie die Eins. Für ein Telefon, drücken Sie die Zwei.'),
    );
    assert.ok(
      ofCard.includes('Das Guthaben der Karte mit der Endung drei vier vier sechs beträgt ein tausend Yuan.'),
      ofCard,
    );
    const ofPhone = (await talk({ language: 'de', keys: ['1', '2'] })).heard.join('\n');
    assert.ok(ofPhone.includes('Das Guthaben des Telefons beträgt zwölf Yuan und fünfzig Fen.'), ofPhone);
  });

  it('asks which of three is wanted when the language is changed, and goes back without a choice', async () => {
    const { heard, remembered, end } = await talk({
      language: 'de',
      keys: ['4', '*', '4', '1', '4', german3],
    });
    assert.ok(heard[0]?.includes('For English, press four. 普通话服务，请按四。'), heard[0]);
    assert.ok(heard[0]?.includes('drücken Sie die Drei. For English'), 'German itself is not on offer');
    assert.equal(heard[1], 'For English, press one. 普通话服务，请按二。 Für Deutsch, drücken Sie die Drei.');
    assert.ok(heard[2]?.startsWith(mainMenu), heard[2]);
    assert.ok(heard[4]?.startsWith('For balances, press one.'), heard[4]);
    assert.match(heard[4] ?? '', /普通话服务，请按四。 Für Deutsch, drücken Sie die Vier\.$/);
    assert.ok(heard[6]?.startsWith(mainMenu), heard[6]);
    assert.deepEqual([remembered, end.language], [['en', 'de'], 'de']);
  });

  it('is asked for at the same place again after JSON', () => {
    const { dialogues, conversation } = conversationCharts(catalogue.services, all);
    const begun = conversation.begin('de', { callerPhone: undefined, arrival: { entry: 'direct' } });
    const asked = dialogues.advance(dialogues.begin(begun).frames, { type: 'key', key: '4' });
    assert.deepEqual(asked.at, { dialogue: 'change-language', state: 'askOtherLanguage' });
    const resumed = dialogues.resume(JSON.parse(JSON.stringify(asked.frames)) as typeof asked.frames);
    assert.deepEqual(resumed?.step, asked.step);
  });

  it('lets nobody hang in the question for another language', async () => {
    const silent = await talk({ language: 'de', keys: ['4', 'silence', 'silence', 'silence'] });
    assert.equal(silent.end.ending, 'gave-up-silent');
    assert.ok(silent.heard.at(-1)?.endsWith('Auf Wiederhören.'), silent.heard.at(-1));
    const agent = await talk({ language: 'de', keys: ['4', '0'] });
    assert.ok(agent.heard.some((line) => line.includes('Leider ist gerade kein Berater frei.')));
  });

  it('is one of two: they are changed at once, whichever two', async () => {
    const [first] = languageCodes;
    const languages = languagesOf(['de', first]);
    const { heard, remembered } = await talk({ languages, language: first, keys: ['4', '4'] });
    assert.match(heard[0] ?? '', /Für Deutsch, drücken Sie die Vier\.$/);
    assert.ok(heard[1]?.startsWith(mainMenu), heard[1]);
    assert.match(heard[1] ?? '', /For English, press four\.$/);
    assert.deepEqual(remembered, ['de', first]);
  });

  it('is the only one: nobody is asked for a language, and none other is offered', async () => {
    const { heard, end } = await talk({ languages: languagesOf(['de']), keys: ['4'] });
    assert.equal(heard[0], `Willkommen bei Walletline. ${mainMenu}`);
    assert.ok(heard[1]?.startsWith(`Diese Taste steht hier leider nicht zur Wahl. ${mainMenu}`), heard[1]);
    assert.equal(end.language, 'de');
  });

  it('is told to agents', async () => {
    const said: string[] = [];
    const line = { hears: async (speech: Speech) => void said.push(aloud(speech)) };
    const result = {
      outcome: 'paid',
      amountMinor: 2_500,
      currency: 'CNY',
      reference: '900000042917',
    } as const;
    await new AgentVoice('de').tellResult(line as never, result);
    assert.deepEqual(said, [
      'Ihr Anrufer hat fünfundzwanzig Yuan bezahlt. Die Referenz ist null vier zwei neun eins sieben.',
    ]);
  });

  it('has words for every value of every prompt, of which none is longer than the language allows', async () => {
    const { prompts } = await loadScript(scriptFolder, 'de');
    const written = allPrompts.filter(({ name }) => prompts.has(name));
    assert.ok(written.length > 150, `${written.length} of ${allPrompts.length}`);
    for (const { name: prompt, placeholders } of written) {
      const values = Object.fromEntries(
        Object.entries(placeholders).map(([placeholder, kind]) => [placeholder, samples[kind]]),
      );
      const text = aloud({ language: 'de', utterances: [{ prompt, values }] });
      assert.doesNotMatch(text, /[{}[\]]/, prompt);
      const length = textLength(prompts.get(prompt)?.text ?? '', german.textLimit);
      assert.ok(length <= german.textLimit.most, `${prompt}: ${length} words`);
    }
  });
});
