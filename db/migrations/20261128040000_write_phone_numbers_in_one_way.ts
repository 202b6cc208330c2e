import type { Knex } from 'knex';
import { mainlandChina, parsePhoneNumber } from '../../src/phone-number.js';

/**
 * Callers' numbers were kept as the network wrote them: one customer had a phone, cards and limits for each spelling.
 * What is another country's cannot be told any more, because its + was not kept; it stays as it is.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['calls', 'payments']) {
    const numbers = await knex(table)
      .distinct('caller_number')
      .where('caller_number', 'like', '86%')
      .orWhere('caller_number', 'like', '0%')
      .pluck<string[]>('caller_number');
    for (const { number, within } of numbers.flatMap(otherWithin)) {
      await knex(table).where({ caller_number: number }).update({ caller_number: within });
    }
  }
  const phones = await knex('phones').orderBy('number').pluck<string[]>('number');
  for (const { number, within } of phones.flatMap(otherWithin)) {
    await joinPhones(knex, number, within);
  }
  for (const number of phones.filter((each) => parsePhoneNumber(each, mainlandChina) === undefined)) {
    const cards = await knex('phone_cards').where({ phone: number }).pluck<string[]>('card_id');
    // An extension is no customer; one to whom a card was bound is left to people.
    if (cards.length === 0) {
      await knex('phones').where({ number }).delete();
    }
  }
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}

function otherWithin(number: string): { number: string; within: string }[] {
  const within = parsePhoneNumber(number, mainlandChina);
  return within === undefined || within === number ? [] : [{ number, within }];
}

/** Gives the phone's cards, in their order, and its choices to the one that is the same; what that chose counts. */
async function joinPhones(knex: Knex, number: string, within: string): Promise<void> {
  const [old] = await knex<Record<string, unknown>>('phones').where({ number }).select();
  await knex('phones')
    .insert({ ...old, number: within })
    .onConflict('number')
    .ignore();
  const bound = await knex('phone_cards')
    .where({ phone: within })
    .select<{ card_id: string; position: number }[]>('card_id', 'position');
  const cards = await knex('phone_cards')
    .where({ phone: number })
    .orderBy('position')
    .select<{ card_id: string }[]>('card_id');
  let position = Math.max(0, ...bound.map((row) => row.position));
  for (const { card_id } of cards.filter((card) => !bound.some((row) => row.card_id === card.card_id))) {
    position += 1;
    await knex('phone_cards').insert({ phone: within, card_id, position });
  }
  await knex('phone_cards').where({ phone: number }).delete();
  await knex('phones').where({ number }).delete();
}
