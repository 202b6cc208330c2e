import assert from 'node:assert/strict';
import { up } from '../../db/migrations/20261128040000_write_phone_numbers_in_one_way.js';
import { withDatabase } from '../support/database.js';

describe('the migration that writes telephone numbers in one way', () => {
  const test = withDatabase();

  it('makes one customer of each spelling, keeps cards and choices, and drops extensions', async () => {
    const at = new Date();
    const phone = (number: string, language: string | null) => ({
      number,
      language,
      pace: null,
      updated_at: at,
    });
    await test
      .admin('phones')
      .insert([
        phone('13800138000', 'zh'),
        phone('8613800138000', 'en'),
        phone('013900139000', 'en'),
        phone('13700137000', null),
        phone('8000', 'en'),
        phone('14155550100', null),
      ]);
    const bound = (number: string, card: string, position: number) => ({
      phone: number,
      card_id: card,
      position,
    });
    await test
      .admin('phone_cards')
      .insert([
        bound('13800138000', 'a', 1),
        bound('8613800138000', 'a', 1),
        bound('8613800138000', 'b', 2),
        bound('013900139000', 'c', 1),
      ]);
    const call = (id: string, number: string | null) => ({
      ...{ id, channel_id: id, caller_number: number, service_number: '12580', application: 'x' },
      entry: 'direct',
      started_at: at,
    });
    await test
      .admin('calls')
      .insert([call('1', '8613800138000'), call('2', '075512345678'), call('3', null)]);
    await up(test.admin);
    await up(test.admin);
    const phones = await test
      .admin('phones')
      .orderBy('number')
      .select<{ number: string; language: string | null }[]>('number', 'language');
    assert.deepEqual(
      phones.map(({ number, language }) => [number, language]),
      [
        ['13700137000', null],
        ['13800138000', 'zh'],
        ['13900139000', 'en'],
        ['14155550100', null],
      ],
    );
    const cards = await test
      .admin('phone_cards')
      .orderBy(['phone', 'position'])
      .select<{ phone: string; card_id: string; position: number }[]>('phone', 'card_id', 'position');
    assert.deepEqual(
      cards.map(({ phone: number, card_id, position }) => [number, card_id, position]),
      [
        ['13800138000', 'a', 1],
        ['13800138000', 'b', 2],
        ['13900139000', 'c', 1],
      ],
    );
    assert.deepEqual(await test.admin('calls').orderBy('id').pluck<(string | null)[]>('caller_number'), [
      '13800138000',
      '75512345678',
      null,
    ]);
  });
});
