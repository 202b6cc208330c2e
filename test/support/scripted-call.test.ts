import assert from 'node:assert/strict';
import type { Delivery, Speech } from '../../src/dialogue/line.js';
import { money } from '../../src/money.js';
import { ScriptedCall } from './scripted-call.js';

const delivery: Delivery = { interruptible: true, dropsTypeAhead: false };
const says = (prompt: string): Speech => ({ language: 'en', utterances: [{ prompt }] });

describe('the scripted call', () => {
  it('answers by its script and writes down what was heard and keyed', async () => {
    const call = new ScriptedCall({ script: ['2', '50#', '135790', 'silence', '12345#'] });
    const amount = { for: 'digits-until-hash', max: 4 } as const;
    assert.deepEqual(await call.answers(says('main-menu'), delivery, { for: 'key' }), {
      type: 'key',
      key: '2',
    });
    assert.deepEqual(await call.answers(says('ask-amount'), delivery, amount), {
      type: 'digits',
      digits: '50',
    });
    const pin = await call.answers(says('ask-pin'), delivery, { for: 'secret', kind: 'card-pin', length: 6 });
    assert.equal(pin.type === 'secret' && pin.secret.open((digits) => digits.toString()), '135790');
    assert.deepEqual(await call.answers(says('ask-amount'), delivery, amount), { type: 'silence' });
    assert.deepEqual(await call.answers(says('ask-amount'), delivery, amount), { type: 'nomatch' });
    await call.hears({
      language: 'en',
      utterances: [{ prompt: 'balance', values: { amount: { as: 'money', money: money(1250) } } }],
    });
    await call.hangUp();
    await call.ended;
    assert.deepEqual(call.transcript, [
      '> main-menu',
      '< 2',
      '> ask-amount',
      '< 50#',
      '> ask-pin',
      '< (secret)',
      '> ask-amount',
      '< (silence)',
      '> ask-amount',
      '< 12345#',
      '> balance (amount 12.50 CNY)',
      '= hung up',
    ]);
  });

  it('hangs up when its script has run out, and hears nothing afterwards', async () => {
    const call = new ScriptedCall();
    assert.deepEqual(await call.answers(says('main-menu'), delivery, { for: 'key' }), { type: 'hangup' });
    assert.equal(await call.hears(says('goodbye')), 'hangup');
    assert.equal(call.endedBy, 'caller');
    assert.deepEqual(call.transcript, ['> main-menu', '< (hangs up)']);
  });

  it('hangs up in the middle of a prompt', async () => {
    const call = new ScriptedCall({ script: ['1'], hangsUpDuring: 'ask-amount' });
    assert.deepEqual(await call.answers(says('ask-amount'), delivery, { for: 'key' }), { type: 'hangup' });
  });
});
