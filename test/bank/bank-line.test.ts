import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Clock } from '../../src/clock.js';
import { systemClock } from '../../src/clock.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { freePort } from '../support/free-port.js';
import type { IssuerLink, IssuerLinkOptions } from '../support/issuer-link.js';
import { startIssuerLink } from '../support/issuer-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;

describe('the line to the bank', () => {
  let link: IssuerLink;
  const start = async (options: IssuerLinkOptions = {}): Promise<void> => {
    link = await startIssuerLink(options);
  };
  afterEach(() => link.stop());

  const pay = async () => {
    const trace = await link.bank.nextTrace();
    return link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(1) });
  };

  it('signs in before the first transaction', async () => {
    await start();
    assert.deepEqual(
      link.messages.map(({ direction, mti }) => `${direction} ${mti}`),
      ['sent 0800', 'received 0810'],
    );
    assert.equal((await pay()).outcome, 'approved');
    assert.equal(link.host.counts.signIns, 1);
    assert.equal(link.host.counts.connections, 1);
  });

  it('gives each of many requests in flight its own answer, in whatever order they come', async () => {
    await start({ timing: { answerTimeoutMs: 1_000 } });
    for (let i = 0; i < 20; i += 1) {
      link.host.faults.add({ match: { amountMinor: 100 + i }, fault: 'late-answer', delayMs: 60 - 3 * i });
    }
    const asked = Array.from({ length: 20 }, async (_, i) => {
      const trace = await link.bank.nextTrace();
      const amount = { amountMinor: 100 + i, currency: 'CNY' } as const;
      return link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount });
    });
    assert.ok((await Promise.all(asked)).every(({ outcome }) => outcome === 'approved'));
    assert.deepEqual(link.strays, []);
  });

  it('sends no more at once than it may', async () => {
    await start({ maxInFlight: 2 });
    link.host.faults.add({ fault: 'late-answer', delayMs: 40, times: 2 });
    const outcomes = (await Promise.all([pay(), pay(), pay()])).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['approved', 'approved', 'not-sent']);
    assert.equal((await pay()).outcome, 'approved');
  });

  it('asks by echo whether the bank is there when nothing was heard for a while', async () => {
    await start({ timing: { echoIdleMs: 20 } });
    await until(() => link.host.counts.echoes >= 3, 'three echoes');
    assert.equal(link.bank.available, true);
    assert.equal(link.line.counts.connects, 1);
  });

  it('drops a line whose other end is gone without a word, and makes a new one', async () => {
    await start({ timing: { echoIdleMs: 20, networkTimeoutMs: 40 } });
    link.host.faults.add({ match: { kind: 'echo' }, fault: 'request-lost' });
    await until(() => link.line.counts.signOns === 2 && link.bank.available, 'the new line');
    assert.equal((await pay()).outcome, 'approved');
  });

  it('asks by echo at once when a transaction is not answered, and keeps a line that is alive', async () => {
    await start();
    link.host.faults.add({ match: { kind: 'purchase' }, fault: 'request-lost' });
    assert.equal((await pay()).outcome, 'unknown');
    await until(() => link.host.counts.echoes === 1, 'the echo');
    await until(() => link.bank.available, 'the line is still up');
    assert.equal(link.line.counts.connects, 1);
  });

  it('signs in again when the business day begins, and sends nothing before', async () => {
    let now = new Date('2026-11-23T15:59:50Z');
    const clock: Clock = { now: () => now, monotonicMs: () => systemClock.monotonicMs() };
    await start({ clock });
    assert.equal((await pay()).outcome, 'approved');
    now = new Date('2026-11-23T16:00:01Z');
    assert.equal(link.bank.available, false);
    assert.equal((await pay()).outcome, 'not-sent');
    await until(() => link.bank.available, 'the sign-in of the new day');
    assert.equal(link.host.counts.signIns, 2);
    assert.equal((await pay()).outcome, 'approved');
  });

  it('is not available while the bank refuses its sign-in, and tries again with back-off', async () => {
    await start();
    link.host.faults.add({ match: { kind: 'sign-in' }, fault: 'respond', code: '58', times: 3 });
    link.host.setLink(true);
    link.host.setLink(false);
    await until(() => link.line.counts.signOnFailures === 3, 'three refusals');
    assert.equal(link.bank.available, false);
    await until(() => link.bank.available, 'the sign-in is accepted');
    assert.equal((await pay()).outcome, 'approved');
  });

  it('refuses working keys whose check value is wrong', async () => {
    await start();
    link.host.faults.add({ match: { kind: 'sign-in' }, fault: 'wrong-check-value', times: 2 });
    link.host.setLink(true);
    link.host.setLink(false);
    await until(() => link.line.counts.refusedKeys === 2, 'two refusals');
    assert.ok(link.logged.some(({ level, message }) => level === 'error' && /keys .* refused/.test(message)));
    await until(() => link.bank.available, 'right keys');
    assert.equal((await pay()).outcome, 'approved');
  });

  it('comes back without a storm when the bank was away', async () => {
    await start({ timing: { backOff: { firstMs: 20, longestMs: 3_000 } } });
    await link.stopHost();
    await until(() => !link.bank.available, 'the line is down');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const tried = link.line.counts.connects - 1;
    assert.ok(tried >= 3 && tried <= 6, `${tried} attempts in 300 ms`);
    await link.restartHost();
    await until(() => link.bank.available, 'the line is back');
    assert.equal(link.host.counts.connections, 1);
    assert.equal((await pay()).outcome, 'approved');
  });

  it('does not fall into a storm with a host that accepts and hangs up', async () => {
    await start({ timing: { backOff: { firstMs: 20, longestMs: 3_000 } } });
    const before = link.line.counts.connects;
    link.host.setLink(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(link.line.counts.connects - before <= 6);
    link.host.setLink(false);
    await until(() => link.bank.available, 'the line is back');
  });

  it('does not fall into a storm when each new line is cut as soon as it is up', async () => {
    await start({ timing: { backOff: { firstMs: 20, longestMs: 3_000 } } });
    const before = link.line.counts.connects;
    const cutting = setInterval(() => {
      if (link.bank.available) {
        link.host.setLink(true);
        link.host.setLink(false);
      }
    }, 2);
    await new Promise((resolve) => setTimeout(resolve, 400));
    clearInterval(cutting);
    const tried = link.line.counts.connects - before;
    assert.ok(tried >= 2 && tried <= 7, `${tried} connections in 400 ms`);
  });

  it('goes to the secondary host while the primary cannot be reached', async () => {
    const deadPort = await freePort();
    await start({ hosts: (own) => [{ host: '127.0.0.1', port: deadPort }, own] });
    assert.equal((await pay()).outcome, 'approved');
    assert.equal(link.line.counts.connects, 2);
  });

  it('ends a connection that brings an impossible length, and holds no memory for it', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.write(Buffer.from([0xff, 0xff]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await start({ hosts: (own) => [{ host: '127.0.0.1', port }, own] });
    assert.ok(
      link.logged.some(({ fields }) => 'reason' in fields && fields.reason === 'unexpected bytes'),
      'the reason is logged',
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets what is in flight end before it stops, and sends nothing more', async () => {
    await start({ timing: { answerTimeoutMs: 1_000 } });
    link.host.faults.add({ fault: 'late-answer', delayMs: 60 });
    const asked = pay();
    await until(() => link.line.inFlight === 1, 'the request is in flight');
    const stopped = link.bank.stop(1_000);
    assert.equal((await pay()).outcome, 'not-sent');
    assert.equal((await asked).outcome, 'approved');
    await stopped;
    assert.equal(link.line.state, 'stopped');
  });

  it('stops after the time given though the bank is silent; what is in flight is unknown', async () => {
    await start({ timing: { answerTimeoutMs: 60_000 } });
    link.host.faults.add({ fault: 'no-answer' });
    const asked = pay();
    await until(() => link.line.inFlight === 1, 'the request is in flight');
    await link.bank.stop(30);
    assert.deepEqual(await asked, { outcome: 'unknown', why: 'line-lost' });
  });

  it('leaves no timer and no socket behind when it is stopped in the middle of a back-off', async () => {
    await start({ timing: { backOff: { firstMs: 60_000, longestMs: 60_000 } } });
    await link.stopHost();
    await until(() => link.line.state === 'waiting', 'the back-off');
    const before = process.getActiveResourcesInfo();
    await link.bank.stop(0);
    const after = process.getActiveResourcesInfo();
    const timers = (names: string[]): number => names.filter((name) => name === 'Timeout').length;
    assert.equal(timers(after), timers(before) - 1);
    assert.equal(after.filter((name) => name === 'TCPSocketWrap').length, 0);
  });

  it('shares the load among the terminals that are up', async () => {
    await start({ terminalIds: ['00000001', '00000002', '00000003'], timing: { answerTimeoutMs: 1_000 } });
    link.host.faults.add({ match: { kind: 'purchase' }, fault: 'late-answer', delayMs: 30, times: 30 });
    await Promise.all(Array.from({ length: 30 }, () => pay()));
    const shares = link.bank.lines.map(({ terminalId }) => {
      return link.host.books.journal.filter(({ terminal }) => terminal === terminalId).length;
    });
    assert.deepEqual(shares, [10, 10, 10]);
  });

  it('gives the next request to the terminal with least in flight', async () => {
    await start({ terminalIds: ['00000001', '00000002'], timing: { answerTimeoutMs: 1_000 } });
    link.host.faults.add({ match: { terminal: '00000001' }, fault: 'late-answer', delayMs: 100, times: 2 });
    const slow = [pay(), pay(), pay(), pay()];
    const [first, second] = link.bank.lines;
    await until(() => first?.inFlight === 2 && second?.inFlight === 0, 'one terminal is busy');
    const quick = ['00000002', '00000002', '00000002'];
    const given: string[] = [];
    for (const _ of quick) {
      given.push((await link.bank.nextTrace()).terminalId);
    }
    assert.deepEqual(given, quick);
    await Promise.all(slow);
  });

  it('sends everything over the terminal that is left when another is refused', async () => {
    await start({ terminalIds: ['00000001', '00000002'] });
    const refusal = {
      match: { kind: 'sign-in', terminal: '00000001' },
      fault: 'respond',
      code: '97',
    } as const;
    link.host.faults.add({ ...refusal, times: 'always' });
    link.host.faults.add({ match: { terminal: '00000001' }, fault: 'drop-before' });
    await pay();
    await pay();
    const [first, second] = link.bank.lines;
    await until(() => first?.available === false && second?.available === true, 'one line is down');
    for (let i = 0; i < 4; i += 1) {
      assert.equal((await pay()).outcome, 'approved');
    }
  });

  it('keeps a record of the conversation that shows no card number, PIN block, key or MAC', async () => {
    await start();
    await pay();
    const text = JSON.stringify(link.messages);
    assert.ok(!text.includes(card.pan) && !text.includes(card.pan.slice(0, -1)));
    const purchase = link.messages.find(({ mti, direction }) => mti === '0200' && direction === 'sent');
    assert.match(purchase?.description ?? '', /622202\*{9}3446/);
    assert.match(purchase?.description ?? '', /52 .*\(hidden, 8 bytes\)/);
    const answer = link.messages.find(({ mti }) => mti === '0210');
    assert.ok(answer !== undefined && purchase !== undefined);
    assert.deepEqual([answer.result, answer.rrn, answer.stan], ['00', purchase.rrn, purchase.stan]);
    assert.ok((answer.durationMs ?? -1) >= 0);
    assert.match(
      link.messages.find(({ mti }) => mti === '0810')?.description ?? '',
      /62 .*\(hidden, 40 bytes\)/,
    );
  });

  it('writes down that a request was not answered', async () => {
    await start();
    link.host.faults.add({ match: { kind: 'purchase' }, fault: 'request-lost' });
    await pay();
    const results = link.messages.filter(({ mti }) => mti === '0200').map(({ result }) => result);
    assert.deepEqual(results, ['sent', 'no-answer']);
  });
});
