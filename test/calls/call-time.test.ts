import assert from 'node:assert/strict';
import type { Language } from '../../src/dialogue/line.js';
import { languageCodes as languages } from '../../src/languages/catalogue.js';
import { callLab } from './harness/call-lab.js';
import { type Caller, dial, keyFillerMs } from './harness/caller.js';
import { wantsNothingElse } from './harness/journey.js';
import { sideBySideAlone } from './harness/side-by-side.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

/** From the answer to the end of the result, without what the bank and the carrier take. */
const rechargeWithinMs = 15_000;
const firstChoiceWithinMs = 4_000;
/** A silence within a recording as long as this is the end of a sentence. */

describe('calls: what a caller’s time is spent on', () => {
  const lab = callLab();
  async function callsAsKnown(language: Language) {
    const customer = await lab.customers.create({ language });
    return { ...customer, caller: await dial(lab, { from: customer.phone, language }) };
  }

  /** Keys 2 1 50 #, hears what to confirm, keys 1 and the PIN without waiting for the words, hears the result. */
  async function rechargesByTypeAhead(language: Language): Promise<void> {
    const { phone, card, caller } = await callsAsKnown(language);
    caller.mightHear(['welcome', ...mainMenu(language)]);
    caller.mightHear(menus.whoseRecharge);
    caller.mightHear(['recharge.ask-amount']);
    await caller.presses('2150#');
    const [readBack, cardReadBack, ...choices] = spoken.confirm('recharge', 5_000, thisPhone, card);
    assert.ok(readBack !== undefined && cardReadBack !== undefined);
    await caller.hears([readBack, cardReadBack]);
    caller.mightHear(choices);
    await caller.presses('1');
    caller.mightHear(['pin.ask']);
    await caller.presses(card.pin);
    const pinEndedAtMs = caller.lastKeyEndedAtMs;
    await caller.hears('wait.one-moment');
    const { rrn } = await lab.records.paymentIn('completed', phone);
    await caller.hears([...spoken.paid('recharge', 5_000, rrn), 'next.text-message']);
    const { beganAtMs, endedAtMs } = caller.lastLine;
    await wantsNothingElse(caller);
    const banksMs = beganAtMs - pinEndedAtMs;
    const heardMs = endedAtMs - caller.answeredAtMs - banksMs;
    // Keys were ordered three times; no phone but SIPp waits before it sends them.
    const callMs = heardMs - 3 * keyFillerMs;
    console.log(
      `      a recharge by type-ahead takes ${(callMs / 1000).toFixed(1)} s of call time ` +
        `(${(heardMs / 1000).toFixed(1)} s with the filler before SIPp's keys), and ` +
        `${(banksMs / 1000).toFixed(1)} s from the PIN to the result (${language})`,
    );
    assert.ok(callMs < rechargeWithinMs, `${callMs} ms`);
  }

  async function hearsFirstChoice(language: Language): Promise<void> {
    const { phone, caller } = await callsAsKnown(language);
    await caller.hears('welcome');
    const [first] = mainMenu(language);
    assert.ok(first !== undefined);
    await caller.hears(first);
    const heardMs = caller.lastLine.endedAtMs - caller.answeredAtMs;
    await hangsUp(caller, phone);
    console.log(
      `      the first choice is heard ${(heardMs / 1000).toFixed(1)} s after the answer (${language})`,
    );
    assert.ok(heardMs > 1_500 && heardMs < firstChoiceWithinMs, `${heardMs} ms`);
  }

  /** Chooses the slow pace, hears all of the next call slowly, and chooses the normal one again. */
  async function choosesPace(language: Language): Promise<void> {
    const { phone, caller } = await callsAsKnown(language);
    await caller.hearsBeginningOf(['welcome', ...mainMenu(language)]);
    await caller.presses('9');
    caller.pace = 'slow';
    await caller.hears(['pace.slow', ...mainMenu(language)]);
    await hangsUp(caller, phone);
    const next = await dial(lab, { from: phone, language });
    next.pace = 'slow';
    await next.hears(['welcome', ...mainMenu(language)]);
    await next.presses('9');
    next.pace = 'normal';
    await next.hears(['pace.normal', ...mainMenu(language)]);
    await next.hangsUp();
    await lab.records.endedCallsOf(phone, 2);
  }

  async function hangsUp(caller: Caller, phone: string): Promise<void> {
    await caller.hangsUp();
    await lab.records.endedCallOf(phone);
  }

  const testsIn = (language: Language) => ({
    [`a known caller hears the first choice within 4 seconds (${language})`]: () =>
      hearsFirstChoice(language),
    [`a known caller recharges by type-ahead within 15 seconds, but for the bank (${language})`]: () =>
      rechargesByTypeAhead(language),
    [`key 9 of the main menu changes the pace, for the next calls too (${language})`]: () =>
      choosesPace(language),
  });
  sideBySideAlone(Object.fromEntries(languages.flatMap((language) => Object.entries(testsIn(language)))));
});
