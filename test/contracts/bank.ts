import assert from 'node:assert/strict';
import type { Bank, BankCard, BankTrace, Pan } from '../../src/bank/bank.js';
import { yuan } from '../../src/money.js';
import { Secret } from '../../src/secret.js';

/** What a bank under test offers besides the port. */
export type BankUnderTest = {
  readonly bank: Bank;
  /** What the card has left by the bank's own books, in minor units. */
  readonly balanceOf: (pan: string) => number;
  /** Makes the next request of a kind go wrong. */
  readonly script: (kind: 'balance' | 'purchase' | 'reversal', fault: ContractFault) => void;
  /** Takes the line away. */
  readonly breakLine: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type ContractFault = 'request-lost' | 'answer-lost' | 'bad-answer' | 'refused';

/** The cards that a bank under test must have. */
export const contractCards = [
  { pan: '6222020200112233446', pin: '135790', expiry: '4912', balanceMinor: 100_000 },
  { pan: '6225881314159265350', pin: '135790', expiry: '2001', balanceMinor: 30_000 },
  {
    pan: '6227000055556666771',
    pin: '445566',
    expiry: '4912',
    balanceMinor: 250_000,
    perTransactionLimitMinor: 100_000,
  },
] as const;

const [usual, expired, limited] = contractCards;

/** Returns a PIN as a caller would have keyed it. */
export function pinOf(digits: string): Secret {
  return new Secret('card-pin', Buffer.from(digits, 'latin1'));
}

/** Returns a card as a bank is told of it. */
export function bankCard({ pan, expiry }: { pan: string; expiry?: string }): BankCard {
  return { pan: pan as Pan, ...(expiry === undefined ? {} : { expiry }) };
}

/** The behaviour that payments rely on, whichever bank it is. */
export function describeBank(name: string, start: () => Promise<BankUnderTest>): void {
  describe(`${name} as a bank`, () => {
    let under: BankUnderTest;
    let bank: Bank;
    beforeEach(async () => {
      under = await start();
      bank = under.bank;
    });
    afterEach(() => under.stop());

    const purchase = async (card: { pan: string; pin: string; expiry: string }, amount = yuan(30)) => {
      const trace = await bank.nextTrace();
      const answer = await bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount });
      return { trace, answer };
    };
    const reverse = (original: BankTrace, attempt = 0) =>
      bank.reverse({ original, card: bankCard(usual), amount: yuan(30), attempt });
    const balance = async (card: { pan: string; expiry: string }, pin: string) =>
      bank.balance({ trace: await bank.nextTrace(), card: bankCard(card), pin: pinOf(pin) });

    it('is available', () => {
      assert.equal(bank.available, true);
    });

    it('never gives the same trace numbers twice', async () => {
      const traces = await Promise.all(Array.from({ length: 50 }, () => bank.nextTrace()));
      assert.equal(new Set(traces.map(({ rrn }) => rrn)).size, 50);
      assert.equal(new Set(traces.map(({ terminalId, stan }) => `${terminalId}/${stan}`)).size, 50);
      assert.ok(traces.every(({ rrn }) => rrn.length === 12));
    });

    it('tells the balance of a card to the fen', async () => {
      assert.deepEqual(await balance(usual, usual.pin), {
        outcome: 'approved',
        balance: { amountMinor: 100_000, currency: 'CNY' },
        responseCode: '00',
      });
    });

    it('takes a purchase from the card once', async () => {
      const { answer } = await purchase(usual);
      assert.equal(answer.outcome, 'approved');
      assert.equal(answer.authorisationCode?.length, 6);
      assert.equal(under.balanceOf(usual.pan), 97_000);
    });

    it('accepts a card without its expiry, as when its number was keyed', async () => {
      const trace = await bank.nextTrace();
      const pin = pinOf(usual.pin);
      const answer = await bank.purchase({
        trace,
        card: bankCard({ pan: usual.pan }),
        pin,
        amount: yuan(30),
      });
      assert.equal(answer.outcome, 'approved');
    });

    it('tells a wrong PIN from every other refusal, and takes nothing', async () => {
      const { answer } = await purchase({ ...usual, pin: '000000' });
      assert.deepEqual(answer, { outcome: 'wrong-pin', responseCode: '55' });
      assert.deepEqual(await balance(usual, '999999'), { outcome: 'wrong-pin', responseCode: '55' });
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('refuses a card after three wrong PINs, the right one too', async () => {
      for (let i = 0; i < 3; i += 1) {
        await purchase({ ...usual, pin: '000000' });
      }
      const { answer } = await purchase(usual);
      assert.deepEqual(answer, { outcome: 'declined', reason: 'pin-tries-exceeded', responseCode: '75' });
    });

    it('refuses with the reason that the caller is told', async () => {
      const declined = (reason: string, responseCode: string) => ({
        outcome: 'declined',
        reason,
        responseCode,
      });
      assert.deepEqual((await purchase(usual, yuan(5_000))).answer, declined('insufficient-funds', '51'));
      assert.deepEqual((await purchase(expired)).answer, declined('expired-card', '54'));
      assert.deepEqual((await purchase(limited, yuan(1_001))).answer, declined('amount-limit', '61'));
      const stranger = { pan: '6222020200112239999', pin: '135790', expiry: '4912' };
      assert.deepEqual((await purchase(stranger)).answer, declined('card-not-usable', '14'));
    });

    it('gives a purchase back when it is reversed, once however often', async () => {
      const { trace } = await purchase(usual);
      assert.deepEqual(await reverse(trace), { outcome: 'acknowledged', responseCode: '00' });
      assert.equal((await reverse(trace, 1)).outcome, 'acknowledged');
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('acknowledges the reversal of what it never saw, and then refuses the original', async () => {
      const trace = await bank.nextTrace();
      assert.equal((await reverse(trace)).outcome, 'acknowledged');
      const pin = pinOf(usual.pin);
      const late = await bank.purchase({ trace, card: bankCard(usual), pin, amount: yuan(30) });
      assert.equal(late.outcome, 'declined');
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('does not know what became of a purchase whose request was lost', async () => {
      under.script('purchase', 'request-lost');
      const { answer } = await purchase(usual);
      assert.equal(answer.outcome, 'unknown');
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('does not know what became of a purchase whose answer was lost, and can reverse it', async () => {
      under.script('purchase', 'answer-lost');
      const { answer, trace } = await purchase(usual);
      assert.equal(answer.outcome, 'unknown');
      assert.equal(under.balanceOf(usual.pan), 97_000);
      assert.equal((await reverse(trace)).outcome, 'acknowledged');
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('does not believe an answer that cannot be trusted', async () => {
      under.script('purchase', 'bad-answer');
      const { answer } = await purchase(usual);
      assert.deepEqual(answer, { outcome: 'unknown', why: 'bad-answer' });
    });

    it('says that a reversal is refused, and does not know when its answer is lost', async () => {
      const { trace } = await purchase(usual);
      under.script('reversal', 'refused');
      assert.deepEqual(await reverse(trace), { outcome: 'refused', responseCode: '40' });
      under.script('reversal', 'answer-lost');
      assert.equal((await reverse(trace, 1)).outcome, 'unknown');
      assert.equal((await reverse(trace, 2)).outcome, 'acknowledged');
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('says that nothing was sent while the line is down', async () => {
      const trace = await bank.nextTrace();
      await under.breakLine();
      assert.equal(bank.available, false);
      const pin = pinOf(usual.pin);
      const card = bankCard(usual);
      assert.deepEqual(await bank.purchase({ trace, card, pin, amount: yuan(30) }), { outcome: 'not-sent' });
      assert.deepEqual(await reverse(trace), { outcome: 'not-sent' });
      assert.deepEqual(await balance(usual, usual.pin), { outcome: 'not-sent' });
      assert.equal(under.balanceOf(usual.pan), 100_000);
    });

    it('uses a PIN up whatever happens', async () => {
      const spent: Secret[] = [];
      const tryPin = async (digits: string): Promise<void> => {
        const pin = pinOf(digits);
        spent.push(pin);
        await bank.purchase({ trace: await bank.nextTrace(), card: bankCard(usual), pin, amount: yuan(30) });
      };
      await tryPin(usual.pin);
      await tryPin('000000');
      under.script('purchase', 'request-lost');
      await tryPin(usual.pin);
      await under.breakLine();
      await tryPin(usual.pin);
      for (const pin of spent) {
        assert.throws(() => pin.open(() => undefined), /used already/);
      }
    });
  });
}
