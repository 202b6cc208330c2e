import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { BankTrace } from '../../src/bank/bank.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { HostRequest } from '../support/independent-host/independent-host.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';
import { until } from '../support/until.js';

const [card, otherCard] = contractCards;
const keepAlive = Buffer.alloc(2);

describe('what real hosts do on a line', function () {
  this.timeout(20_000);
  let link: IndependentLink;
  afterEach(() => link.stop());

  const pay = async () => {
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
    return { trace, answer: await link.bank.purchase(request) };
  };
  const balance = async () => {
    const trace = await link.bank.nextTrace();
    return link.bank.balance({ trace, card: bankCard(card), pin: pinOf(card.pin) });
  };
  const reverse = (original: BankTrace, attempt = 0) =>
    link.bank.reverse({ original, card: bankCard(card), amount: yuan(30), attempt });
  const answersOfOurs = (): HostRequest[] =>
    link.host.received.filter(({ mti }) => mti === '0810' || mti === '0830');

  describe('keep-alives of length zero', () => {
    it('keep the line, before the sign-in is answered, alone, in numbers, and around an answer', async () => {
      link = await startIndependentLink({}, (host) =>
        host.once('sign-in', (request) => Buffer.concat([keepAlive, host.frame(request), keepAlive])),
      );
      link.host.write(Buffer.alloc(2_000));
      link.host.write(Buffer.alloc(1));
      await pause(20);
      link.host.write(Buffer.alloc(1));
      link.host.on('purchase', (request) => Buffer.concat([keepAlive, link.host.frame(request), keepAlive]));
      assert.equal((await pay()).answer.outcome, 'approved');
      assert.equal(link.line.counts.connects, 1);
    });

    it('are no sign that the bank serves us: it is asked by echo all the same', async () => {
      link = await startIndependentLink({ timing: { echoIdleMs: 60 } });
      const timer = setInterval(() => link.host.write(keepAlive), 10);
      await until(() => link.host.of('echo').length > 0, 'an echo').finally(() => clearInterval(timer));
    });
  });

  describe('network management of the host’s own', () => {
    const echo = { 11: '700001', 41: '00000001', 42: '898310041120001', 60: '00000123301' };

    for (const [mti, answered] of [
      ['0800', '0810'],
      ['0801', '0810'],
      ['0820', '0830'],
    ] as const) {
      it(`is answered: ${mti} by ${answered}, with what names it`, async () => {
        link = await startIndependentLink();
        link.host.send(mti, { ...echo, 12: '101112', 13: '1128', 37: '900000000001' });
        await until(() => answersOfOurs().length === 1, 'the answer');
        const [answer = assert.fail()] = answersOfOurs();
        assert.equal(answer.mti, answered);
        assert.deepEqual(answer.fields, {
          ...echo,
          12: '101112',
          13: '1128',
          37: '900000000001',
          39: '00',
        });
        assert.equal((await pay()).answer.outcome, 'approved');
        assert.equal(link.line.counts.unmatched, 0);
      });
    }

    it('is answered though it names no terminal, and while payments are in flight', async () => {
      link = await startIndependentLink({ timing: { answerTimeoutMs: 500 } });
      link.host.on('purchase', { delayMs: 80 });
      const paying = [pay(), pay(), pay()];
      link.host.send('0800', { 11: '000001', 60: '00000123301' });
      link.host.send('0800', { 11: '000002', 60: '00000123301' });
      await until(() => answersOfOurs().length === 2, 'both answers');
      assert.deepEqual(
        answersOfOurs().map(({ fields }) => [fields[11], fields[39], fields[41]]),
        [
          ['000001', '00', '00000001'],
          ['000002', '00', '00000001'],
        ],
      );
      assert.ok((await Promise.all(paying)).every(({ answer }) => answer.outcome === 'approved'));
    });

    it('is refused when it would sign the terminal off: nobody has signed that', async () => {
      link = await startIndependentLink();
      link.host.send('0800', { ...echo, 60: '00000123002' });
      await until(() => answersOfOurs().length === 1, 'the answer');
      assert.equal(answersOfOurs()[0]?.fields[39], '12');
      assert.equal(link.bank.available, true);
    });

    it('does not settle an echo or a sign-in of ours with the same trace number', async () => {
      link = await startIndependentLink({ timing: { echoIdleMs: 60_000 } });
      const [signIn = assert.fail()] = link.host.of('sign-in');
      link.host.send('0800', { ...echo, 11: signIn.fields[11] });
      await until(() => answersOfOurs().length === 1, 'the answer');
      assert.equal(link.line.counts.signOns, 1);
    });
  });

  describe('a demand to sign in', () => {
    it('is not heard from answers that nobody waits for, however many', async () => {
      link = await startIndependentLink();
      const { trace } = await pay();
      const [purchase = assert.fail()] = link.host.of('purchase');
      for (let i = 0; i < 200; i += 1) {
        link.host.reply(purchase, { fields: { 39: '77', 11: String(i).padStart(6, '0') }, mac: 'none' });
        link.host.reply(purchase, { fields: { 39: 'A0' }, mac: 'none' });
      }
      await until(() => link.line.counts.unmatched >= 199, 'the strays');
      assert.equal((await reverse(trace)).outcome, 'acknowledged');
      assert.equal(link.line.counts.signOns, 1);
      assert.equal(link.line.counts.connects, 1);
    });

    it('is met at once, and then more and more rarely while the bank goes on demanding', async () => {
      link = await startIndependentLink({
        timing: { signOnAgain: { firstMs: 300, longestMs: 3_000 } },
      });
      link.host.on('balance', { fields: { 39: '77' } });
      for (const end = Date.now() + 1_200; Date.now() < end; ) {
        await balance();
        await pause(5);
      }
      const { signOns } = link.line.counts;
      assert.ok(signOns >= 3 && signOns <= 5, `${signOns} sign-ins in 1.2 s`);
      link.host.on('balance', {});
      await until(() => link.bank.available, 'the line is up');
      assert.equal((await balance()).outcome, 'approved');
      link.host.once('balance', { fields: { 39: '77' } });
      await balance();
      await until(() => link.line.counts.signOns === signOns + 1, 'a sign-in at once');
    });
  });

  describe('an echo', () => {
    for (const code of ['77', '99', 'A0']) {
      it(`answered ${code} is followed by a sign-in before anything else is sent`, async () => {
        link = await startIndependentLink({ timing: { echoIdleMs: 40 } });
        link.host.once('echo', { fields: { 39: code } });
        link.host.on('sign-in', 'silence');
        await until(() => link.host.of('sign-in').length > 1, 'the sign-in');
        assert.equal(link.bank.available, false);
        assert.equal((await pay()).answer.outcome, 'not-sent');
      });
    }

    for (const code of ['91', '96', '97', 'ZZ', undefined]) {
      it(`answered ${code ?? 'without a code'} is no sign that the bank can be used`, async () => {
        link = await startIndependentLink({ timing: { echoIdleMs: 40 } });
        link.host.on('echo', { fields: { 39: code } });
        link.host.on('sign-in', 'silence');
        await until(() => !link.bank.available, 'the line is not available');
        await until(() => link.host.connections > 1, 'another connection');
      });
    }

    it('that a bank does not know is answered all the same', async () => {
      link = await startIndependentLink({ timing: { echoIdleMs: 30 } });
      link.host.on('echo', { fields: { 39: '12' } });
      await until(() => link.host.of('echo').length > 2, 'three echoes');
      assert.equal(link.bank.available, true);
      assert.equal(link.line.counts.connects, 1);
    });
  });

  describe('a message of another type', () => {
    for (const mti of ['0211', '0212', '0220', '0230', '0250', '0200', '0110', '0410', '0810']) {
      it(`is no answer to a purchase: ${mti}`, async () => {
        link = await startIndependentLink({ timing: { answerTimeoutMs: 100 } });
        link.host.on('purchase', { mti });
        assert.deepEqual((await pay()).answer, { outcome: 'unknown', why: 'no-answer' });
        const isAnswerType = mti === '0410' || mti === '0810';
        assert.ok(link.strays.every(({ answers }) => answers !== 'transaction'));
        assert.equal(link.strays.length, mti === '0800' ? 0 : 1);
        assert.ok(isAnswerType || link.strays[0]?.answers === 'other');
      });
    }

    for (const mti of ['0210', '0412', '0420', '0430', '0400']) {
      it(`is no answer to a reversal: ${mti}`, async () => {
        link = await startIndependentLink({ timing: { answerTimeoutMs: 100 } });
        link.host.on('reversal', { mti });
        const outcome = await reverse(await link.bank.nextTrace());
        assert.deepEqual(outcome, { outcome: 'unknown', why: 'no-answer' });
      });
    }
  });

  describe('an answer that is about something else', () => {
    const others: Readonly<Record<string, Record<number, string>>> = {
      'another currency': { 49: '840' },
      'another card': { 2: otherCard.pan },
      'another kind of transaction': { 3: '200000' },
    };
    for (const [what, fields] of Object.entries(others)) {
      it(`is not believed: ${what} in the answer to a purchase, a balance enquiry, a refusal or a reversal`, async () => {
        link = await startIndependentLink();
        const unknown = { outcome: 'unknown', why: 'bad-answer' };
        for (const kind of ['purchase', 'balance', 'reversal'] as const) {
          link.host.on(kind, { fields });
        }
        const { trace, answer } = await pay();
        assert.deepEqual(answer, unknown);
        assert.deepEqual(await balance(), unknown);
        assert.deepEqual(await reverse(trace), unknown);
        link.host.on('purchase', { fields: { ...fields, 39: '51' } });
        assert.deepEqual((await pay()).answer, unknown);
        assert.equal(link.line.counts.connects, 1);
      });
    }

    it('is another’s when it names another merchant', async () => {
      link = await startIndependentLink({ timing: { answerTimeoutMs: 100 } });
      link.host.on('purchase', { fields: { 42: '898310041120002' } });
      assert.deepEqual((await pay()).answer, { outcome: 'unknown', why: 'no-answer' });
      assert.equal(link.line.counts.unmatched, 1);
    });

    it('is believed with the account types that the bank chose, and without what it need not repeat', async () => {
      link = await startIndependentLink();
      const none = { 2: undefined, 4: undefined, 25: undefined, 42: undefined, 49: undefined };
      link.host.on('purchase', { fields: { ...none, 3: '003000' } });
      assert.equal((await pay()).answer.outcome, 'approved');
      link.host.on('purchase', { fields: { 2: card.pan, 49: '156' } });
      assert.equal((await pay()).answer.outcome, 'approved');
    });
  });
});
