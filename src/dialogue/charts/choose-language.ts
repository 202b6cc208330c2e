import type { Arrival } from '../arrival.js';
import { type Base, chart } from '../chart.js';
import { languages } from '../language.js';
import type { Language } from '../line.js';
import { says } from '../prompt.js';
import { menu } from '../question.js';
import { saysIn } from '../said.js';
import { ends, known, leftEnd, performs } from '../step.js';
import { welcomes } from './welcome.js';

type Input = { readonly entry: Arrival['entry'] };
type Context = Base & Input & { readonly chosen: Language | undefined };

/** A caller whose language is not known hears every language and keys one. */
export const chooseLanguage = chart<Context, Input>({
  name: 'choose-language',
  initial: 'askLanguage',
  context: ({ entry }) => ({ entry, chosen: undefined }),
  states: {
    askLanguage: menu({
      before: welcomes(({ entry }) => entry),
      choices: languages.map((language, index) => ({
        key: String(index + 1),
        label: saysIn(() => language, says('choice.language')),
        target: 'remembering',
        keep: () => ({ chosen: language }),
      })),
      star: 'repeats',
    }),
    // A language that could not be remembered is asked for again next time; this call goes on.
    remembering: performs({
      does: ['remember-language'],
      work: ({ chosen }) => ({ do: 'remember-language', language: known(chosen, 'the language') }),
      on: { done: 'chosen', unavailable: 'chosen', fault: 'chosen' },
    }),
    chosen: ends(({ chosen }) => ({ type: 'languageChosen', language: known(chosen, 'the language') })),
    left: leftEnd(),
  },
});
