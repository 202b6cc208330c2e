import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { money } from '../../src/money.js';
import { catalogue } from '../../src/services/catalogue.js';
import { catalogueFaults, type Service, saleNamed } from '../../src/services/service.js';

const { services } = catalogue;
const providers = [...new Set(services.flatMap(({ sale }) => sale?.provider ?? []))];

function serviceNamed(id: string): Service {
  const service = services.find((each) => each.id === id);
  assert.ok(service !== undefined, id);
  return service;
}

describe('the catalogue of services', () => {
  it('has no fault', () => {
    assert.deepEqual(catalogueFaults(services, providers), []);
  });

  it('names each fault of a service: its place, its id, its provider, its amounts, its prompts', () => {
    const recharge = serviceNamed('recharge');
    const { sale } = recharge;
    assert.ok(sale !== undefined);
    for (const [changed, fault] of [
      [{ path: '3' }, 'recharge: the menu place 3 is taken by bill'],
      [{ id: 'bill' }, 'the id bill is taken by'],
      [{ path: '31' }, 'recharge: the menu place 31 lies behind bill, which is no menu'],
      [{ path: '20' }, 'recharge: a menu place is one to four digits from 1 to 9'],
      [{ id: 'Recharge' }, 'an id is made of up to 16 small letters'],
      [{ sale: { ...sale, provider: 'nobody' } }, 'recharge: the provider nobody is not configured'],
      [
        { sale: { ...sale, amount: { ...sale.amount, stepMinor: 0 } } },
        'recharge: its least, greatest and step',
      ],
      [
        { prompts: { questions: {}, statements: { 'bill.stray': {} } } },
        'recharge: its prompts must be called recharge.',
      ],
    ] as const) {
      const list = [serviceNamed('bill'), { ...recharge, ...changed }];
      const faults = catalogueFaults(list, providers);
      assert.ok(
        faults.some((each) => each.includes(fault)),
        `${fault}\n${faults.join('\n')}`,
      );
    }
  });

  it('checks details by the schema of their service, and names the field that does not fit', () => {
    for (const { id, sale } of services) {
      if (sale !== undefined) {
        const read = sale.read({ phone: '1380013800', extra: true });
        assert.ok(read.outcome === 'invalid', id);
        assert.ok(read.faults.every(({ message }) => message !== ''));
      }
    }
    const read = serviceNamed('recharge').sale?.read({ phone: '12' });
    assert.ok(read?.outcome === 'invalid');
    assert.deepEqual(read.faults[0]?.path, ['phone']);
    assert.deepEqual(serviceNamed('recharge').sale?.read({ phone: '13800138000' }), {
      outcome: 'read',
      details: { phone: '13800138000' },
      subject: '13800138000',
    });
  });

  it('takes no landline for a payment any more, and still tells of one that was paid for it before', () => {
    const details = { phone: '07551234567' };
    for (const id of ['recharge', 'bill']) {
      const { sale } = serviceNamed(id);
      assert.equal(sale?.read(details).outcome, 'invalid', id);
      assert.deepEqual(
        sale.purchase({ details, amount: money(5_000), callerPhone: undefined }).details,
        details,
      );
    }
  });

  it('makes no purchase of details that do not fit, and none of a service that is not sold', () => {
    const amount = money(5_000);
    const sale = saleNamed(catalogue, 'bill');
    assert.throws(() => sale.purchase({ details: { phone: 7 }, amount, callerPhone: undefined }));
    assert.throws(() => saleNamed(catalogue, 'card-balance'), /no service card-balance is sold/);
    assert.throws(() => saleNamed(catalogue, 'teletext'), /no service teletext is sold/);
  });

  it('speaks of the phone that calls as this phone, and of another by its number', () => {
    const amount = money(5_000);
    const details = { phone: '13800138000' };
    const sale = saleNamed(catalogue, 'recharge');
    const own = sale.purchase({ details, amount, callerPhone: '13800138000' }).words.readBack[0];
    const other = sale.purchase({ details, amount, callerPhone: undefined }).words.readBack[0];
    assert.deepEqual(own?.values?.['phone'], { as: 'phone', digits: '13800138000', own: true });
    assert.deepEqual(other?.values?.['phone'], { as: 'phone', digits: '13800138000' });
  });

  it('lists every folder of services, and nothing else', () => {
    const folder = join(import.meta.dirname, '../../src/services');
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), services.map(({ id }) => id).sort());
    for (const { name } of folders) {
      assert.match(readFileSync(join(folder, name, 'service.ts'), 'utf8'), new RegExp(`id: '${name}'`));
    }
  });
});
