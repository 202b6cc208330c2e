import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { declineReasons } from '../../src/decline-reason.js';
import { languages } from '../../src/dialogue/language.js';
import { withUnnamed } from '../../src/dialogue/said.js';
import { allPrompts } from '../../src/services/catalogue.js';

const folder = new URL('../../prompts/', import.meta.url);
const texts = new Map(
  languages.map((language) => [
    language,
    new Map(
      readdirSync(new URL(`${language}/`, folder)).flatMap((part) =>
        Object.entries(
          parse(readFileSync(new URL(`${language}/${part}`, folder), 'utf8')) as Record<string, string>,
        ),
      ),
    ),
  ]),
);
const used = allPrompts;

const placeholdersOf = (text: string) => new Set([...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name));
const spoken = (text: string) => text.replaceAll(/\{[^}]*\}/g, ' ');

for (const [language, prompts] of texts) {
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

    it('is short enough for 12 seconds: 30 words of English, 45 characters of Mandarin, besides values', () => {
      for (const [name, text] of prompts) {
        const length =
          language === 'en'
            ? spoken(text)
                .split(/[^\w'-]+/)
                .filter(Boolean).length
            : [...spoken(text).matchAll(/[\p{L}\p{N}]/gu)].length;
        assert.ok(length > 0 && length <= (language === 'en' ? 30 : 45), `${name}: ${length}`);
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
      for (const [name, text] of prompts) {
        assert.doesNotMatch(text, /press [0-9]|按[0-9]/i, name);
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
        assert.match(prompts.get(name) ?? '', /Goodbye\.$|再见。$/, name);
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
    assert.deepEqual(readdirSync(folder).filter(isLanguage), [...languages].sort());
  });
});
