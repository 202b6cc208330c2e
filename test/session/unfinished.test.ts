import assert from 'node:assert/strict';
import { type Frames, framesVersion } from '../../src/dialogue/frames.js';
import { takeCall } from '../../src/session/take-call.js';
import { FakeConversations } from '../support/fake-conversations.js';
import { ScriptedCall, type ScriptedCallOptions } from '../support/scripted-call.js';
import { sessionWorld } from '../support/session-world.js';

const pin = '135790';
/** The questions of a recharge in turn: the keys that answer each, and what is heard at it. */
const recharge = [
  { keys: '2', asks: 'recharge.this-phone' },
  { keys: '2', asks: 'phone.ask' },
  { keys: '13900139000', asks: 'recharge.ask-amount' },
  { keys: '50#', asks: 'choice.pay' },
  { keys: '1', asks: 'pin.ask' },
];
const keysUpTo = (question: number) => recharge.slice(0, question + 1).map(({ keys }) => keys);
/** What is keyed after 1 was pressed to go on from each question. Behind the amount, the card is confirmed again. */
const keysFrom = (question: number) => [
  ...recharge.slice(Math.min(question, 3) + 1).map(({ keys }) => keys),
  pin,
];

describe('a call that was broken off, dialled again', () => {
  let world: Awaited<ReturnType<typeof sessionWorld>>;
  let calls = 0;

  beforeEach(async () => {
    world = await sessionWorld();
    calls = 0;
  });

  const call = async (script: readonly string[], options: Partial<ScriptedCallOptions> = {}) => {
    calls += 1;
    const made = new ScriptedCall({ script, channelId: `scripted-${calls}`, ...options });
    await takeCall(world.dependencies, made);
    return made;
  };
  const prompts = ({ heard }: ScriptedCall) => heard.map(({ prompt }) => prompt);
  const offers = (made: ScriptedCall) =>
    prompts(made).some((prompt) => ['recharge.go-on', 'bill.go-on', 'choice.go-on'].includes(prompt));
  const paid = () => world.paid.filter((what) => what.endsWith(' paid'));

  for (const [question, { asks }] of recharge.entries()) {
    it(`goes on at ${asks}, and is paid once`, async () => {
      const broken = await call(keysUpTo(question));
      assert.ok(prompts(broken).includes(asks));
      assert.equal(broken.endedBy, 'caller');

      const next = await call(['1', ...keysFrom(question), 'silence']);
      const heard = prompts(next);
      const isAmountKnown = question >= 3;
      assert.deepEqual(
        heard.slice(0, 3),
        ['welcome', isAmountKnown ? 'recharge.go-on' : 'choice.go-on', 'or-main-menu'],
        heard.join(' '),
      );
      const label = next.heard[1];
      assert.deepEqual([label?.key, label?.values?.['amount'] !== undefined], ['1', isAmountKnown]);
      // Money is never confirmed in one call and paid in the other.
      assert.ok(heard[3] === (question >= 3 ? 'recharge.read-back' : asks), heard.join(' '));
      assert.deepEqual(paid(), ['recharge paid']);
      assert.deepEqual(
        world.carrier.journal.map(({ details }) => details['phone']),
        ['13900139000'],
      );
      assert.ok(!offers(await call(['hangup'])), 'it is offered once');
    });
  }

  for (const [question, { asks }] of recharge.slice(0, -1).entries()) {
    it(`is asked again at ${asks} from the first try, however often it was answered amiss`, async () => {
      await call([...keysUpTo(question), 'silence', 'silence']);
      const next = await call(['1', 'hangup']);
      assert.ok(!prompts(next).some((prompt) => prompt.includes('noinput')), prompts(next).join(' '));
    });
  }

  it('keeps nothing that is secret, no card and no digit of one', async () => {
    await call(keysUpTo(4));
    const kept = JSON.stringify(world.conversations.all);
    assert.equal(world.conversations.all.length, 1);
    assert.doesNotMatch(kept, /lastFour|cardId|135790/);
  });

  it('is not written down at each question, but once, with the end of the call', async () => {
    await call([...keysUpTo(3), '2', '60#']);
    assert.equal(world.conversations.all.length, 1);
    const next = await call(['1', 'hangup']);
    assert.deepEqual(next.heard[1]?.values, {
      amount: { as: 'money', money: { amountMinor: 6_000, currency: 'CNY' } },
    });
  });

  it('begins at the menu at any other key, at silence, and is not offered again', async () => {
    for (const other of ['2', 'silence', '*', '#']) {
      await call(keysUpTo(2));
      const next = await call([other, 'hangup']);
      assert.ok(offers(next));
      assert.ok(prompts(next).includes('recharge.menu'), other);
      assert.ok(!offers(await call(['hangup'])), other);
    }
  });

  it('is offered again to whoever hangs up at the offer, or asks for a person there', async () => {
    await call(keysUpTo(2));
    assert.ok(offers(await call(['hangup'])));
    assert.ok(offers(await call(['0', 'hangup'], { hasAgents: false })));
    assert.ok(offers(await call(['hangup'])));
  });

  it('can be broken off again, and gone on with again', async () => {
    await call(keysUpTo(1));
    await call(['1', '13900139000']);
    await call(['1', '50#']);
    const last = await call(['1', '1', pin, 'silence']);
    assert.equal(last.heard[1]?.prompt, 'recharge.go-on');
    assert.deepEqual(paid(), ['recharge paid']);
    assert.ok(JSON.stringify(world.conversations.all).length < 10_000);
  });

  it('goes on in the language and at the pace that are chosen by now', async () => {
    await call(keysUpTo(3));
    await world.wallet.rememberLanguage('13800138000', 'zh');
    const languages: string[] = [];
    class Listening extends ScriptedCall {
      override async hears(speech: Parameters<ScriptedCall['hears']>[0]) {
        languages.push(speech.language);
        return super.hears(speech);
      }
    }
    await takeCall(world.dependencies, new Listening({ script: ['1', 'hangup'], channelId: 'in-mandarin' }));
    assert.deepEqual([...new Set(languages)], ['zh']);
  });

  it('is not offered after ten minutes, to another number, to a withheld one, nor when switched off', async () => {
    await call(keysUpTo(2));
    assert.ok(!offers(await call(['hangup'], { callerNumber: '13900139000' })));
    assert.ok(!offers(await call(['hangup'], { callerNumber: undefined })));
    world.clock.advance(600_000);
    assert.ok(!offers(await call(['hangup'])));
    world.dependencies = { ...world.dependencies, goOnMs: 0 };
    await call(keysUpTo(2));
    assert.ok(!offers(await call(['hangup'])));
    await call(['1', ...keysUpTo(2)], { callerNumber: undefined });
    assert.ok(world.conversations.all.every(({ of }) => of.wallet !== undefined));
  });

  it('is never offered once a payment has begun: paid, declined, a wrong PIN, or a hang-up while the bank decides', async () => {
    await call([...keysUpTo(4), '111111']);
    await call(keysUpTo(4).concat(pin), { hangsUpDuring: 'wait.one-moment' });
    await call([...keysUpTo(4), pin, '1', '2', '1', '30#']);
    assert.deepEqual(world.conversations.all, []);
  });

  it('is not offered after an end in order: goodbye, cancelled, silence, an agent', async () => {
    await call([...keysUpTo(3), '*', 'hangup']);
    await call([...keysUpTo(2), '**', 'hangup']);
    await call([...keysUpTo(2), 'silence', 'silence', 'silence']);
    await call([...keysUpTo(0), '0']);
    await call(['hangup']);
    await call(['1', '1', 'hangup']);
    assert.deepEqual(world.conversations.all, []);
  });

  it('of two calls at once, one goes on and the other is at the menu', async () => {
    await call(keysUpTo(3));
    const both = await Promise.all([call(['1', 'hangup']), call(['1', 'hangup'])]);
    assert.ok(both.every(offers));
    assert.deepEqual(both.map((made) => prompts(made).includes('recharge.read-back')).sort(), [false, true]);
    assert.deepEqual(both.map((made) => prompts(made).includes('recharge.menu')).sort(), [false, true]);
  });

  it('is dropped politely: frames of another version, of charts and states that are gone, of no service', async () => {
    await call(keysUpTo(3));
    const written = world.conversations.all[0]?.frames ?? '';
    const spoilt = [
      written.replace(`"version":${framesVersion}`, `"version":${framesVersion + 1}`),
      written.replace('"chart":"recharge"', '"chart":"teletext"'),
      written.replace('"state":"paying"', '"state":"nowhere"'),
      written.replace('service:recharge', 'service:teletext'),
      written.replaceAll('"phone":"13900139000"', '"phone":"139"'),
    ];
    for (const frames of spoilt) {
      assert.notEqual(frames, written);
      world = await sessionWorld();
      const of = {
        channel: 'voice',
        address: 'old',
        wallet: '13800138000',
        step: 3,
        keptMs: 600_000,
      } as const;
      world.conversations.breakOff({ ...of, frames: JSON.parse(frames) as Frames });
      const next = await call(['1', 'hangup']);
      assert.ok(!offers(next), frames);
      assert.ok(prompts(next).includes('recharge.menu'));
    }
  });

  it('serves callers though what was broken off cannot be found or taken', async () => {
    await call(keysUpTo(2));
    world.conversations.fault = new Error('the database is away');
    assert.ok(prompts(await call(['hangup'])).includes('recharge.menu'));
    world.conversations.fault = undefined;
    class Failing extends FakeConversations {
      override async take(): Promise<boolean> {
        throw new Error('the database is away');
      }
    }
    const failing = new Failing(world.clock);
    for (const { of, frames } of world.conversations.all) {
      failing.breakOff({ ...of, frames: JSON.parse(frames ?? '') as Frames });
    }
    world.dependencies = { ...world.dependencies, conversations: failing };
    const next = await call(['1', 'hangup']);
    assert.ok(offers(next) && prompts(next).includes('recharge.menu'));
  });

  it('goes on with a bill, and not with what is only asked', async () => {
    await call(['3']);
    const next = await call(['1', 'hangup']);
    assert.ok(offers(next));
    assert.equal(prompts(next)[3], 'bill.this-phone');
    await call(['2', '*', '1', '1']);
    assert.ok(!offers(await call(['hangup'])));
  });
});
