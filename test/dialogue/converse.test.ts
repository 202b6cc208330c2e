import assert from 'node:assert/strict';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { systemWait } from '../../src/clock.js';
import { apologise, type ConversationStep, converse, converseAssisted } from '../../src/dialogue/converse.js';
import type { Language } from '../../src/dialogue/line.js';
import type { Perform, Work } from '../../src/dialogue/work.js';
import { money } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import { catalogue } from '../../src/services/catalogue.js';
import { FakeServices } from '../support/fake-services.js';
import { orderForPhone } from '../support/purchase.js';

type Talk = {
  readonly keys: readonly string[];
  readonly perform?: Perform;
  readonly party?: ScriptedCaller;
  readonly callerPhone?: string;
  readonly language?: Language;
};

/** Holds a conversation, with a pause that ends only with the work or by `tick`. */
async function talk({
  keys,
  perform,
  party = new ScriptedCaller({ script: keys }),
  callerPhone = '13800138000',
  language = 'en',
}: Talk) {
  const steps: ConversationStep[] = [];
  const faults: string[] = [];
  const outcome = await converse({
    charts: catalogue.charts,
    party,
    perform: perform ?? new FakeServices().performFor(callerPhone),
    callerPhone,
    language,
    pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    onStep: (step) => steps.push(step),
    onFault: (error, { dialogue, state }) => faults.push(`${dialogue}.${state}: ${error.message}`),
  });
  return { outcome, steps, faults, heard: party.lines };
}

/** Does as the fake services do, but for one kind of work. */
function performingBut(kind: Work['do'], instead: Perform): Perform {
  const ordinary = new FakeServices().performFor('13800138000');
  return (work) => (work.do === kind ? instead(work) : ordinary(work));
}

const paying = ['2', '1', '50#', '1', '135790'];

