import type { Base, State } from '../chart.js';
import type { Languages } from '../language.js';
import { says } from '../prompt.js';
import type { Choice } from '../question.js';
import { type Said, saysIn } from '../said.js';
import { enters, known, leavesToo, performs } from '../step.js';
import { changeLanguage } from './choose-language.js';

/** What the main menu has for another language: its choice, and the states behind it. */
type LanguageChanges<C> = {
  readonly choices: readonly Choice<C>[];
  readonly states: Readonly<Record<string, State<C>>>;
};

const key = '4';

/**
 * Returns how the main menu changes the language: at once where there are two, by a question where there are
 * more, and not at all where there is one. The choice is said in the other languages: whoever cannot follow this
 * one hears it.
 */
export function languageChanges<C extends Base>(languages: Languages): LanguageChanges<C> {
  const others = ({ language }: C) => languages.filter((each) => each !== language);
  if (languages.length === 1) {
    return { choices: [], states: {} };
  }
  const label: Said<C> = {
    names: says('choice.language').names,
    of: (context) =>
      others(context).flatMap((each) => saysIn<C>(() => each, says('choice.language')).of(context)),
  };
  if (languages.length > 2) {
    const changes = changeLanguage(languages);
    return {
      choices: [{ key, label, target: 'changingLanguage' }],
      states: {
        changingLanguage: enters(
          changes.given(() => undefined),
          {
            languageChosen: {
              keep: (_, { language }) => ({ language }) as Partial<C>,
              target: 'mainMenu',
            },
            left: leavesToo(),
          },
        ),
      },
    };
  }
  return {
    choices: [
      {
        key,
        label,
        keep: (context) => ({ language: known(others(context)[0], 'the other language') }) as Partial<C>,
        target: 'rememberingLanguage',
      },
    ],
    states: {
      rememberingLanguage: performs({
        does: ['remember-language'],
        work: ({ language }) => ({ do: 'remember-language', language: known(language, 'the language') }),
        on: { done: 'mainMenu', unavailable: 'mainMenu', fault: 'mainMenu' },
      }),
    },
  };
}
