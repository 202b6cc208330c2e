import assert from 'node:assert/strict';
import { endOrphan } from '../../src/session/end-orphan.js';
import { takeCall } from '../../src/session/take-call.js';
import { ScriptedCall } from '../support/scripted-call.js';
import { sessionWorld } from '../support/session-world.js';

const recharge50 = ['2', '1', '50#', '1', '135790'];

describe('takeCall', () => {
  let world: Awaited<ReturnType<typeof sessionWorld>>;

  beforeEach(async () => {
    world = await sessionWorld();
  });

  const take = async (call: ScriptedCall) => {
    await takeCall(world.dependencies, call);
    return world.callLog.calls[0];
  };

  it('writes the call down before it answers, and its end with its outcome and path', async () => {
    const record = await take(new ScriptedCall({ script: [...recharge50, 'silence'] }));
    assert.equal(record?.answered, true);
    assert.equal(record.end?.outcome, 'completed');
    assert.equal(record.end.language, 'en');
    assert.deepEqual(world.ended, ['completed']);
    assert.ok(record.end.steps.some((step) => step.state === 'mainMenu' && step.heard === 'key 2'));
  });

  it('takes a recharge through bank and carrier, once', async () => {
    const call = new ScriptedCall({ script: [...recharge50, 'silence'] });
    await take(call);
    assert.equal(world.bank.journal.filter((event) => event.responseCode === '00').length, 1);
    assert.equal(world.carrier.journal.length, 1);
    assert.equal(world.carrier.journal[0]?.details['phone'], '13800138000');
    assert.deepEqual(world.paid, ['recharge paid']);
    assert.equal(call.endedBy, 'us');
  });

  it('finishes a payment whose caller hung up while the bank decided', async () => {
    const call = new ScriptedCall({ script: recharge50, hangsUpDuring: 'wait.one-moment' });
    const record = await take(call);
    assert.equal(world.carrier.journal.length, 1);
    assert.equal(record?.end?.outcome, 'caller-hung-up');
    const next = new ScriptedCall({ script: ['hangup'], channelId: 'scripted-2' });
    await takeCall(world.dependencies, next);
    assert.ok(next.heard.some(({ prompt }) => prompt === 'recharge.went-through'));
  });

  it('locks the card here before its issuer does, and does not ask the bank again', async () => {
    await take(new ScriptedCall({ script: ['2', '1', '50#', '1', '111111', '222222', 'silence'] }));
    assert.equal((await world.wallet.cardsOf('13800138000'))[0]?.locked, true);
    assert.deepEqual(world.paid, ['recharge wrong-pin', 'recharge wrong-pin']);
    const asked = world.bank.journal.length;
    await takeCall(
      world.dependencies,
      new ScriptedCall({ script: [...recharge50, 'silence'], channelId: 'scripted-2' }),
    );
    assert.equal(world.bank.journal.length, asked);
  });

  it('records a card balance as an enquiry with the bank’s code, and a wrong PIN as one too', async () => {
    await take(new ScriptedCall({ script: ['1', '1', '111111', '135790', 'silence'] }));
    assert.deepEqual(
      world.callLog.enquiries.map(({ kind, outcome, bankResponseCode }) => [kind, outcome, bankResponseCode]),
      [
        ['card-balance', 'wrong-pin', '55'],
        ['card-balance', 'approved', '00'],
      ],
    );
  });

  it('remembers the language that a new caller chose', async () => {
    await take(new ScriptedCall({ callerNumber: '13500000000', script: ['2', 'hangup'] }));
    assert.equal((await world.wallet.preferencesOf('13500000000')).language, 'zh');
  });

  it('records a caller who is gone before we answer', async () => {
    const record = await take(new ScriptedCall({ waitsForAnswer: false }));
    assert.deepEqual([record?.answered, record?.end?.outcome], [false, 'abandoned']);
  });

  it('refuses a call that cannot be written down', async () => {
    world.callLog.failsToBegin = true;
    const call = new ScriptedCall({ script: recharge50 });
    await take(call);
    assert.deepEqual(call.heard, []);
    assert.equal(call.endedBy, 'us');
    assert.equal(world.bank.journal.length, 0);
  });

  it('hands a caller who presses 0 to the agents and does not hang up on them', async () => {
    const call = new ScriptedCall({ script: ['0'] });
    const record = await take(call);
    assert.equal(record?.end?.outcome, 'transferred');
    assert.equal(call.endedBy, 'transfer');
  });

  it('holds no digit of a PIN, an amount or a phone in the path', async () => {
    const record = await take(
      new ScriptedCall({ script: ['2', '2', '18600186000', '50#', '1', '135790', 'silence'] }),
    );
    assert.equal(world.carrier.journal[0]?.details['phone'], '18600186000');
    const path = JSON.stringify(
      record?.end?.steps.map(({ dialogue, state, heard }) => [dialogue, state, heard]),
    );
    assert.doesNotMatch(path, /\d{2}/);
  });
});

describe('endOrphan', () => {
  it('tells the caller of a call from before a restart, in their language, and closes its record', async () => {
    const world = await sessionWorld();
    const call = new ScriptedCall();
    const { channelId, callerNumber, serviceNumber, entry } = call;
    await world.callLog.begin({ id: 'before', channelId, callerNumber, serviceNumber, entry });
    await endOrphan(world.dependencies, call);
    assert.deepEqual(
      call.heard.map(({ prompt }) => prompt),
      ['sorry-interrupted'],
    );
    assert.equal(call.endedBy, 'us');
    assert.equal(world.callLog.calls[0]?.end?.outcome, 'interrupted');
  });
});

describe('takeCall when the database fails around a payment', () => {
  it('still tells a caller that they paid', async () => {
    const world = await sessionWorld();
    world.attempts.giveBack = async () => Promise.reject(new Error('the database is away'));
    const call = new ScriptedCall({ script: [...recharge50, 'silence'] });
    await takeCall(world.dependencies, call);
    assert.ok(
      call.heard.some(({ prompt }) => prompt === 'recharge.paid'),
      call.transcript.join('\n'),
    );
  });

  it('says that nothing was done when the card could not even be read', async () => {
    const world = await sessionWorld();
    world.wallet.bankCard = async () => Promise.reject(new Error('the database is away'));
    const call = new ScriptedCall({ script: [...recharge50, 'silence'] });
    await takeCall(world.dependencies, call);
    assert.equal(world.bank.journal.length, 0);
    assert.ok(
      call.heard.some(({ prompt }) => prompt === 'payment.unavailable'),
      call.transcript.join('\n'),
    );
  });

  it('gives no further try of a PIN that could not be counted', async () => {
    const world = await sessionWorld();
    world.attempts.count = async () => Promise.reject(new Error('the database is away'));
    const call = new ScriptedCall({ script: ['2', '1', '50#', '1', '111111', '135790', 'silence'] });
    await takeCall(world.dependencies, call);
    assert.deepEqual(world.paid, ['recharge declined']);
    assert.ok(
      call.heard.some(({ prompt }) => prompt === 'declined.try-later'),
      call.transcript.join('\n'),
    );
  });
});
