import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { callLab, labSetting } from './harness/call-lab.js';
import {
  answersInTurn,
  callsIn,
  confirmsWithPin,
  keysPin,
  ordersRecharge,
  wantsNothingElse,
} from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import { menus, spoken } from './harness/spoken.js';

/** Digits that appear in nothing else that the lab writes down. */
const rightPin = '739146';
const wrongPin = '618273';

describe('calls: secrets', () => {
  const lab = callLab();

  sideBySide({
    'a PIN or a card number that was keyed appears in no log, table, journal or record': async () => {
      assert.equal(
        labSetting('WALLETLINE_LOG_LEVEL'),
        'debug',
        'the search must be at the most talkative level',
      );
      const customer = await lab.customers.create({ pin: rightPin });
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 15, card, phone });
      await confirmsWithPin(caller, wrongPin);
      await caller.hears([spoken.wrongPin(1), 'pin.ask']);
      await caller.presses(rightPin);
      await caller.hears('wait.one-moment');
      const payment = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 1_500, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);

      const [keyed] = (await lab.customers.create({ pin: rightPin })).cards;
      assert.ok(keyed);
      const stranger = await lab.customers.create({ cards: 0 });
      const second = await callsIn(lab, stranger);
      await second.presses('1');
      await answersInTurn(second, [menus.balances, '1'], ['card.ask-number', `${keyed.pan}#`]);
      await keysPin(second, rightPin);
      await second.hears(spoken.cardBalance(keyed.balanceMinor, keyed));
      await wantsNothingElse(second);
      await lab.records.endedCallOf(stranger.phone);

      const places: Record<string, string> = {
        "the app's log": readFileSync(labSetting('WALLETLINE_APP_LOG'), 'utf8'),
        'the tables': await lab.records.allText(),
        "the bank's journal": lab.bank.journalText(),
        "the carrier's journal": lab.carrier.journalText(),
      };
      // The search must be able to find something: what may be seen is there.
      assert.ok(places['the tables']?.includes(payment.rrn));
      assert.ok(places["the app's log"]?.includes('call ended'));
      for (const [where, text] of Object.entries(places)) {
        for (const secret of [rightPin, wrongPin, card.pan, keyed.pan]) {
          assert.equal(
            occurrences(text, secret),
            0,
            `${where}: a secret of ${secret.length} digits was found`,
          );
          // As bytes of text in hexadecimal, in case a message was dumped.
          const hex = Buffer.from(secret, 'ascii').toString('hex');
          assert.equal(
            occurrences(text, hex),
            0,
            `${where}: a secret of ${secret.length} digits, in hexadecimal`,
          );
          const spaced = [...Array.from(secret)].join(' ');
          assert.equal(occurrences(text, spaced), 0, `${where}: a secret of ${secret.length} digits, spaced`);
        }
      }
    },
  });
});

/** How often the digits stand by themselves: not as a part of a longer row of digits. */
function occurrences(text: string, digits: string): number {
  return [...text.matchAll(new RegExp(`(?<![0-9a-fA-F.])${digits}(?![0-9a-fA-F])`, 'g'))].length;
}
