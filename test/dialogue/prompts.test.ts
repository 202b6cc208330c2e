import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { declineReasons } from '../../src/decline-reason.js';
import { withUnnamed } from '../../src/dialogue/said.js';
import { languageCodes, languages } from '../../src/languages/catalogue.js';
import { textLength } from '../../src/languages/language.js';
import { allPrompts } from '../../src/services/catalogue.js';
import { type Grammar, isPause } from '../../src/speech/grammar.js';

const folder = new URL('../../prompts/', import.meta.url);
const textsOf = (language: string) =>
  new Map(
    readdirSync(new URL(`${language}/`, folder)).flatMap((part) =>
      Object.entries(
        parse(readFileSync(new URL(`${language}/${part}`, folder), 'utf8')) as Record<string, string>,
      ),
    ),
  );
const used = allPrompts;

const placeholdersOf = (text: string) => new Set([...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name));
const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** What a text ends with: the words after its last mark but one. */
const lastWords = (text: string) => text.split(/[.,!?。，！？]/).at(-2) ?? '';

/** How a language says that a key is to be pressed, as far as it says the same of each. */
function pressing(grammar: Grammar): string {
  const [one = '', two = ''] = ['1', '2'].map((key) =>
    grammar
      .press(key)
      .flatMap((part) => (isPause(part) ? [] : [part.text]))
      .join(''),
  );
  const apart = Array.from(one).findIndex((letter, at) => letter !== two[at]);
  assert.ok(apart > 0, `${grammar.language} names the key at its end`);
  return one.slice(0, apart);
}

for (const { grammar, textLimit } of languages) {
  const { language } = grammar;
  const prompts = textsOf(language);
  describe(`what callers hear in ${language}`, () => {
    it('is there for every prompt that a dialogue says', () => {
      assert.deepEqual(
        used.map(({ name }) => name).filter((name) => !prompts.has(name)),
        [],
      );
    });

    it('is said by some dialogue', () => {
      const names = new Set(used.map(({ name }) => name));
      assert.deepEqual(
        [...prompts.keys()].filter((name) => !names.has(name)),
        [],
      );
    });

    it('speaks every value that it is given, and no other', () => {
      for (const { name, placeholders, repromptOf } of used) {
        const given = new Set(Object.keys(placeholders));
        const filled = placeholdersOf(prompts.get(name) ?? '');
        if (repromptOf === undefined) {
          assert.deepEqual(filled, given, name);
        } else {
          assert.ok(
            [...filled].every((value) => given.has(value ?? '')),
            name,
          );
        }
      }
    });

    it(`is short enough for 12 seconds: ${textLimit.most} ${textLimit.unit}, besides values`, () => {
      for (const [name, text] of prompts) {
        const length = textLength(text, textLimit);
        assert.ok(length > 0 && length <= textLimit.most, `${name}: ${length}`);
      }
    });

    it('asks again in other words each time', () => {
      for (const question of new Set(used.flatMap(({ repromptOf }) => repromptOf ?? []))) {
        const reprompts = used.filter(({ repromptOf }) => repromptOf === question);
        for (const kind of ['noinput', 'nomatch']) {
          const told = [
            question,
            ...reprompts.map(({ name }) => name).filter((name) => name.includes(kind)),
          ].map((name) => prompts.get(name));
          assert.equal(new Set(told).size, 3, `${question} ${kind}`);
        }
      }
    });

    it('names no key of a menu: a label ends with a comma, and what makes the choice is added by the channel', () => {
      const key = new RegExp(`${quoted(pressing(grammar))}[0-9]`, 'i');
      for (const [name, text] of prompts) {
        assert.doesNotMatch(text, key, name);
        const isLabel = /^(choice|menu)\.(?!noinput|nomatch)|\.menu$|^pace\.offer/.test(name);
        assert.ok(!isLabel || /[,，]$/.test(text), name);
      }
    });

    it('has words for every reason why a bank says no', () => {
      for (const reason of declineReasons) {
        assert.ok(prompts.has(`declined.${reason}`), reason);
      }
    });

    it('ends every ending that hangs up with a goodbye', () => {
      for (const name of ['goodbye', 'goodbye.silent', 'goodbye.wrong-keys', 'sorry-interrupted']) {
        assert.equal(lastWords(prompts.get(name) ?? ''), lastWords(prompts.get('goodbye') ?? ''), name);
      }
    });
  });
}

describe('a prompt that says a name', () => {
  it('has a variant without it, and re-prompts that leave it out', () => {
    const placeholders = { shop: 'name', amount: 'money' } as const;
    const used = [
      { name: 'pay.shop', placeholders },
      { name: 'pay.shop/noinput-1', placeholders, repromptOf: 'pay.shop' },
      { name: 'pay.bill', placeholders: { amount: 'money' } },
    ] as const;
    assert.deepEqual(withUnnamed(used), [
      used[0],
      { name: 'pay.shop/unnamed', placeholders: { amount: 'money' } },
      { name: 'pay.shop/noinput-1', placeholders: { amount: 'money' }, repromptOf: 'pay.shop' },
      used[2],
    ]);
  });
});

describe('the languages', () => {
  it('are those that prompts exist in', () => {
    const isLanguage = (name: string) => existsSync(new URL(`${name}/core.yaml`, folder));
    assert.deepEqual(readdirSync(folder).filter(isLanguage), [...languageCodes].sort());
  });
});
