import assert from 'node:assert/strict';
import type { BankTrace, PurchaseAnswer, ReversalAnswer } from '../../src/bank/bank.js';
import type { Profile } from '../../src/bank/iso8583/profile.js';
import { ascii1987Profile } from '../../src/bank/iso8583/profiles/ascii-1987.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { FaultOrder } from '../simulators/issuer-host/fault-script.js';
import type { IssuerLink } from '../support/issuer-link.js';
import { startIssuerLink } from '../support/issuer-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;
const amount = yuan(30);

describe('what can go wrong between us and the bank', () => {
  let link: IssuerLink;
  beforeEach(async () => {
    link = await startIssuerLink();
  });
  afterEach(() => link.stop());

  const script = (kind: 'purchase' | 'reversal' | 'balance', fault: Omit<FaultOrder, 'match'>): void =>
    link.host.faults.add({ match: { kind }, ...fault });
  const pay = async (): Promise<{ trace: BankTrace; answer: PurchaseAnswer }> => {
    await until(() => link.bank.available, 'the bank can be reached');
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount };
    return { trace, answer: await link.bank.purchase(request) };
  };
  const reverse = async (original: BankTrace, attempt = 0): Promise<ReversalAnswer> => {
    await until(() => link.bank.available, 'the bank can be reached');
    return link.bank.reverse({ original, card: bankCard(card), amount, attempt });
  };
  const balance = (): number | undefined => link.host.books.balanceOf(card.pan);
  const journal = (): string[] =>
    link.host.books.journal.map(({ event, result, original }) =>
      [event, result, original].filter(Boolean).join(' '),
    );
  const unknown = (why: string) => ({ outcome: 'unknown', why });

  it('gives up an answer that does not come, and the reversal gives the money back', async () => {
    script('purchase', { fault: 'no-answer' });
    const { trace, answer } = await pay();
    assert.deepEqual(answer, unknown('no-answer'));
    assert.deepEqual(await reverse(trace), { outcome: 'acknowledged', responseCode: '00' });
    assert.deepEqual(journal(), ['purchase 00', 'reversal 00 approved']);
    assert.equal(balance(), 100_000);
  });

  it('takes an answer that is late, but in time', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 60 });
    assert.equal((await pay()).answer.outcome, 'approved');
    assert.deepEqual(link.strays, []);
  });

  it('hands an approval that comes after its time-out to its payment, and approves nothing by it', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 180 });
    const { trace, answer } = await pay();
    assert.deepEqual(answer, unknown('no-answer'));
    await until(() => link.strays.length > 0, 'the late answer');
    const [{ receivedAt, ...stray } = assert.fail()] = link.strays;
    assert.ok(receivedAt instanceof Date);
    assert.deepEqual(stray, {
      why: 'late',
      authentic: true,
      answers: 'transaction',
      terminalId: trace.terminalId,
      stan: trace.stan,
      rrn: trace.rrn,
      responseCode: '00',
      pan: card.pan,
      amountMinor: 3_000,
      authorisationCode: '000001',
    });
    assert.equal(link.line.counts.late, 1);
  });

  it('does not take a late approval for the answer to the reversal that is under way', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 160 });
    script('reversal', { fault: 'late-answer', delayMs: 90 });
    const { trace } = await pay();
    assert.deepEqual(await reverse(trace), { outcome: 'acknowledged', responseCode: '00' });
    assert.deepEqual(
      link.strays.map(({ why, answers }) => [why, answers]),
      [['late', 'transaction']],
    );
    assert.equal(balance(), 100_000);
  });

  it('leaves the money with the card when the approval comes after its reversal was acknowledged', async () => {
    script('purchase', { fault: 'late-answer', delayMs: 250 });
    const { trace } = await pay();
    assert.equal((await reverse(trace)).outcome, 'acknowledged');
    assert.deepEqual(link.strays, []);
    await until(() => link.strays.length > 0, 'the late answer');
    assert.equal(balance(), 100_000);
    assert.deepEqual(journal(), ['purchase 00', 'reversal 00 approved']);
  });

  it('lets the bank refuse an original that comes to it after its reversal', async () => {
    script('purchase', { fault: 'late-request', delayMs: 200 });
    const { trace, answer } = await pay();
    assert.deepEqual(answer, unknown('no-answer'));
    assert.equal((await reverse(trace)).outcome, 'acknowledged');
    await until(() => link.strays.length > 0, 'the refusal of the late original');
    assert.deepEqual(journal(), ['reversal 00 never-seen', 'purchase 94']);
    assert.equal(link.strays[0]?.responseCode, '94');
    assert.equal(balance(), 100_000);
  });

  it('takes the first of two answers and hands the second on as a duplicate', async () => {
    script('purchase', { fault: 'duplicate-answer' });
    assert.equal((await pay()).answer.outcome, 'approved');
    await until(() => link.strays.length > 0, 'the second answer');
    assert.equal(link.strays[0]?.why, 'duplicate');
    assert.deepEqual(journal(), ['purchase 00']);
    assert.equal(balance(), 97_000);
  });

  it('takes an answer with another trace number for nobody', async () => {
    script('purchase', { fault: 'wrong-stan' });
    const { trace, answer } = await pay();
    assert.deepEqual(answer, unknown('no-answer'));
    assert.deepEqual(
      link.strays.map(({ why, stan }) => [why, stan]),
      [['unmatched', trace.stan + 1]],
    );
    assert.equal(balance(), 97_000);
  });

  it('takes an answer under the trace number of another payment for nobody where hosts echo references: its own is not that one’s', async () => {
    await link.stop();
    link = await startIssuerLink({ profile: ascii1987Profile });
    script('purchase', { fault: 'wrong-stan' });
    const [first, second] = [await link.bank.nextTrace(), await link.bank.nextTrace()];
    assert.equal(second.stan, first.stan + 1);
    const subject = { card: bankCard(card), amount };
    const answers = await Promise.all([
      link.bank.purchase({ ...subject, trace: first, pin: pinOf('000000') }),
      link.bank.purchase({ ...subject, trace: second, pin: pinOf(card.pin) }),
    ]);
    assert.deepEqual(answers[0], unknown('no-answer'));
    assert.equal(answers[1].outcome, 'approved');
    assert.deepEqual(
      link.strays.map(({ why, rrn }) => [why, rrn]),
      [['unmatched', first.rrn]],
    );
    assert.deepEqual(journal(), ['purchase 55', 'purchase 00']);
  });

  it('does not believe an answer with a wrong MAC, and says so to whoever must act', async () => {
    script('purchase', { fault: 'bad-mac' });
    const { trace, answer } = await pay();
    assert.deepEqual(answer, unknown('bad-answer'));
    assert.equal(link.line.counts.badMacs, 1);
    assert.ok(link.logged.some(({ level, message }) => level === 'error' && /wrong MAC/.test(message)));
    assert.equal((await reverse(trace)).outcome, 'acknowledged');
    assert.equal(balance(), 100_000);
  });

  it('does not take the approval of another amount for an approval', async () => {
    script('purchase', { fault: 'wrong-amount' });
    const approval = { authorisationCode: '000001', responseCode: '00' };
    assert.deepEqual((await pay()).answer, { ...unknown('other-amount'), ...approval });
  });

  for (const [what, fault, taken] of [
    ['garbage instead of an answer', 'garbage', true],
    ['half a frame and no more', 'half-frame', true],
    ['a link cut between request and answer', 'drop-after', true],
    ['a link cut before the bank did anything', 'drop-before', false],
  ] as const) {
    it(`drops the line after ${what}, comes back, and can reverse`, async () => {
      script('purchase', { fault });
      const { trace, answer } = await pay();
      assert.deepEqual(answer, unknown('line-lost'));
      assert.equal(balance(), taken ? 97_000 : 100_000);
      assert.equal((await reverse(trace)).outcome, 'acknowledged');
      assert.equal(link.line.counts.connects, 2);
      assert.equal(link.line.counts.signOns, 2);
      assert.equal(balance(), 100_000);
    });
  }

  it('does not know what became of other requests when one answer is garbage', async () => {
    script('balance', { fault: 'late-answer', delayMs: 1_000 });
    script('purchase', { fault: 'garbage' });
    const trace = await link.bank.nextTrace();
    const asked = link.bank.balance({ trace, card: bankCard(card), pin: pinOf(card.pin) });
    await pay();
    assert.deepEqual(await asked, unknown('line-lost'));
  });

  it('sends a reversal again until its answer is not lost; the money goes back once', async () => {
    const { trace } = await pay();
    script('reversal', { fault: 'no-answer', times: 2 });
    assert.deepEqual(await reverse(trace, 0), unknown('no-answer'));
    assert.deepEqual(await reverse(trace, 1), unknown('no-answer'));
    assert.equal((await reverse(trace, 2)).outcome, 'acknowledged');
    assert.deepEqual(journal(), [
      'purchase 00',
      'reversal 00 approved',
      'reversal 00 reversed-already',
      'reversal 00 reversed-already',
    ]);
    assert.equal(balance(), 100_000);
  });

  it('says in the message type that a reversal is a repeat, where the profile has one', async () => {
    const sentTypes = async (profile: Profile): Promise<string[]> => {
      await link.stop();
      link = await startIssuerLink({ profile });
      const { trace } = await pay();
      assert.equal((await reverse(trace, 0)).outcome, 'acknowledged');
      assert.equal((await reverse(trace, 1)).outcome, 'acknowledged');
      const reversals = link.messages.filter(
        ({ mti, direction }) => mti.startsWith('04') && direction === 'sent',
      );
      assert.ok(reversals.every(({ stan }) => stan === trace.stan));
      return reversals.map(({ mti }) => mti);
    };
    assert.deepEqual(await sentTypes(unionpayProfile), ['0400', '0400']);
    assert.deepEqual(await sentTypes(ascii1987Profile), ['0400', '0401']);
  });

  it('tells a refused reversal from one that the bank cannot do just now', async () => {
    const { trace } = await pay();
    script('reversal', { fault: 'respond', code: '40' });
    assert.deepEqual(await reverse(trace), { outcome: 'refused', responseCode: '40' });
    script('reversal', { fault: 'respond', code: '96' });
    assert.deepEqual(await reverse(trace), unknown('bad-answer'));
    assert.equal(balance(), 97_000);
  });

  it('takes "original not found" for an acknowledged reversal: there is nothing to give back', async () => {
    script('reversal', { fault: 'respond', code: '25' });
    const outcome = await reverse(await link.bank.nextTrace());
    assert.deepEqual(outcome, { outcome: 'acknowledged', responseCode: '25' });
  });

  it('declines with the reason of the response code, whatever the code', async () => {
    const reasons = { '05': 'contact-bank', '41': 'card-blocked', '65': 'count-limit', '91': 'try-later' };
    for (const [code, reason] of Object.entries({
      ...reasons,
      '97': 'try-later',
      '38': 'pin-tries-exceeded',
    })) {
      script('purchase', { fault: 'respond', code });
      assert.deepEqual((await pay()).answer, { outcome: 'declined', reason, responseCode: code });
    }
    assert.equal(balance(), 100_000);
  });

  for (const [code, why] of [
    ...[['ZZ', 'unknown-code'] as const, ['32', 'unknown-code'] as const, ['A1', 'unknown-code'] as const],
    ...[['09', 'undecided'] as const, ['68', 'undecided'] as const, ['98', 'undecided'] as const],
  ]) {
    it(`does not know what became of a purchase that is answered ${code}`, async () => {
      script('purchase', { fault: 'respond', code });
      assert.deepEqual((await pay()).answer, { outcome: 'unknown', why, responseCode: code });
      const isLogged = link.logged.some(
        ({ level, message }) => level === 'error' && /not in the table/.test(message),
      );
      assert.equal(isLogged, why === 'unknown-code');
    });
  }

  for (const code of ['77', 'A0']) {
    it(`signs in again after ${code}, and the next payment goes through`, async () => {
      script('purchase', { fault: 'respond', code });
      const { answer } = await pay();
      assert.deepEqual(answer, { outcome: 'declined', reason: 'try-later', responseCode: code });
      await until(() => link.line.counts.signOns === 2, 'the second sign-in');
      assert.equal((await pay()).answer.outcome, 'approved');
      assert.equal(link.line.counts.connects, 1);
    });
  }

  it('signs in again when the bank has lost its keys and cannot make a MAC, and makes sure that nothing was taken', async () => {
    await link.stop();
    link = await startIssuerLink({ timing: { answerTimeoutMs: 5_000 } });
    link.host.keys.forget();
    const { answer } = await pay();
    assert.deepEqual(answer, { outcome: 'declined', reason: 'try-later', responseCode: '77' });
    assert.equal(link.line.counts.signOns, 2);
    assert.deepEqual(journal(), ['reversal 00 never-seen']);
    assert.equal((await pay()).answer.outcome, 'approved');
  });
});