describe('a conversation', () => {
  it('tells its path in kinds of answers, without any digit but a choice from a menu', async () => {
    const { steps } = await talk({ keys: ['7', ...paying, 'silence'] });
    assert.deepEqual(
      steps.map(({ dialogue, state, answer }) => `${dialogue}.${state}: ${answer}`),
      [
        'hear-news.finding: news',
        'conversation.mainMenu: other-key',
        'conversation.mainMenu: key 2',
        'recharge.askWhose: key 1',
        'recharge-phone.finding: quoted',
        'recharge.askAmount: digits',
        'choose-card.finding: cardsFound',
        'pay.confirmPayment: key 1',
        'pay.findingEarlier: noEarlier',
        'enter-pin.askPin: secret',
        'enter-pin.working: paid',
        'tell-result.tellPaid: told',
        'tell-result.noting: done',
        'conversation.askAnother: silence',
        'conversation.tellGoodbye: told',
      ],
    );
  });

  it('writes down no key of a PIN that is typed into a menu by mistake', async () => {
    const { steps } = await talk({ keys: ['2', '1', '50#', '1', '**', '758', 'hangup'] });
    assert.ok(!JSON.stringify(steps).match(/key [578]/));
  });

  it('calls work that breaks a fault, says so, and goes on', async () => {
    const { outcome, faults, heard } = await talk({
      keys: ['1', '1', 'silence'],
      perform: performingBut('find-cards', () => Promise.reject(new Error('no database'))),
    });
    assert.deepEqual(outcome, { ending: 'completed', language: 'en' });
    assert.deepEqual(faults, ['choose-card.finding: no database']);
    assert.ok(heard.includes('> en not-possible-now'));
  });

  it('says of a payment that breaks that it is not known, never that it failed', async () => {
    const { heard } = await talk({
      keys: [...paying, 'silence'],
      perform: performingBut('pay', () => Promise.reject(new Error('no database'))),
    });
    assert.ok(heard.includes('> en payment.unresolved amount=50.00'));
    assert.ok(!heard.some((line) => /declined|unavailable|not-possible/.test(line)));
  });

  it('takes an outcome that the work cannot come to for a fault', async () => {
    const { faults, heard } = await talk({
      keys: [...paying, 'silence'],
      perform: performingBut('pay', async () => ({ type: 'done' })),
    });
    assert.deepEqual(faults, ['enter-pin.working: the work pay cannot come to done']);
    assert.ok(heard.includes('> en payment.unresolved amount=50.00'));
  });

  it('does not let what was thrown speak when it is not an error', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a fault may be
    const thrown = performingBut('find-cards', () => Promise.reject('135790'));
    const { faults } = await talk({ keys: ['1', '1', 'silence'], perform: thrown });
    assert.deepEqual(faults, ['choose-card.finding: something that is not an Error was thrown']);
  });

  it('wipes a secret that the work did not use', async () => {
    let pin: Secret | undefined;
    await talk({
      keys: [...paying, 'silence'],
      perform: performingBut('pay', async (work) => {
        pin = work.do === 'pay' ? work.pin : undefined;
        return { type: 'unavailable' };
      }),
    });
    assert.ok(pin instanceof Secret);
    assert.throws(() => pin?.open(() => undefined), /has been used already/);
  });

  it('waits for the outcome of work when the caller hangs up meanwhile, and then ends without a word', async () => {
    const events: string[] = [];
    let finish: () => void = () => {};
    const party = new ScriptedCaller({ script: [...paying, 'hangup-while-told'] });
    const conversation = talk({
      keys: [],
      party,
      perform: performingBut('pay', async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        events.push('paid');
        return { type: 'paid', reference: '1' };
      }),
    }).then((ended) => {
      events.push('ended');
      return ended;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(events, []);
    finish();
    const { outcome, heard } = await conversation;
    assert.deepEqual(events, ['paid', 'ended']);
    assert.equal(outcome.ending, 'caller-hung-up');
    assert.equal(heard.at(-1), '< hangup-while-told');
  });

  it('notes a payment as heard once "paid" was heard to its end, and not for who hangs up before', async () => {
    const heardBy = async (keys: readonly string[]) => {
      const references: string[] = [];
      await talk({
        keys: [...paying, ...keys],
        perform: performingBut('news-heard', async (work) => {
          references.push(...(work.do === 'news-heard' ? work.references : []));
          return { type: 'done' };
        }),
      });
      return references;
    };
    assert.deepEqual(await heardBy(['silence']), ['900000000001']);
    const party = new ScriptedCaller({ script: paying });
    const hears = party.hears.bind(party);
    party.hears = async (speech, delivery) =>
      speech.utterances[0]?.prompt === 'recharge.paid' ? 'hangup' : hears(speech, delivery);
    const { steps, outcome } = await talk({ keys: [], party });
    assert.equal(outcome.ending, 'caller-hung-up');
    assert.ok(!steps.some(({ state }) => state === 'noting'));
  });

  it('notes of news what was heard to its end, and not what a key cut short', async () => {
    const references: string[] = [];
    const services = new FakeServices();
    services.news = ['1', '2', '3', '4'].map((reference) => ({
      ...{ wentThrough: [{ prompt: 'reference' }], amount: money(100), outcome: 'paid', reference },
    }));
    const ordinary = services.performFor('13800138000');
    const { heard } = await talk({
      keys: ['#-while-told', '6', '#-while-told', 'hangup'],
      perform: async (work) => {
        references.push(...(work.do === 'news-heard' ? work.references : []));
        return ordinary(work);
      },
    });
    assert.deepEqual(references, ['2', '4']);
    assert.ok(heard.includes('> en menu.more-news count=2 [6]'));
  });

  it('says nothing while the agent on the line is awaited, and wipes no PIN that was handed over', async () => {
    let kept: Secret | undefined;
    const services = new FakeServices();
    services.broughtCode = '1';
    services.orders.set(
      '1',
      orderForPhone({ orderId: '1', service: 'bill', phone: '13800138000', amount: money(100) }),
    );
    const party = new ScriptedCaller({
      script: ['agent asks card-pin', '1', '135790', 'agent cancels'],
    });
    let awaited = false;
    services.agent = async (because) => {
      awaited = true;
      await new Promise((resolve) => setTimeout(resolve, 20));
      awaited = false;
      return party.awaitAgent(because);
    };
    const ordinary = services.performFor('13800138000');
    const { ending } = await converseAssisted({
      charts: catalogue.charts,
      party,
      perform: async (work) => {
        kept = work.do === 'keep-pin' ? work.pin : kept;
        return ordinary(work);
      },
      callerPhone: '13800138000',
      language: 'en',
      // Any wait for the agent is a long one.
      pause: (ms, signal) => systemWait(awaited ? 0 : ms, signal),
      onStep: () => {},
      onFault: assert.ifError,
    });
    assert.equal(ending, 'returned');
    assert.ok(!party.lines.some((line) => line.includes('wait.')));
    assert.equal(
      kept?.open((digits) => digits.toString('ascii')),
      '135790',
    );
  });

  it('wipes a PIN that could not be handed over', async () => {
    let pin: Secret | undefined;
    const services = new FakeServices();
    services.broughtCode = '1';
    services.orders.set(
      '1',
      orderForPhone({ orderId: '1', service: 'bill', phone: '13800138000', amount: money(100) }),
    );
    const party = new ScriptedCaller({ script: ['agent asks card-pin', '1', '135790', 'agent cancels'] });
    services.agent = party.awaitAgent;
    const ordinary = services.performFor('13800138000');
    const faults: string[] = [];
    await converseAssisted({
      charts: catalogue.charts,
      party,
      perform: async (work) => {
        if (work.do === 'keep-pin') {
          pin = work.pin;
          throw new Error('no room');
        }
        return ordinary(work);
      },
      callerPhone: '13800138000',
      language: 'en',
      pause: systemWait,
      onStep: () => {},
      onFault: (error) => faults.push(error.message),
    });
    assert.deepEqual(faults, ['no room']);
    assert.ok(party.lines.includes('@ no-answer'));
    assert.throws(() => pin?.open(() => undefined), /has been used already/);
  });

  it('tells a caller whose agent waits that they go to a person when the conversation breaks', async () => {
    const party = new ScriptedCaller({ script: [] });
    party.answers = () => Promise.reject(new Error('the switch is gone'));
    await converse({
      charts: catalogue.charts,
      party,
      perform: new FakeServices().performFor('13800138000'),
      callerPhone: '13800138000',
      arrival: { entry: 'transfer', order: false, returnsToAgent: true },
      language: 'en',
      pause: systemWait,
      onStep: () => {},
      onFault: () => {},
    });
    assert.deepEqual(party.lines, ['> en sorry-interrupted.agent']);
  });

  it('ends as a fault, with an apology, when the party breaks', async () => {
    const party = new ScriptedCaller({ script: ['1'] });
    party.answers = () => Promise.reject(new Error('the switch is gone'));
    const { outcome, faults, heard } = await talk({ keys: [], party });
    assert.deepEqual(outcome, { ending: 'fault', language: 'en' });
    assert.deepEqual(faults, ['conversation.mainMenu: the switch is gone']);
    assert.deepEqual(heard, ['> en sorry-interrupted']);
  });

  it('sees work to its end when the party breaks meanwhile', async () => {
    const party = new ScriptedCaller({ script: [...paying] });
    const hears = party.hears.bind(party);
    party.hears = (speech, delivery) =>
      speech.utterances[0]?.prompt === 'wait.one-moment'
        ? Promise.reject(new Error('the switch is gone'))
        : hears(speech, delivery);
    const { steps } = await talk({ keys: [], party });
    assert.ok(steps.some(({ answer }) => answer === 'paid'));
  });

  it('apologises in every language to a caller whose language is not known', async () => {
    const party = new ScriptedCaller({ script: [] });
    await apologise(party, { language: undefined, pace: undefined }, ['fr', 'de', 'it']);
    assert.deepEqual(
      party.lines,
      ['fr', 'de', 'it'].map((each) => `> ${each} sorry-interrupted`),
    );
  });
});
