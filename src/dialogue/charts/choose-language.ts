import type { Arrival } from '../arrival.js';
import { type Base, type Chart, chart, type State } from '../chart.js';
import type { Languages } from '../language.js';
import type { Language } from '../line.js';
import { says } from '../prompt.js';
import { type Choice, menu } from '../question.js';
import { saysIn } from '../said.js';
import { ends, known, leftEnd, performs } from '../step.js';
import { welcomes } from './welcome.js';

type Chosen = Base & { readonly chosen: Language | undefined };

/** How one who has not chosen a language yet came. */
type Input = { readonly entry: Arrival['entry'] };

/** A question for the language, of one who has not chosen any. */
export type ChooseLanguage = Chart<Input>;

/** A caller whose language is not known hears every language and keys one. */
export function chooseLanguage(languages: Languages): ChooseLanguage {
  return chart<Chosen & Input, Input>({
    name: 'choose-language',
    initial: 'askLanguage',
    context: ({ entry }) => ({ entry, chosen: undefined }),
    states: {
      askLanguage: menu({
        before: welcomes(({ entry }) => entry),
        choices: choicesOf(languages),
        star: 'repeats',
      }),
      ...remembering(),
    },
  });
}

/** A caller chooses another of many languages, each named in its own words. */
export function changeLanguage(languages: Languages): Chart<undefined> {
  return chart<Chosen>({
    name: 'change-language',
    initial: 'askOtherLanguage',
    context: () => ({ chosen: undefined }),
    states: {
      askOtherLanguage: menu({ choices: choicesOf(languages) }),
      ...remembering(),
    },
  });
}

function choicesOf<C extends Chosen>(languages: Languages): readonly Choice<C>[] {
  return languages.map((language, index) => ({
    key: String(index + 1),
    label: saysIn(() => language, says('choice.language')),
    target: 'remembering',
    keep: () => ({ chosen: language }) as Partial<C>,
  }));
}

/** A language that could not be remembered is asked for again next time; this call goes on. */
function remembering<C extends Chosen>(): Readonly<Record<string, State<C>>> {
  return {
    remembering: performs({
      does: ['remember-language'],
      work: ({ chosen }) => ({ do: 'remember-language', language: known(chosen, 'the language') }),
      on: { done: 'chosen', unavailable: 'chosen', fault: 'chosen' },
    }),
    chosen: ends(({ chosen }) => ({ type: 'languageChosen', language: known(chosen, 'the language') })),
    left: leftEnd(),
  };
}
