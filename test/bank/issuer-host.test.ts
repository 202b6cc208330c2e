import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { createControlServer } from '../simulators/issuer-host/control-server.js';
import type { Transaction } from '../simulators/issuer-host/issuer-books.js';
import { IssuerBooks } from '../simulators/issuer-host/issuer-books.js';
import type { IssuerLink } from '../support/issuer-link.js';
import { startIssuerLink } from '../support/issuer-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;

describe("the issuer host's books", () => {
  const folder = mkdtempSync(join(tmpdir(), 'issuer-books-'));
  const journalFile = join(folder, 'journal.jsonl');
  const open = () => new IssuerBooks(contractCards, journalFile, () => new Date('2026-11-23T04:00:00Z'));
  const named = (stan: string) => ({
    terminal: '00000001',
    stan,
    date: '1123',
    rrn: `R${stan}`,
    pan: card.pan,
  });
  const purchase = (stan: string, amountMinor: number, pin: string = card.pin): Transaction => ({
    ...named(stan),
    ...{ kind: 'purchase', amountMinor, pin: Buffer.from(pin) },
  });
  afterEach(() => rmSync(journalFile, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('have written an event before it is answered, without a PIN or a whole card number', () => {
    const books = open();
    assert.equal(books.transact(purchase('000001', 3_000)).result, '00');
    const [line = ''] = readFileSync(journalFile, 'utf8').split('\n');
    const { panHash, ...entry } = JSON.parse(line) as Record<string, unknown>;
    assert.match(String(panHash), /^[0-9a-f]{16}$/);
    assert.deepEqual(entry, {
      at: '2026-11-23T04:00:00.000Z',
      event: 'purchase',
      rrn: 'R000001',
      stan: '000001',
      terminal: '00000001',
      date: '1123',
      panMasked: '622202*********3446',
      amountMinor: 3_000,
      result: '00',
      authorisationCode: '000001',
    });
    assert.ok(!line.includes(card.pin) && !line.includes(card.pan));
  });

  it('are the same after a restart: balances, wrong PINs, what is known, what was reversed unseen', () => {
    const before = open();
    before.transact(purchase('000001', 3_000));
    before.transact(purchase('000002', 5_000));
    before.reverse({ ...named('000002'), amountMinor: 5_000 });
    before.reverse({ ...named('000003'), amountMinor: 100 });
    before.transact(purchase('000004', 100, '000000'));
    before.transact(purchase('000005', 100, '000000'));
    const after = open();
    assert.deepEqual(after.accounts, before.accounts);
    assert.equal(after.balanceOf(card.pan), 97_000);
    assert.equal(after.transact(purchase('000001', 3_000)).result, '94');
    assert.equal(after.transact(purchase('000003', 100)).result, '94');
    assert.equal(after.transact(purchase('000006', 100, '000000')).result, '55');
    assert.equal(after.transact(purchase('000007', 100)).result, '75');
    after.reset();
    assert.equal(open().balanceOf(card.pan), 100_000);
    assert.equal(open().transact(purchase('000008', 100)).result, '00');
  });

  it('drop a last line that a kill cut short, and go on behind it', () => {
    open().transact(purchase('000001', 3_000));
    appendFileSync(journalFile, '{"event":"purchase","resu');
    open().transact(purchase('000002', 1_000));
    assert.equal(open().balanceOf(card.pan), 96_000);
  });

  it('do a thing twice when the duplicate check is off, so that a true duplicate shows', () => {
    const books = open();
    books.duplicateCheck = false;
    books.transact(purchase('000001', 3_000));
    books.transact(purchase('000001', 3_000));
    assert.equal(books.balanceOf(card.pan), 94_000);
    assert.deepEqual(
      books.journal.map(({ result }) => result),
      ['00', '00'],
    );
  });

  it('refuse to reverse another amount than was taken', () => {
    const books = open();
    books.transact(purchase('000001', 3_000));
    assert.equal(books.reverse({ ...named('000001'), amountMinor: 2_999 }), '64');
    assert.equal(books.balanceOf(card.pan), 97_000);
  });
});

describe("the issuer host's control port", () => {
  let link: IssuerLink;
  let url: string;
  let control: ReturnType<typeof createControlServer>;
  beforeEach(async () => {
    link = await startIssuerLink();
    control = createControlServer(link.host);
    await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    control.closeAllConnections();
    await new Promise((resolve) => control.close(resolve));
    await link.stop();
  });

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const pay = async () => {
    await until(() => link.bank.available, 'the bank can be reached');
    const trace = await link.bank.nextTrace();
    return link.bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) });
  };

  it('takes faults that fit one payment, shows them, and forgets them', async () => {
    const fault = {
      match: { pan: card.pan, amountMinor: 3_000 },
      fault: 'respond',
      code: '51',
      times: 'always',
    };
    assert.equal((await ask('POST', '/faults', fault)).status, 200);
    assert.equal((await pay()).outcome, 'declined');
    assert.equal((await pay()).outcome, 'declined');
    const shown = (await ask('GET', '/faults')).body as { fault: string; left: unknown }[];
    assert.deepEqual(
      shown.map(({ fault: name, left }) => [name, left]),
      [['respond', 'always']],
    );
    await ask('DELETE', '/faults');
    assert.equal((await pay()).outcome, 'approved');
  });

  it('shows accounts and journal without whole card numbers, and sets them back', async () => {
    await pay();
    const accounts = (await ask('GET', '/accounts')).body as { balanceMinor: number; panMasked: string }[];
    assert.equal(accounts[0]?.balanceMinor, 97_000);
    const journal = await ask('GET', '/journal');
    assert.ok(!JSON.stringify([accounts, journal]).includes(card.pan));
    await ask('POST', '/reset');
    assert.equal(link.host.books.balanceOf(card.pan), 100_000);
  });

  it('changes a card, cuts the link and forgets keys', async () => {
    await ask('PUT', '/accounts', { cards: [{ ...card, balanceMinor: 100 }] });
    assert.equal((await pay()).outcome, 'declined');
    await ask('POST', '/link', { down: true });
    await until(() => !link.bank.available, 'the line is cut');
    await ask('POST', '/link', { down: false });
    await until(() => link.bank.available, 'the line is back');
    await ask('POST', '/forget-keys');
    const answer = await pay();
    assert.ok(answer.outcome === 'declined' && answer.responseCode === '77');
    assert.ok((await ask('GET', '/counts')).status === 200);
  });

  it('refuses what it does not understand, and says why', async () => {
    assert.equal((await ask('POST', '/faults', { fault: 'explode' })).status, 400);
    assert.equal((await ask('POST', '/faults', { fault: 'garbage', tiems: 2 })).status, 400);
    assert.equal((await ask('PUT', '/accounts', { cards: [{ pan: '1' }] })).status, 400);
    assert.equal((await ask('GET', '/nothing')).status, 404);
  });
});
