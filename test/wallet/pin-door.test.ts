import assert from 'node:assert/strict';
import type { Pan } from '../../src/bank/bank.js';
import { yuan } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import type { AttemptScope } from '../../src/wallet/attempts.js';
import type { PinRequest } from '../../src/wallet/pin-door.js';
import type { PinLimits } from '../../src/wallet/pin-limits.js';
import { FakeAttempts } from '../support/fake-attempts.js';
import { FakeBank } from '../support/fake-bank.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeWallet } from '../support/fake-wallet.js';
import { pinDoor } from '../support/pin-door.js';
import { RecordedLog } from '../support/recorded-log.js';

const pan = '6222020200112233446' as Pan;
const rightPin = '135790';
const owner = '13800138000';
const day = 86_400_000;

async function start(limits: Partial<PinLimits> = {}) {
  const clock = new FakeClock();
  const attempts = new FakeAttempts(clock);
  const more = Array.from({ length: 40 }, (_, index) => `62220202001122${String(index).padStart(5, '0')}`);
  const bank = new FakeBank({
    clock,
    cards: [pan, ...more].map((each) => ({ pan: each, pin: rightPin, balanceMinor: 100_000 })),
  });
  const wallet = new FakeWallet(attempts);
  const { cardId } = await wallet.bind(owner, { pan });
  const log = new RecordedLog();
  const alarms: AttemptScope[] = [];
  const refusals: AttemptScope[] = [];
  const door = pinDoor({
    ...{ bank, attempts, clock, wait: clock.wait, wallet, limits, log },
    onAlarm: (scope) => alarms.push(scope),
    onRefusal: (scope) => refusals.push(scope),
  });
  const request = (pin: string, from: string | undefined, other: Partial<PinRequest> = {}): PinRequest => ({
    ...{ cardId, card: { pan }, keepsCard: true, callerNumber: from },
    pin: new Secret('card-pin', Buffer.from(pin)),
    ...other,
  });
  /** Tries a PIN with a purchase; returns what the caller may be told. */
  const tries = async (pin: string, from: string | undefined, other: Partial<PinRequest> = {}) => {
    const reserved = await door.reserve(request(pin, from, other));
    if ('outcome' in reserved) {
      return `refused: ${reserved.reason}`;
    }
    const { answer, told } = await reserved.purchase({ trace: await bank.nextTrace(), amount: yuan(1) });
    if (told === undefined) {
      return answer.outcome;
    }
    return told.outcome === 'declined' ? `declined: ${told.reason}` : `wrong, ${told.triesLeft} left`;
  };
  const heardByBank = () => bank.journal.length;
  return {
    clock,
    attempts,
    bank,
    wallet,
    log,
    alarms,
    refusals,
    door,
    request,
    tries,
    heardByBank,
    cardId,
    more,
  };
}

