import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { IssuerHost } from '../simulators/issuer-host/issuer-host.js';
import { freePort } from '../support/free-port.js';
import type { IssuerLink } from '../support/issuer-link.js';
import { startIssuerLink } from '../support/issuer-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;

describe('a line on the secondary host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secondary-host-'));
  let link: IssuerLink;
  let primary: IssuerHost | undefined;
  let primaryPort: number;

  beforeEach(async () => {
    primaryPort = await freePort();
    primary = undefined;
    link = await startIssuerLink({
      timing: { answerTimeoutMs: 2_000, primaryReturn: { firstMs: 40, longestMs: 400 } },
      hosts: (own) => [{ host: '127.0.0.1', port: primaryPort }, own],
    });
    assert.notEqual(link.line.host.port, primaryPort);
  });
  afterEach(async () => {
    await link.stop();
    await primary?.stop();
  });
  after(() => rmSync(folder, { recursive: true }));

  const startPrimary = async (): Promise<IssuerHost> => {
    const journalFile = join(folder, `${primaryPort}.jsonl`);
    primary = await IssuerHost.start({
      profile: unionpayProfile,
      cards: contractCards,
      journalFile,
      port: primaryPort,
    });
    return primary;
  };
  const pay = async () => {
    const trace = await link.bank.nextTrace();
    return link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(1) });
  };
  const isBack = (): boolean => link.line.host.port === primaryPort && link.line.available;

  it('goes back to the primary when that can be reached again', async () => {
    assert.equal((await pay()).outcome, 'approved');
    const saidBefore = link.logged.length;
    const host = await startPrimary();
    await until(isBack, 'the line is on the primary host');
    assert.equal((await pay()).outcome, 'approved');
    assert.equal(host.books.journal.length, 1);
    assert.equal(link.host.books.journal.length, 1);
    assert.equal(link.line.counts.returns, 1);
    assert.equal(link.line.counts.lost, 0);
    await until(() => link.host.openConnections === 0, 'the connection to the secondary is closed');
    const said = link.logged.slice(saidBefore).map(({ message }) => message);
    assert.deepEqual(said, ['signed in at the bank', 'the bank line is back on its primary host']);
  });

  it('does not go while something is in flight, and loses nothing', async () => {
    link.host.faults.add({ match: { kind: 'purchase' }, fault: 'late-answer', delayMs: 150, times: 6 });
    const answers: Promise<{ outcome: string }>[] = [];
    const host = await startPrimary();
    for (let i = 0; i < 6; i += 1) {
      answers.push(pay());
      await pause(50);
      assert.notEqual(link.line.host.port, primaryPort, 'moved in the middle of requests');
    }
    assert.equal(host.openConnections, 1, 'it was reached meanwhile');
    const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, Array(6).fill('approved'));
    await until(isBack, 'the line is on the primary host');
    assert.equal(host.books.journal.length, 0);
    assert.deepEqual(link.strays, []);
  });

  it('stays where it is when the primary refuses its sign-in, and asks more and more rarely', async () => {
    const host = await startPrimary();
    host.faults.add({ match: { kind: 'sign-in' }, fault: 'respond', code: '58', times: 'always' });
    let approved = 0;
    const endMs = performance.now() + 700;
    while (performance.now() < endMs) {
      await until(() => link.bank.available, 'the line is up on the secondary');
      approved += (await pay()).outcome === 'approved' ? 1 : 0;
      await pause(20);
    }
    assert.ok(approved >= 10, `${approved} payments`);
    assert.equal(link.host.books.journal.length, approved);
    assert.equal(link.line.counts.returns, 0);
    assert.equal(link.host.counts.connections, 1, 'the line that works was never given up');
    const { connections } = host.counts;
    assert.ok(connections >= 2 && connections <= 6, `${connections} tries in 700 ms`);
    host.faults.clear();
    await until(isBack, 'the line is on the primary host');
  });

  it('is found again by the line when the primary is lost once more', async () => {
    const host = await startPrimary();
    await until(isBack, 'the line is on the primary host');
    await host.stop();
    primary = undefined;
    await until(() => link.line.available && link.line.host.port !== primaryPort, 'the secondary');
    assert.equal((await pay()).outcome, 'approved');
    await startPrimary();
    await until(isBack, 'the line is on the primary host again');
    assert.equal(link.line.counts.returns, 2);
  });

  it('leaves nothing behind when it is stopped while it waits for a moment to go back', async () => {
    link.host.faults.add({ match: { kind: 'purchase' }, fault: 'no-answer' });
    const asked = pay();
    const host = await startPrimary();
    await until(() => host.openConnections === 1, 'the primary is reached');
    await link.bank.stop(0);
    assert.equal((await asked).outcome, 'unknown');
    await until(() => host.openConnections === 0, 'no connection is left');
    assert.equal(link.line.state, 'stopped');
  });
});
