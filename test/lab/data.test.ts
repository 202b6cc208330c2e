import assert from 'node:assert/strict';
import { carrierAccounts, issuerAccounts, labCards, labPhones } from '../../lab/data.js';

describe("the lab's data", () => {
  it('is what the service promises to whoever drives calls with it', () => {
    const cardOf = (pan: string) => labCards.find((card) => card.pan === pan);
    const seen = labPhones.map(({ phone, language, cards, balanceMinor, dueMinor }) =>
      [
        phone,
        language ?? '-',
        cards.map((pan) => `${pan}/${cardOf(pan)?.pin ?? ''}/${cardOf(pan)?.balanceMinor ?? ''}`).join(' '),
        balanceMinor,
        dueMinor,
      ].join(' '),
    );
    assert.deepEqual(seen, [
      '13800138000 en 6222020200112233446/135790/100000 1250 8640',
      '13900139000 zh 6228480012345678903/135790/500 320 0',
      '13700137000 en 6225881314159265350/135790/30000 100 4500',
      '13600136000 en 6200580000000000016/112233/8000 6227000055556666771/445566/250000 999 12000',
      '18600186000 -  0 2000',
    ]);
    const bound = labPhones.flatMap(({ cards }) => cards);
    assert.deepEqual(
      labCards
        .filter(({ pan }) => !bound.includes(pan))
        .map(({ pan, pin, balanceMinor }) => [pan, pin, balanceMinor]),
      [['6217001234567890122', '864209', 2_000_000]],
    );
  });

  it('has one expired card, and the others good for many years', () => {
    const expired = labCards.filter(({ expiry }) => expiry < '2600').map(({ pan }) => pan);
    assert.deepEqual(expired, ['6225881314159265350']);
    assert.ok(labCards.every(({ expiry }) => /^\d\d(0[1-9]|1[0-2])$/.test(expiry)));
    assert.ok(labCards.every(({ pan, expiry }) => expired.some((one) => one === pan) || expiry >= '4000'));
  });

  it('gives the bank the cards, and the carrier the phones, and neither what is the other’s', () => {
    const { cards } = JSON.parse(issuerAccounts()) as { cards: object[] };
    assert.equal(cards.length, labCards.length);
    assert.deepEqual(cards[0], {
      pan: '6222020200112233446',
      pin: '135790',
      expiry: '4912',
      balanceMinor: 100_000,
    });
    const { phones } = JSON.parse(carrierAccounts()) as { phones: object[] };
    assert.equal(phones.length, labPhones.length);
    assert.deepEqual(phones[0], { phone: '13800138000', balanceMinor: 1_250, dueMinor: 8_640 });
  });
});
