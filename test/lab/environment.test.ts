import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { labProviders } from '../../lab/data.js';
import { embeddedParts, labVariables, shellAssignments } from '../../lab/environment.js';
import { LabError } from '../../lab/lab-error.js';
import { portsAt } from '../../lab/ports.js';
import { readConfig } from '../../src/config.js';

const addresses = {
  ports: portsAt(20_000),
  secrets: {
    databasePassword: 'app-password',
    databaseAdminPassword: 'admin-password',
    ariPassword: 'ari-password',
    amiPassword: 'ami-password',
    agentPasswords: { '1001': 'phone-password' },
    apiTokens: {
      '1001': 'agent-token',
      '1002': 'other-agent-token',
      shop: 'shop-token',
      operator: 'operator-token',
      auditor: 'auditor-token',
    },
    bankTmk: '11'.repeat(16),
    cardKey: '22'.repeat(32),
    cardHashKey: '33'.repeat(32),
  },
  databaseAdmin: 'admin',
  ariUser: 'walletline',
  promptsDir: '/prompts',
  bankJournal: '/state/bank.jsonl',
  noticesFile: '/state/notices.jsonl',
  carrierJournal: '/state/carrier.jsonl',
  providerJournals: { press: '/state/press.jsonl', cards: '/state/cards.jsonl' },
};

describe("the lab's settings", () => {
  it('are all that the app needs', () => {
    const config = readConfig(labVariables(addresses, {}));
    assert.equal(config.ARI_URL.reveal(), 'http://walletline:ari-password@127.0.0.1:20001');
    assert.equal(config.DATABASE_URL.reveal(), 'mysql://walletline:app-password@127.0.0.1:20002/walletline');
    assert.equal(config.BANK_PORT, 20_003);
    assert.equal(config.AGENTS, 'agents,12581');
    assert.equal(config.AMI_URL?.reveal(), 'ami://walletline:ami-password@127.0.0.1:20007');
    assert.ok(config.LIMIT_PAYMENTS_PER_DAY > 10_000);
  });

  it('name every address of the lab', () => {
    const variables = labVariables(addresses, {});
    assert.equal(variables['WALLETLINE_SIP_ADDRESS'], '127.0.0.1:20000');
    assert.equal(variables['WALLETLINE_BANK_JOURNAL'], '/state/bank.jsonl');
    assert.equal(variables['WALLETLINE_NOTICES_FILE'], '/state/notices.jsonl');
    assert.equal(variables['WALLETLINE_CARRIER_JOURNAL'], '/state/carrier.jsonl');
    assert.equal(
      variables['WALLETLINE_PROVIDER_JOURNALS'],
      'press=/state/press.jsonl,cards=/state/cards.jsonl',
    );
    assert.equal(variables['WALLETLINE_BANK_CONTROL_URL'], 'http://127.0.0.1:20004');
    assert.equal(variables['WALLETLINE_CARRIER_CONTROL_URL'], 'http://127.0.0.1:20005/control');
  });

  it('give people the tokens, and the app only what they are recognised by', () => {
    const variables = labVariables(addresses, {});
    assert.equal(variables['WALLETLINE_API_TOKEN_SHOP'], 'shop-token');
    assert.equal(variables['WALLETLINE_AGENT_1001_PASSWORD'], 'phone-password');
    const tokens = variables['WALLETLINE_API_TOKENS'] ?? '';
    assert.match(tokens, /(^|,)1001:agent:[0-9a-f]{64}(,|$)/);
    assert.match(tokens, /(^|,)shop:agent:[0-9a-f]{64}(,|$)/);
    assert.doesNotMatch(tokens, /-token/);
  });

  it('tell the app of every provider of the lab, and of none when others are given', () => {
    const { PROVIDERS } = readConfig(labVariables(addresses, {}));
    assert.deepEqual(
      PROVIDERS.map(({ id, url, can }) => ({ id, url, can })),
      labProviders.map(({ id, can }, index) => ({ id, url: `http://127.0.0.1:${20_010 + index}`, can })),
    );
    const outside = { WALLETLINE_PROVIDERS: '{"x":{"url":"https://x.example"}}' };
    const variables = labVariables(addresses, outside);
    assert.deepEqual(
      readConfig(variables).PROVIDERS.map(({ id }) => id),
      ['x'],
    );
    assert.equal(variables['WALLETLINE_PROVIDER_JOURNALS'], undefined);
  });

  it('yield to what is given from outside, part by part', () => {
    const outside = { WALLETLINE_CARRIER_URL: 'https://carrier.example', WALLETLINE_LOG_LEVEL: 'debug' };
    assert.deepEqual([...embeddedParts(outside)], ['database', 'asterisk', 'bank', 'providers']);
    const variables = labVariables(addresses, outside);
    assert.equal(variables['WALLETLINE_CARRIER_URL'], 'https://carrier.example');
    assert.equal(variables['WALLETLINE_LOG_LEVEL'], 'debug');
    assert.equal(variables['WALLETLINE_BANK_HOST'], '127.0.0.1');
    // A journal of a simulator that does not run would be believed.
    assert.equal(variables['WALLETLINE_CARRIER_JOURNAL'], undefined);
    assert.equal(variables['WALLETLINE_CARRIER_CONTROL_URL'], undefined);
  });

  it('leave out what steers only the lab or the tests, and what is set to nothing', () => {
    const variables = labVariables(addresses, {
      WALLETLINE_LAB_SIP_PORT: '5070',
      WALLETLINE_TEST_X: 'x',
      WALLETLINE_BANK_HOST: '',
      OTHER: 'y',
    });
    const names = Object.keys(variables);
    assert.ok(!names.some((name) => /^(WALLETLINE_(LAB|TEST)_|OTHER)/.test(name)));
    assert.equal(variables['WALLETLINE_BANK_HOST'], '127.0.0.1');
  });

  it('are refused when a part is replaced by half, with the names that are missing', () => {
    assert.throws(
      () => embeddedParts({ WALLETLINE_DATABASE_URL: 'mysql://u:p@h/d' }),
      (error) => error instanceof LabError && error.message.includes('WALLETLINE_DATABASE_ADMIN_URL'),
    );
  });

  it('are written so that a shell reads back exactly what stood there', () => {
    const variables = { A: `it's $HOME "here" \\ & there`, B: '' };
    const script = `${shellAssignments(variables)}printf '%s|%s' "$A" "$B"`;
    assert.equal(execFileSync('sh', ['-c', script], { encoding: 'utf8' }), `${variables.A}|`);
  });
});
