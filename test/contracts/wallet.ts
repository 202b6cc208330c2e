import assert from 'node:assert/strict';
import type { BankCard, Pan } from '../../src/bank/bank.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { Secret } from '../../src/secret.js';
import type { Attempts } from '../../src/wallet/attempts.js';
import type { Wallet, WalletCard } from '../../src/wallet/wallet.js';

type BindingWallet = Wallet & { bind(phone: string, card: BankCard): Promise<WalletCard> };
/** A wallet that locks a card at the second wrong PIN, and for strangers at their first. */
type World = {
  readonly wallet: BindingWallet;
  readonly attempts: Attempts;
  readonly subjectOf: (card: BankCard) => string;
};

const first = { pan: '6222020200112233446' as Pan, expiry: '4912' };
const second = { pan: '6200580000000000016' as Pan };
const never = { pan: '6299990200112239999' as Pan };
const day = 86_400_000;

/** The behaviour that calls rely on, whichever wallet it is. `newPhone` gives a phone never used before. */
export function describeWallet(name: string, start: () => Promise<World>): void {
  describe(`${name} as a wallet`, () => {
    let wallet: BindingWallet;
    let attempts: Attempts;
    let subjectOf: World['subjectOf'];
    let next = 13_000_000_000;
    const newPhone = () => String(next++);
    const keyed = (digits: string) => new Secret('card-number', Buffer.from(digits));

    beforeEach(async () => {
      ({ wallet, attempts, subjectOf } = await start());
    });

    it('remembers the language and the pace that a phone chose last, each by itself, and none before', async () => {
      const phone = newPhone();
      assert.deepEqual(await wallet.preferencesOf(phone), { language: undefined, pace: undefined });
      const [one, other] = languageCodes;
      await wallet.rememberLanguage(phone, one);
      await wallet.rememberLanguage(phone, other ?? one);
      assert.deepEqual(await wallet.preferencesOf(phone), { language: other, pace: undefined });
      await wallet.rememberPace(phone, 'slow');
      assert.deepEqual(await wallet.preferencesOf(phone), { language: other, pace: 'slow' });
      const another = newPhone();
      await wallet.rememberPace(another, 'slow');
      await wallet.rememberPace(another, 'normal');
      assert.deepEqual(await wallet.preferencesOf(another), { language: undefined, pace: 'normal' });
    });

    it('takes a language that is not spoken, any more or here, as none chosen', async () => {
      const phone = newPhone();
      await wallet.rememberPace(phone, 'slow');
      await wallet.rememberLanguage(phone, 'xx');
      assert.deepEqual(await wallet.preferencesOf(phone), { language: undefined, pace: 'slow' });
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

    it('knows to which phones a card is bound', async () => {
      const phone = newPhone();
      const { cardId } = await wallet.bind(phone, first);
      assert.equal(await wallet.isBound(phone, cardId), true);
      assert.equal(await wallet.isBound(newPhone(), cardId), false);
      assert.equal(await wallet.isBound(phone, 'no card'), false);
    });

    it('takes a keyed number as the card it is, without binding it', async () => {
      const phone = newPhone();
      const bound = await wallet.bind(newPhone(), first);
      const recognised = await wallet.recognise(keyed(first.pan), phone);
      assert.ok(recognised);
      assert.equal(recognised.card.cardId, bound.cardId);
      assert.equal(recognised.unproven, undefined);
      assert.deepEqual(await wallet.cardsOf(phone), []);
    });

    it('keeps a number that nobody has proven nowhere, until a payment needs it, and then as one card', async () => {
      const recognised = await wallet.recognise(keyed(never.pan), newPhone());
      const again = await wallet.recognise(keyed(never.pan), newPhone());
      assert.ok(recognised?.unproven !== undefined && again?.unproven !== undefined);
      assert.equal(recognised.card.lastFour, '9999');
      await assert.rejects(wallet.bankCard(recognised.card.cardId));
      assert.deepEqual(wallet.openUnproven(recognised.unproven), never);
      const kept = await wallet.keepUnproven(recognised.unproven);
      assert.equal(await wallet.keepUnproven(again.unproven), kept);
      assert.deepEqual(await wallet.bankCard(kept), never);
      assert.ok((await wallet.recognise(keyed(never.pan), undefined))?.unproven, 'it is still not proven');
      await wallet.prove(recognised.unproven);
      const known = await wallet.recognise(keyed(never.pan), undefined);
      assert.deepEqual([known?.card.cardId, known?.unproven], [kept, undefined]);
      assert.equal(await wallet.keepUnproven(again.unproven), kept);
    });

    for (const [what, digits] of [
      ['a wrong check digit', '6222020200112233445'],
      ['too few digits', '622202020013'],
      ['too many digits', '62220202001122334460'],
      ['an issuer that is not served', '4111111111111111'],
    ] as const) {
      it(`refuses a keyed number with ${what}`, async () => {
        assert.equal(await wallet.recognise(keyed(digits), undefined), undefined);
      });
    }

    it('leaves a number without a check digit to its issuer where the prefix says so', async () => {
      const recognised = await wallet.recognise(keyed('6299990200112233445'), undefined);
      assert.equal(recognised?.card.lastFour, '3445');
    });

    it('shows a card as locked when its PIN was wrong too often, from whatever phone, and only that card', async () => {
      const [phone, otherPhone] = [newPhone(), newPhone()];
      const card = { pan: '6228480012345678903' as Pan };
      const { cardId } = await wallet.bind(phone, card);
      await wallet.bind(otherPhone, card);
      const { cardId: bystander } = await wallet.bind(otherPhone, second);
      const wrong = {
        scope: 'pin-card' as const,
        subject: subjectOf(card),
        limit: 2,
        windowMs: day,
        from: 'last' as const,
      };
      await attempts.count([], [wrong]);
      assert.equal((await wallet.cardsOf(phone))[0]?.locked, false);
      await attempts.count([], [wrong]);
      const seen = await wallet.cardsOf(otherPhone);
      assert.deepEqual(
        seen.map((each) => [each.cardId, each.locked]),
        [
          [cardId, true],
          [bystander, false],
        ],
      );
    });

    it('shows a card as locked to strangers only, when only theirs were wrong, and alike whether it is known', async () => {
      const phone = newPhone();
      const known = { pan: '6227000055556666771' as Pan };
      await wallet.bind(phone, known);
      for (const card of [known, { pan: '6225881314159265350' as Pan }]) {
        const scope = 'pin-card-stranger' as const;
        await attempts.count(
          [],
          [{ scope, subject: subjectOf(card), limit: 1, windowMs: day, from: 'last' as const }],
        );
        assert.equal((await wallet.recognise(keyed(card.pan), newPhone()))?.card.locked, true);
        assert.equal((await wallet.recognise(keyed(card.pan), undefined))?.card.locked, true);
      }
      assert.equal((await wallet.recognise(keyed(known.pan), phone))?.card.locked, false);
      assert.equal((await wallet.cardsOf(phone))[0]?.locked, false);
    });
  });
}
