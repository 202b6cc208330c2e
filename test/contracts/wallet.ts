import assert from 'node:assert/strict';
import type { BankCard, Pan } from '../../src/bank/bank.js';
import { Secret } from '../../src/secret.js';
import type { Wallet, WalletCard } from '../../src/wallet/wallet.js';

type BindingWallet = Wallet & { bind(phone: string, card: BankCard): Promise<WalletCard> };

const first = { pan: '6222020200112233446' as Pan, expiry: '4912' };
const second = { pan: '6200580000000000016' as Pan };

/** The behaviour that calls rely on, whichever wallet it is. `newPhone` gives a phone never used before. */
export function describeWallet(name: string, start: () => Promise<BindingWallet>): void {
  describe(`${name} as a wallet`, () => {
    let wallet: BindingWallet;
    let next = 13_000_000_000;
    const newPhone = () => String(next++);
    const keyed = (digits: string) => new Secret('card-number', Buffer.from(digits));

    beforeEach(async () => {
      wallet = await start();
    });

    it('remembers the language and the pace that a phone chose last, each by itself, and none before', async () => {
      const phone = newPhone();
      assert.deepEqual(await wallet.preferencesOf(phone), { language: undefined, pace: undefined });
      await wallet.rememberLanguage(phone, 'en');
      await wallet.rememberLanguage(phone, 'zh');
      assert.deepEqual(await wallet.preferencesOf(phone), { language: 'zh', pace: undefined });
      await wallet.rememberPace(phone, 'slow');
      assert.deepEqual(await wallet.preferencesOf(phone), { language: 'zh', pace: 'slow' });
      const other = newPhone();
      await wallet.rememberPace(other, 'slow');
      await wallet.rememberPace(other, 'normal');
      assert.deepEqual(await wallet.preferencesOf(other), { language: undefined, pace: 'normal' });
    });

    it('lists the cards of a phone in the order they were bound, each once', async () => {
      const phone = newPhone();
      await wallet.bind(phone, second);
      await wallet.bind(phone, first);
      await wallet.bind(phone, second);
      const cards = await wallet.cardsOf(phone);
      assert.deepEqual(
        cards.map((card) => card.lastFour),
        ['0016', '3446'],
      );
      assert.deepEqual(await wallet.cardsOf(newPhone()), []);
    });

    it('gives the bank the very number and expiry that were bound', async () => {
      const { cardId } = await wallet.bind(newPhone(), first);
      assert.deepEqual(await wallet.bankCard(cardId), first);
    });

    it('takes a keyed number as the card it is, without binding it', async () => {
      const phone = newPhone();
      const bound = await wallet.bind(newPhone(), first);
      const admitted = await wallet.admitCardNumber(keyed(first.pan));
      assert.equal(admitted?.cardId, bound.cardId);
      assert.deepEqual(await wallet.cardsOf(phone), []);
    });

    for (const [what, digits] of [
      ['a wrong check digit', '6222020200112233445'],
      ['too few digits', '622202020013'],
      ['too many digits', '62220202001122334460'],
      ['an issuer that is not served', '4111111111111111'],
    ] as const) {
      it(`refuses a keyed number with ${what}`, async () => {
        assert.equal(await wallet.admitCardNumber(keyed(digits)), undefined);
      });
    }

    it('locks a card at the third wrong PIN, from whatever phone, and only that card', async () => {
      const [phone, otherPhone] = [newPhone(), newPhone()];
      const { cardId } = await wallet.bind(phone, first);
      await wallet.bind(otherPhone, first);
      const { cardId: bystander } = await wallet.bind(otherPhone, second);
      await wallet.clearWrongPins(cardId);
      assert.equal(await wallet.countWrongPin(cardId), 2);
      assert.equal(await wallet.countWrongPin(cardId), 1);
      assert.equal((await wallet.cardsOf(phone))[0]?.locked, false);
      assert.equal(await wallet.countWrongPin(cardId), 0);
      const seen = await wallet.cardsOf(otherPhone);
      assert.deepEqual(
        seen.map((card) => [card.cardId, card.locked]),
        [
          [cardId, true],
          [bystander, false],
        ],
      );
      await wallet.clearWrongPins(cardId);
    });

    it('forgets wrong PINs after a right one', async () => {
      const { cardId } = await wallet.bind(newPhone(), first);
      await wallet.countWrongPin(cardId);
      await wallet.clearWrongPins(cardId);
      assert.equal(await wallet.countWrongPin(cardId), 2);
      await wallet.clearWrongPins(cardId);
    });
  });
}
