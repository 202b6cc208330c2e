import assert from 'node:assert/strict';
import type { BankTrace } from '../../src/bank/bank.js';
import { ascii1987Profile } from '../../src/bank/iso8583/profiles/ascii-1987.js';
import { signOnMessage } from '../../src/bank/network-messages.js';
import { chinaTime } from '../../src/bank/terminal-time.js';
import { reversalMessage } from '../../src/bank/transaction-messages.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import type { IndependentLink } from '../support/independent-host/independent-link.js';
import { startIndependentLink } from '../support/independent-host/independent-link.js';
import { until } from '../support/until.js';

const [card] = contractCards;
const terminal = {
  terminalId: '00000001',
  merchantId: '898310041120001',
  acquirerId: '48110000',
  ...chinaTime,
};

describe('the batch number of the bank', () => {
  let link: IndependentLink;
  afterEach(() => link.stop());

  const pay = async (): Promise<BankTrace> => {
    const trace = await link.bank.nextTrace();
    const request = { trace, card: bankCard(card), pin: pinOf(card.pin), amount: yuan(30) };
    assert.equal((await link.bank.purchase(request)).outcome, 'approved');
    return trace;
  };

  it('is the one of the sign-in’s answer in all that is sent, and of the original in a reversal', async () => {
    link = await startIndependentLink({ timing: { echoIdleMs: 30 } }, (host) =>
      host.once('sign-in', { fields: { 60: '00004711003' } }),
    );
    const trace = await pay();
    assert.equal(trace.batchNumber, '004711');
    assert.equal(link.host.of('purchase')[0]?.fields[60], '22004711000');
    await until(() => link.host.of('echo').length > 0, 'an echo');
    assert.equal(link.host.of('echo')[0]?.fields[60], '00004711301');
    // A new sign-in gives another batch; the reversal still names the one of its original.
    link.host.once('sign-in', { fields: { 60: '00004712003' } });
    link.host.once('echo', { fields: { 39: '77' } });
    await until(() => link.line.counts.signOns === 2 && link.bank.available, 'the second sign-in');
    assert.equal(link.host.of('sign-in')[1]?.fields[60], '00004711003');
    await link.bank.reverse({ original: trace, card: bankCard(card), amount: yuan(30), attempt: 0 });
    const [reversal = assert.fail()] = link.host.of('reversal');
    assert.equal(reversal.fields[60], '22004711000');
    assert.match(
      reversal.fields[61] ?? '',
      new RegExp(`^004711${String(trace.stan).padStart(6, '0')}\\d{4}$`),
    );
    assert.equal((await pay()).batchNumber, '004712');
  });

  for (const [what, field] of [
    ['gives none', undefined],
    ['gives zeros', '00000000003'],
    ['writes what is no batch', '0012'],
  ] as const) {
    it(`is the business day when the bank ${what}`, async () => {
      link = await startIndependentLink({}, (host) => host.on('sign-in', { fields: { 60: field } }));
      const trace = await pay();
      assert.equal(trace.batchNumber, undefined);
      const local = new Date(trace.transmittedAt.getTime() + 8 * 3_600_000).toISOString();
      const day = `${local.slice(2, 4)}${local.slice(5, 7)}${local.slice(8, 10)}`;
      assert.equal(link.host.of('purchase')[0]?.fields[60], `22${day}000`);
    });
  }
});

describe('field 7 of ISO 8583:1987', () => {
  const original: BankTrace = {
    terminalId: '00000001',
    stan: 7,
    rrn: '000000000007',
    transmittedAt: new Date('2026-11-27T23:59:58Z'),
  };

  it('is when a sign-in is sent, in UTC', () => {
    assert.equal(signOnMessage(ascii1987Profile, terminal, original).fields[7], '1127235958');
  });

  it('is a reversal’s own, each time it is sent; 12, 13 and 90 are its original’s', () => {
    const request = { original, card: bankCard(card), amount: yuan(30) };
    const sentAt = (attempt: number, at: string) =>
      reversalMessage(ascii1987Profile, terminal, { ...request, attempt }, new Date(at)).fields;
    const first = sentAt(0, '2026-11-28T00:00:20Z');
    assert.deepEqual([first[7], first[12], first[13]], ['1128000020', '075958', '1128']);
    assert.equal(first[90], `0200000007112723595800048110000${'0'.repeat(11)}`);
    const again = sentAt(1, '2026-11-28T00:01:20Z');
    assert.deepEqual(
      [again[7], again[12], again[13], again[90]],
      ['1128000120', first[12], first[13], first[90]],
    );
  });
});
