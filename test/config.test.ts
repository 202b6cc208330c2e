import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ConfigError, numberPlanOf, readConfig } from '../src/config.js';
import { languageCodes } from '../src/languages/catalogue.js';
import { mainlandChina } from '../src/phone-number.js';

const complete = {
  WALLETLINE_DATABASE_URL: 'mysql://app:planted@127.0.0.1:3306/walletline',
  WALLETLINE_ARI_URL: 'http://walletline:planted@127.0.0.1:8088',
  WALLETLINE_BANK_HOST: '127.0.0.1',
  WALLETLINE_BANK_PORT: '9100',
  WALLETLINE_BANK_TERMINALS: '10000001,10000002',
  WALLETLINE_BANK_MERCHANT: '898110000000001',
  WALLETLINE_BANK_ACQUIRER: '00010000',
  WALLETLINE_BANK_TMK: 'CA5D92598DCA48CE8A4C76361A9269E9',
  WALLETLINE_CARRIER_URL: 'http://127.0.0.1:9090',
  WALLETLINE_CARD_KEY: 'ab'.repeat(32),
  WALLETLINE_CARD_HASH_KEY: 'cd'.repeat(32),
};

function faultsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  assert.fail('the configuration was accepted');
}

describe('readConfig', () => {
  it('refuses to name one terminal twice', () => {
    assert.match(
      faultsOf({ ...complete, WALLETLINE_BANK_TERMINALS: '10000001,10000002,10000001' }),
      /WALLETLINE_BANK_TERMINALS: must name no terminal twice/,
    );
  });

  it('refuses settings of TLS to the bank without a CA: the line would be in the clear', () => {
    assert.match(
      faultsOf({ ...complete, WALLETLINE_BANK_TLS_NAME: 'pos.bank.example' }),
      /WALLETLINE_BANK_TLS_CA: is not set/,
    );
  });

  it('reads providers, each with what it has by default, and shows no token', () => {
    const WALLETLINE_PROVIDERS = JSON.stringify({
      press: { url: 'https://press.example/v1', token: 'planted', can: ['quote', 'secret'] },
      'cards-2': { url: 'http://127.0.0.1:9091', timeoutMs: 900 },
    });
    const config = readConfig({ ...complete, WALLETLINE_PROVIDERS });
    assert.deepEqual(
      config.PROVIDERS.map(({ id, url, timeoutMs, can }) => ({ id, url, timeoutMs, can })),
      [
        { id: 'press', url: 'https://press.example/v1', timeoutMs: 8_000, can: ['quote', 'secret'] },
        { id: 'cards-2', url: 'http://127.0.0.1:9091', timeoutMs: 900, can: [] },
      ],
    );
    assert.equal(config.PROVIDERS[0]?.token?.reveal(), 'planted');
    assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config), /planted/);
    assert.deepEqual(readConfig(complete).PROVIDERS, []);
  });

  for (const [what, given, fault] of [
    ['what is no JSON', '{press', /must be JSON: an object of providers by their ids/],
    ['a list', '[]', /must be an object of providers by their ids/],
    [
      'a URL of another kind',
      '{"press":{"url":"ftp://x"}}',
      /press\.url: must be a URL that starts with http/,
    ],
    ['no URL', '{"press":{}}', /press\.url: /],
    ['an id that does not fit', '{"Press!":{"url":"http://x"}}', /"Press!": an id must be 1–20 lower-case/],
    ['a field that it does not know', '{"press":{"url":"http://x","tokn":"planted"}}', /press: .*tokn/],
    [
      'an ability that it does not know',
      '{"press":{"url":"http://x","can":["fly"]}}',
      /press\.can\.0: must be of quote/,
    ],
    ['the carrier’s id', '{"carrier":{"url":"http://x"}}', /the id "carrier" is the carrier's/],
  ] as const) {
    it(`refuses providers with ${what}, and names the place`, () => {
      const faults = faultsOf({ ...complete, WALLETLINE_PROVIDERS: given });
      assert.match(faults, /WALLETLINE_PROVIDERS: /);
      assert.match(faults, fault);
      assert.doesNotMatch(faults, /planted/);
    });
  }

  it('reads which provider delivers a service', () => {
    const WALLETLINE_PROVIDERS = '{"press":{"url":"http://x"}}';
    const given = {
      ...complete,
      WALLETLINE_PROVIDERS,
      WALLETLINE_SERVICE_PROVIDERS: 'gift=press, bill=carrier',
    };
    assert.deepEqual(
      readConfig(given).SERVICE_PROVIDERS,
      new Map([
        ['gift', 'press'],
        ['bill', 'carrier'],
      ]),
    );
    assert.equal(readConfig(complete).SERVICE_PROVIDERS.size, 0);
  });

  for (const [what, given, fault] of [
    [
      'a provider that is not configured',
      'gift=press',
      /the service "gift" names the provider "press", which is not configured; there are: carrier/,
    ],
    ['no pair', 'gift', /must be service=provider, separated by commas, not "gift"/],
    ['a service twice', 'gift=carrier,gift=carrier', /names two providers of the service "gift"/],
  ] as const) {
    it(`refuses services with ${what}`, () => {
      const faults = faultsOf({ ...complete, WALLETLINE_SERVICE_PROVIDERS: given });
      assert.match(faults, /WALLETLINE_SERVICE_PROVIDERS: /);
      assert.match(faults, fault);
    });
  }

  it('reads a complete environment and fills in what has a default', () => {
    const config = readConfig(complete);
    assert.equal(config.BANK_PORT, 9100);
    assert.equal(config.FIRST_DIGIT_TIMEOUT_MS, 5000);
    assert.equal(config.DATABASE_URL.reveal(), complete.WALLETLINE_DATABASE_URL);
  });

  it('names every fault at once, and how to mend it', () => {
    const faults = faultsOf({
      ...complete,
      WALLETLINE_BANK_HOST: '',
      WALLETLINE_BANK_PORT: '99999',
      WALLETLINE_CARD_KEY: 'short',
    });
    assert.match(faults, /3 fault/);
    assert.match(faults, /WALLETLINE_BANK_HOST: is not set/);
    assert.match(faults, /WALLETLINE_BANK_PORT: /);
    assert.match(faults, /WALLETLINE_CARD_KEY: must be 32 bytes/);
  });

  it('asks for a durable database only when told to, and delivers notices only into a file it was given', () => {
    const plain = readConfig(complete);
    assert.deepEqual([plain.REQUIRE_DURABILITY, plain.NOTICES_FILE], [false, undefined]);
    const strict = readConfig({
      ...complete,
      WALLETLINE_REQUIRE_DURABILITY: 'true',
      WALLETLINE_NOTICES_FILE: '/var/notices.jsonl',
    });
    assert.deepEqual([strict.REQUIRE_DURABILITY, strict.NOTICES_FILE], [true, '/var/notices.jsonl']);
    assert.match(
      faultsOf({ ...complete, WALLETLINE_REQUIRE_DURABILITY: 'yes' }),
      /WALLETLINE_REQUIRE_DURABILITY/,
    );
  });

  it('needs neither a call centre nor users of the API, and lets orders live for half an hour', () => {
    const { AMI_URL, API_TOKENS, ORDER_LIFETIME_MS, AGENTS_LANGUAGE } = readConfig(complete);
    assert.deepEqual(
      [AMI_URL, API_TOKENS, ORDER_LIFETIME_MS, AGENTS_LANGUAGE],
      [undefined, undefined, 1_800_000, languageCodes[0]],
    );
  });

  it('lets fewer wrong PINs through than the issuer allows, and fewer of strangers than of the card’s own phone', () => {
    const { PIN_TRIES, PIN_TRIES_OF_STRANGERS, ISSUER_PIN_TRIES } = readConfig(complete);
    assert.deepEqual([PIN_TRIES_OF_STRANGERS, PIN_TRIES, ISSUER_PIN_TRIES], [1, 2, 3]);
    assert.throws(
      () => readConfig({ ...complete, WALLETLINE_PIN_TRIES: '3', WALLETLINE_PIN_TRIES_OF_STRANGERS: '3' }),
      /2 fault.*WALLETLINE_PIN_TRIES: must be less than ISSUER_PIN_TRIES.*WALLETLINE_PIN_TRIES_OF_STRANGERS: must be/s,
    );
    assert.throws(
      () => readConfig({ ...complete, WALLETLINE_ISSUER_PIN_TRIES: '2' }),
      /WALLETLINE_PIN_TRIES/,
    );
  });

  it('reads the users of the API and the address of the call centre, and shows neither', () => {
    const hash = '0123456789abcdef'.repeat(4);
    const config = readConfig({
      ...complete,
      WALLETLINE_AMI_URL: 'ami://walletline:planted@127.0.0.1:5038',
      WALLETLINE_API_TOKENS: `1001:agent:${hash}`,
    });
    assert.deepEqual(
      config.API_TOKENS?.map(({ name, role }) => [name, role]),
      [['1001', 'agent']],
    );
    assert.doesNotMatch(inspect(config.AMI_URL), /planted/);
  });

  it('names what is wrong with the users of the API, and never a token', () => {
    const faults = faultsOf({
      ...complete,
      WALLETLINE_API_TOKENS: '1001:agent:planted,1002:king:planted',
      WALLETLINE_AMI_URL: 'http://u:planted@h',
      WALLETLINE_ORDER_LIFETIME_MS: String(8 * 24 * 3_600_000),
    });
    assert.match(faults, /3 fault/);
    assert.match(
      faults,
      /WALLETLINE_API_TOKENS: entry 1 must end with the SHA-256.*entry 2 must have one of/,
    );
    assert.match(faults, /WALLETLINE_AMI_URL: must be a URL that starts with ami:/);
    assert.doesNotMatch(faults, /planted/);
  });

  for (const [name, url, fits] of [
    ['ARI_URL', 'http://u:planted@127.0.0.1:8088', true],
    ['ARI_URL', 'http://u:planted@[::1]:8088', true],
    ['ARI_URL', 'http://u:planted@localhost:8088', true],
    ['ARI_URL', 'https://u:planted@pbx.example:8089', true],
    ['ARI_URL', 'http://u:planted@pbx.example:8088', false],
    ['ARI_URL', 'http://u:planted@192.0.2.1:8088', false],
    ['ARI_URL', 'http://u:planted@127.0.0.1.example', false],
    ['AMI_URL', 'ami://u:planted@127.0.0.1:5038', true],
    ['AMI_URL', 'ami://u:planted@pbx.example:5038', false],
  ] as const) {
    it(`${fits ? 'lets' : 'does not let'} secrets go to ${url.replace('u:planted@', '')}`, () => {
      const settings = { ...complete, [`WALLETLINE_${name}`]: url };
      if (fits) {
        readConfig(settings);
      } else {
        assert.match(faultsOf(settings), new RegExp(`WALLETLINE_${name}: would carry secrets in clear`));
        assert.doesNotMatch(faultsOf(settings), /planted/);
      }
      readConfig({ ...settings, WALLETLINE_ENVIRONMENT: 'lab' });
    });
  }

  it('reads how telephone numbers are written, mainland China’s way unless told', () => {
    assert.deepEqual(numberPlanOf(readConfig(complete)), mainlandChina);
    const settings = {
      ...complete,
      WALLETLINE_COUNTRY_CODE: '39',
      WALLETLINE_NATIONAL_PREFIX: 'none',
      WALLETLINE_INTERNATIONAL_PREFIX: '011',
      WALLETLINE_NATIONAL_DIGITS: '6-11',
    };
    assert.deepEqual(numberPlanOf(readConfig(settings)), {
      countryCode: '39',
      trunkPrefix: '',
      internationalPrefix: '011',
      shortest: 6,
      longest: 11,
    });
    const faults = faultsOf({
      ...settings,
      WALLETLINE_COUNTRY_CODE: '+39',
      WALLETLINE_NATIONAL_DIGITS: '11-6',
    });
    assert.match(faults, /COUNTRY_CODE: must be the 1–3 digits/);
    assert.match(faults, /NATIONAL_DIGITS: must go from/);
  });

  it('takes IPv6 addresses wherever it takes an address', () => {
    const config = readConfig({
      ...complete,
      WALLETLINE_DATABASE_URL: 'mysql://app:planted@[::1]:3306/walletline',
      WALLETLINE_ARI_URL: 'http://walletline:planted@[::1]:8088',
      WALLETLINE_AMI_URL: 'ami://walletline:planted@[::1]:5038',
      WALLETLINE_BANK_HOST: '[::1]',
      WALLETLINE_BANK_SECONDARY_HOST: '::1',
      WALLETLINE_CARRIER_URL: 'http://[::1]:9090',
      WALLETLINE_HTTP_LISTEN: '[::1]:8080',
    });
    assert.deepEqual(
      [config.BANK_HOST, config.BANK_SECONDARY_HOST, config.HTTP_LISTEN],
      ['::1', '::1', '[::1]:8080'],
    );
  });

  it('names each setting whose address cannot be connected to', () => {
    const wrong = {
      WALLETLINE_DATABASE_URL: 'mysql://app:planted@127.0.0.1:99999/walletline',
      WALLETLINE_ARI_URL: 'http://walletline:planted@127.0.0.1:99999',
      WALLETLINE_AMI_URL: 'ami://walletline:planted@127.0.0.1:0',
      WALLETLINE_BANK_HOST: '127.0.0.1:9100',
      WALLETLINE_BANK_SECONDARY_HOST: 'http://bank',
      WALLETLINE_BANK_SECONDARY_PORT: 'x',
      WALLETLINE_CARRIER_URL: 'http://127.0.0.1:99999',
      WALLETLINE_HTTP_LISTEN: '127.0.0.1:99999',
    };
    const faults = faultsOf({ ...complete, ...wrong });
    for (const name of Object.keys(wrong)) {
      assert.match(faults, new RegExp(`${name}: .*(port|host)`));
    }
    assert.doesNotMatch(faults, /planted/);
    const others = { WALLETLINE_DATABASE_URL: 'mysql://app:%zz@h/d', WALLETLINE_CARRIER_URL: 'http://u:%@h' };
    assert.match(
      faultsOf({ ...complete, ...others }),
      /2 fault[\s\S]*DATABASE_URL: .*%25[\s\S]*CARRIER_URL: .*%25/,
    );
    assert.match(
      faultsOf({ ...complete, WALLETLINE_DATABASE_URL: 'mysql://app@h:3306' }),
      /DATABASE_URL: must name a database/,
    );
  });

  it('never repeats a value in a fault', () => {
    assert.doesNotMatch(
      faultsOf({ ...complete, WALLETLINE_DATABASE_URL: 'postgres://u:planted@h/d' }),
      /planted/,
    );
  });

  it('prints secrets as ***', () => {
    const config = readConfig(complete);
    for (const printed of [inspect(config, { depth: 5 }), JSON.stringify(config), String(config.BANK_TMK)]) {
      assert.doesNotMatch(printed, /planted|abab|cdcd|CA5D/);
    }
  });
});
