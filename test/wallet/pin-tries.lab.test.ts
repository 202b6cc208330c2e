import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Pan } from '../../src/bank/bank.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { systemClock, systemWait } from '../../src/clock.js';
import { type RunningServices, startServices } from '../../src/compose-services.js';
import { readConfig } from '../../src/config.js';
import type { CardChoice, Perform, WorkOutcome } from '../../src/dialogue/work.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { yuan } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import { catalogue } from '../../src/services/catalogue.js';
import { saleNamed } from '../../src/services/service.js';
import { KeptPin } from '../../src/session/kept-pin.js';
import { performWorkFor } from '../../src/session/perform-work.js';
import { CardSealer } from '../../src/wallet/card-sealer.js';
import { MysqlWallet } from '../../src/wallet/mysql-wallet.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import type { JournalEntry } from '../simulators/issuer-host/issuer-books.js';
import { IssuerHost } from '../simulators/issuer-host/issuer-host.js';
import { withDatabase } from '../support/database.js';
import { silentLog } from '../support/silent-log.js';
import { providersSetting } from '../support/unreached-providers.js';
import { until } from '../support/until.js';

const rightPin = '135790';
const keys = { card: 'a1'.repeat(32), hash: 'b2'.repeat(32) };
const calls = 24;
const recharge = saleNamed(catalogue, 'recharge').purchase({
  ...{ details: { phone: '13800138000' }, amount: yuan(1), callerPhone: undefined },
});