describe('the door for PINs', () => {
  it('lets fewer wrong PINs through than the issuer allows, whatever the number claims to be', async () => {
    const { tries, heardByBank, clock } = await start();
    assert.equal(await tries('111111', owner), 'wrong, 1 left');
    assert.equal(await tries('222222', owner), 'wrong, 0 left');
    assert.equal(await tries(rightPin, owner), 'refused: card-locked');
    assert.equal(heardByBank(), 2);
    clock.advance(day);
    assert.equal(await tries(rightPin, owner), 'approved');
  });

  it('lets two of 24 wrong PINs through that are keyed at once, and tells the others the truth', async () => {
    const { tries, heardByBank } = await start();
    const told = await Promise.all(
      Array.from({ length: 24 }, async (_, call) => tries(String(100_000 + call), owner)),
    );
    assert.equal(heardByBank(), 2);
    assert.equal(told.filter((each) => each === 'refused: card-locked').length, 22);
  });

  it('makes many with the right PIN at once wait for each other, and refuses none', async () => {
    const { tries, heardByBank } = await start();
    const told = await Promise.all(Array.from({ length: 12 }, async () => tries(rightPin, owner)));
    assert.deepEqual(new Set(told), new Set(['approved']));
    assert.equal(heardByBank(), 12);
  });

  it('leaves the owner a try whatever strangers do', async () => {
    const { tries, heardByBank } = await start();
    await Promise.all(
      Array.from({ length: 24 }, async (_, call) =>
        tries('000000', call % 2 === 0 ? undefined : `1390000${call}`),
      ),
    );
    assert.equal(heardByBank(), 1);
    assert.equal(await tries('111111', '13912345678'), 'refused: card-locked');
    assert.equal(await tries(rightPin, owner), 'approved');
    assert.equal(
      await tries('111111', owner),
      'wrong, 1 left',
      'the right PIN has cleared what strangers did',
    );
  });

  it('tells strangers alike of a wrong PIN, of no such card, and of a card that its bank would not take', async () => {
    const { tries, bank } = await start();
    const unknown = { cardId: 'none', card: { pan: '6222029999999999995' as Pan } };
    assert.equal(await tries('111111', '13900000001'), 'declined: not-proven');
    assert.equal(await tries('111111', '13900000002', unknown), 'declined: not-proven');
    bank.script('purchase', { declined: 'card-blocked', responseCode: '41' });
    const blocked = { cardId: 'blocked', card: { pan: '6222029999999999987' as Pan } };
    assert.equal(await tries('111111', '13900000003', blocked), 'declined: not-proven');
    for (const other of [{}, unknown, blocked]) {
      assert.equal(await tries('111111', '13900000004', other), 'refused: card-locked');
    }
  });

  it('tells the card’s own phone, and whoever has keyed the right PIN, what the bank says', async () => {
    const { tries, bank } = await start();
    bank.script('purchase', { declined: 'card-blocked', responseCode: '41' });
    assert.equal(await tries(rightPin, owner), 'declined: card-blocked');
    bank.script('purchase', { declined: 'insufficient-funds', responseCode: '51' });
    assert.equal(await tries(rightPin, '13900000001'), 'declined: insufficient-funds');
    assert.equal(await tries(rightPin, '13900000001'), 'approved');
  });

  it('counts by caller: one number tries few cards, one PIN each, and an alarm is raised once', async () => {
    const { tries, heardByBank, alarms, more, log } = await start();
    const told: string[] = [];
    for (const each of more.slice(0, 8)) {
      told.push(await tries('111111', '13900000001', { cardId: each, card: { pan: each as Pan } }));
    }
    assert.equal(heardByBank(), 5);
    assert.equal(told.at(-1), 'refused: caller-locked');
    assert.deepEqual(alarms, ['pin-caller']);
    assert.ok(log.lines.some((line) => /^WARN .*somebody may be guessing/.test(line)));
    assert.doesNotMatch(log.lines.join(), /13900000001|622202/);
    assert.equal(await tries(rightPin, owner), 'approved', 'the owner is not that caller');
  });

  it('counts all who withhold their number as one caller', async () => {
    const { tries, heardByBank, alarms, more, clock, log } = await start();
    const told = await Promise.all(
      more
        .slice(0, 12)
        .map(async (each) => tries('111111', undefined, { cardId: each, card: { pan: each as Pan } })),
    );
    assert.equal(heardByBank(), 5);
    assert.equal(told.filter((each) => each === 'refused: caller-locked').length, 7);
    assert.deepEqual(alarms, ['pin-caller']);
    assert.ok(log.lines.some((line) => /^ERROR .*somebody may be guessing/.test(line)));
    clock.advance(3_600_000);
    const [, , , , , , , , , , , , , fresh = ''] = more;
    assert.equal(
      await tries(rightPin, undefined, { cardId: fresh, card: { pan: fresh as Pan } }),
      'approved',
    );
  });

  it('counts by the card’s prefix, refuses strangers only, and alarms for claimed numbers too', async () => {
    const { tries, heardByBank, alarms, more, wallet } = await start({ perPrefix: 6, perPrefixBound: 3 });
    for (const [index, each] of more.slice(0, 9).entries()) {
      await tries('111111', `139000000${index}`, { cardId: each, card: { pan: each as Pan } });
    }
    assert.equal(heardByBank(), 6);
    assert.deepEqual(alarms, ['pin-prefix']);
    for (const each of more.slice(20, 25)) {
      const { cardId } = await wallet.bind(`1380000${each.slice(-4)}`, { pan: each as Pan });
      await tries('111111', `1380000${each.slice(-4)}`, { cardId, card: { pan: each as Pan } });
    }
    assert.equal(heardByBank(), 11);
    assert.deepEqual(alarms, ['pin-prefix', 'pin-prefix-bound']);
  });

  it('gives a try back that nothing was sent for, and keeps the place of one whose end is not known', async () => {
    const { tries, bank, door, request, clock, heardByBank } = await start();
    for (let time = 0; time < 4; time += 1) {
      bank.script('purchase', 'not-sent');
      assert.equal(await tries('111111', owner), 'not-sent');
    }
    for (let time = 0; time < 4; time += 1) {
      const released = await door.reserve(request('111111', owner));
      assert.ok(!('outcome' in released));
      await released.release();
    }
    bank.script('purchase', 'answer-lost', 2);
    assert.equal(await tries('111111', owner), 'unknown');
    assert.equal(await tries('222222', owner), 'unknown');
    assert.equal(heardByBank(), 2);
    assert.equal(await tries('333333', owner), 'refused: try-later');
    assert.equal(heardByBank(), 2);
    clock.advance(1_800_000);
    assert.equal(await tries(rightPin, owner), 'approved');
  });

  it('does not let a right PIN that was under way undo a lock that others caused meanwhile', async () => {
    const { door, request, bank, tries } = await start({ perCard: 3, perCardFromStrangers: 1 });
    const under = await door.reserve(request(rightPin, owner));
    assert.ok(!('outcome' in under));
    await tries('111111', owner);
    await tries('222222', owner);
    assert.equal(await tries('333333', owner), 'refused: try-later', 'every place is taken');
    await under.purchase({ trace: await bank.nextTrace(), amount: yuan(1) });
    assert.equal(await tries('444444', owner), 'wrong, 0 left');
    assert.equal(await tries(rightPin, owner), 'refused: card-locked');
  });

  it('asks the bank once with each try, and wipes the PIN whatever happens', async () => {
    const { door, request, bank, attempts } = await start();
    const asked = request(rightPin, owner);
    const reserved = await door.reserve(asked);
    assert.ok(!('outcome' in reserved));
    await reserved.balance({ trace: await bank.nextTrace() });
    await assert.rejects(async () => reserved.balance({ trace: await bank.nextTrace() }), /once/);
    attempts.fault = new Error('the database is away');
    const failing = request(rightPin, owner);
    await assert.rejects(door.reserve(failing), /away/);
    assert.throws(() => failing.pin.open(() => undefined), /used already/);
    await reserved.release();
  });

  it('keeps a card that was only keyed when a payment needs it, and makes it the wallet’s once it is proven', async () => {
    const { door, tries, wallet, bank, request } = await start();
    const keyed = async () => {
      const digits = new Secret('card-number', Buffer.from('6217001234567890122'));
      const recognised = await wallet.recognise(digits, '13900000001');
      assert.ok(recognised);
      const { card, unproven } = recognised;
      return { cardId: card.cardId, card: { pan: '6217001234567890122' as Pan }, unproven };
    };
    const enquiry = await door.reserve(
      request('111111', '13900000001', { ...(await keyed()), keepsCard: false }),
    );
    assert.ok(!('outcome' in enquiry));
    await assert.rejects(wallet.bankCard(enquiry.cardId));
    await enquiry.release();
    assert.equal(await tries('111111', '13900000001', await keyed()), 'declined: not-proven');
    assert.ok((await keyed()).unproven !== undefined, 'nothing is proven by a wrong PIN');
    bank.script('purchase', 'not-sent');
    const another = { ...(await keyed()) };
    assert.equal(await tries(rightPin, '13900000002', another), 'refused: card-locked');
    await wallet.prove(another.unproven ?? assert.fail());
    assert.equal((await keyed()).unproven, undefined);
  });
});