/** Two processes of the product, composed as it composes itself but for the telephone, on one database. */
describe('PIN tries on two processes', function () {
  this.timeout(60_000);
  const test = withDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'walletline-pins-'));
  const journalFile = join(folder, 'bank.jsonl');
  let host: IssuerHost;
  let nodes: readonly RunningServices[] = [];
  let cards = 0;

  before(async () => {
    const account = (pan: string) => ({ pan, pin: rightPin, expiry: '4912', balanceMinor: 100_000 });
    const all = Array.from({ length: 60 }, (_, index) => account(panOf(index)));
    host = await IssuerHost.start({ profile: unionpayProfile, cards: all, journalFile });
    nodes = [1, 2].map((node) =>
      startServices(
        readConfig({
          WALLETLINE_ENVIRONMENT: 'lab',
          WALLETLINE_DATABASE_URL: test.url,
          WALLETLINE_ARI_URL: 'http://nobody:nothing@127.0.0.1:1',
          WALLETLINE_ARI_APP: `node-${node}`,
          WALLETLINE_BANK_HOST: '127.0.0.1',
          WALLETLINE_BANK_PORT: String(host.port),
          WALLETLINE_BANK_TERMINALS: `0000000${node}`,
          WALLETLINE_BANK_MERCHANT: '898310041120001',
          WALLETLINE_BANK_ACQUIRER: '48110000',
          WALLETLINE_BANK_TMK: labTerminalMasterKey,
          WALLETLINE_CARRIER_URL: 'http://127.0.0.1:1',
          WALLETLINE_PROVIDERS: providersSetting(),
          WALLETLINE_CARD_KEY: keys.card,
          WALLETLINE_CARD_HASH_KEY: keys.hash,
        }),
        silentLog,
      ),
    );
    await until(() => nodes.every(({ services }) => services.bank.available), 'both bank lines', 20_000);
  });
  after(async () => {
    await Promise.all(nodes.map(async ({ stop }) => stop()));
    await host.stop();
    rmSync(folder, { recursive: true });
  });

  /** A new card, bound to a phone of its own. */
  const newCard = async () => {
    const pan = panOf(cards);
    const phone = `138${String(cards).padStart(8, '0')}`;
    cards += 1;
    const sealer = new CardSealer(Buffer.from(keys.card, 'hex'), Buffer.from(keys.hash, 'hex'));
    const wallet = new MysqlWallet({
      ...{
        database: test.database,
        sealer,
        clock: systemClock,
        servedPrefixes: [],
        languages: languageCodes,
      },
    });
    const card = await wallet.bind(phone, { pan: pan as Pan });
    return { pan, phone, card };
  };
  /** A call on one of the two processes. */
  const callFrom = (callerNumber: string | undefined, number: number): Perform => {
    const node = nodes[number % 2];
    assert.ok(node);
    return performWorkFor(node.services, {
      ...{ callId: uuidv7(), callerNumber, order: undefined },
      keptPin: new KeptPin(systemWait, () => undefined),
      awaitAgent: async () => ({ type: 'agentLeft' }),
      reachAgent: async () => 'unavailable',
    });
  };
  const pinOf = (digits: string) => new Secret('card-pin', Buffer.from(digits));
  const keying = async (perform: Perform, pan: string): Promise<CardChoice> => {
    const number = new Secret('card-number', Buffer.from(pan));
    const accepted = await perform({ do: 'check-card-number', number });
    assert.equal(accepted.type, 'cardAccepted');
    return accepted.card;
  };
  /** Keys the PIN as half of the calls pay and half ask for a balance. */
  const tries = async (perform: Perform, number: number, card: CardChoice, pin: string) =>
    number % 4 < 2
      ? perform({ do: 'ask-card-balance', service: 'card-balance', card, pin: pinOf(pin) })
      : perform({ do: 'pay', purchase: recharge, card, pin: pinOf(pin) });
  const heardOf = (pan: string): JournalEntry[] =>
    readFileSync(journalFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalEntry)
      .filter(({ panMasked, event }) => panMasked.slice(-4) === pan.slice(-4) && event !== 'reversal');
  const wrongOf = (pan: string) => heardOf(pan).filter(({ result }) => ['55', '75', '14'].includes(result));

  it('let two of 24 wrong PINs from the card’s own phone reach its bank, all keyed in the same instant', async () => {
    const { pan, phone, card } = await newCard();
    const standing = Array.from({ length: calls }, (_, number) => callFrom(phone, number));
    const told = await Promise.all(
      standing.map(async (perform, number) => tries(perform, number, card, String(100_000 + number))),
    );
    assert.equal(wrongOf(pan).length, 2);
    assert.equal(heardOf(pan).length, 2);
    const locked = told.filter((each) => each.type === 'declined' && each.reason === 'card-locked');
    assert.equal(locked.length, calls - 2, JSON.stringify(told));
  });

  it('let the lock stand when one who stood at the question keys the right PIN afterwards', async () => {
    const { pan, phone, card } = await newCard();
    const late = callFrom(phone, 0);
    assert.deepEqual((await tries(callFrom(phone, 1), 0, card, '111111')).type, 'wrongPin');
    assert.deepEqual((await tries(callFrom(phone, 1), 0, card, '222222')).type, 'wrongPin');
    const told = await tries(late, 0, card, rightPin);
    assert.deepEqual(told, { type: 'declined', reason: 'card-locked' });
    const next = await tries(callFrom(phone, 0), 0, card, rightPin);
    assert.deepEqual(next, { type: 'declined', reason: 'card-locked' });
    assert.equal(heardOf(pan).length, 2);
  });

  it('leave the owner’s tries to the owner when 24 strangers key wrong PINs at once', async () => {
    const { pan, phone, card } = await newCard();
    const strangers = Array.from({ length: calls }, (_, number) =>
      callFrom(number % 3 === 0 ? undefined : `139${String(number).padStart(8, '0')}`, number),
    );
    const keyed = await Promise.all(strangers.map(async (perform) => keying(perform, pan)));
    await Promise.all(
      strangers.map(async (perform, number) => tries(perform, number, keyed[number] ?? card, '000000')),
    );
    assert.equal(wrongOf(pan).length, 1);
    const balance = await tries(callFrom(phone, 0), 0, card, rightPin);
    assert.equal(balance.type, 'balance');
  });

  it('refuse none of 24 calls that key the right PIN at once', async () => {
    const { pan, phone, card } = await newCard();
    const told = await Promise.all(
      Array.from({ length: calls }, async (_, number) =>
        callFrom(
          phone,
          number,
        )({ do: 'ask-card-balance', service: 'card-balance', card, pin: pinOf(rightPin) }),
      ),
    );
    assert.deepEqual(new Set(told.map(({ type }) => type)), new Set(['balance']));
    assert.equal(heardOf(pan).length, calls);
  });

  it('count withheld numbers together: few wrong PINs reach the bank, whatever the card and the process', async () => {
    const pans = Array.from({ length: calls }, (_, index) => panOf(30 + index));
    const told = await Promise.all(
      pans.map(async (pan, number) => {
        const perform = callFrom(undefined, number);
        return tries(perform, number, await keying(perform, pan), '000000');
      }),
    );
    // One of the five was used by a withheld stranger before, or none.
    const reached = pans.flatMap((pan) => wrongOf(pan)).length;
    assert.ok(reached >= 4 && reached <= 5, `${reached} reached the bank`);
    assert.equal(
      told.filter((each) => each.type === 'declined' && each.reason === 'caller-locked').length,
      calls - reached,
    );
  });

  it('store no card of a number that was keyed and not proven, and answer alike whether there is one', async () => {
    const cardsBefore = await test.admin('cards').count('* as n');
    const [real, none] = [panOf(59), panOf(900)];
    const answers: WorkOutcome[] = [];
    for (const [index, pan] of [real, none].entries()) {
      const perform = callFrom(`1370000000${index}`, index);
      answers.push(await tries(perform, 2, await keying(perform, pan), '000000'));
    }
    assert.deepEqual(answers[0], { type: 'declined', reason: 'not-proven' });
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(await test.admin('cards').count('* as n'), cardsBefore);
    const perform = callFrom('13700000009', 1);
    const fresh = await keying(perform, panOf(58));
    assert.equal((await tries(perform, 0, fresh, rightPin)).type, 'balance');
    assert.notDeepEqual(await test.admin('cards').count('* as n'), cardsBefore, 'a proven card is kept');
  });
});

/** The number of a test's card, with its check digit. */
function panOf(index: number): string {
  const body = `622202020011${String(2_000 + index * 7).padStart(6, '0')}`;
  const sum = Array.from(body)
    .reverse()
    .reduce((total, digit, place) => {
      const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1);
      return total + (weighted > 9 ? weighted - 9 : weighted);
    }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
