import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import type { Arrival } from '../../src/dialogue/arrival.js';
import { type ConversationStep, converse, converseAssisted } from '../../src/dialogue/converse.js';
import { money } from '../../src/money.js';
import { catalogue } from '../../src/services/catalogue.js';
import { FakeServices } from '../support/fake-services.js';
import { orderForPhone } from '../support/purchase.js';

const keys = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '2', '3', '4', '0', '*', '#', '9') },
  { weight: 3, arbitrary: fc.constantFrom('50#', '135790', '111111', '18600186000', '6217001234567890122#') },
  { weight: 1, arbitrary: fc.constantFrom('silence', '**', '2150#', '13579', '99999#', '112233') },
  { weight: 1, arbitrary: fc.constantFrom('200300', '#-while-told') },
);
const agents = fc.constantFrom(
  'agent asks card-number',
  'agent asks card-pin',
  'agent completes',
  'agent cancels',
  'agent leaves',
);
const arrivals: readonly (Arrival | 'assisted')[] = [
  { entry: 'direct' },
  { entry: 'transfer', order: true, returnsToAgent: false },
  { entry: 'transfer', order: true, returnsToAgent: true },
  { entry: 'transfer', order: false, returnsToAgent: true },
  'assisted',
];
const world = fc.record({
  caller: fc.constantFrom(undefined, '13800138000', '13900139000', '13600136000', '18600186000'),
  hasAgents: fc.boolean(),
  trouble: fc.constantFrom(undefined, 'bank-down', 'carrier-down', 'bank-silent', 'carrier-refuses'),
  arrival: fc.constantFrom(...arrivals),
  script: fc.array(keys, { maxLength: 60 }),
  commands: fc.array(agents, { maxLength: 12 }),
} as const);

describe('whatever a caller keys', function () {
  this.timeout(30_000);

  it('the conversation ends in order, tells its path without digits, and pays only what was confirmed', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ caller, hasAgents, trouble, arrival, script, commands }) => {
        const services = new FakeServices();
        services.hasAgents = hasAgents;
        if (trouble !== undefined) {
          services.troubles.add(trouble);
        }
        const phone = caller ?? '13800138000';
        services.broughtCode = '200300';
        services.orders.set(
          '200300',
          orderForPhone({ orderId: '1', service: 'bill', phone, amount: money(100), callerPhone: caller }),
        );
        const party = new ScriptedCaller({ script });
        const agent = new ScriptedCaller({ script: commands });
        services.agent = agent.awaitAgent;
        const steps: ConversationStep[] = [];
        const { ending } = await (arrival === 'assisted' ? converseAssisted : converse)({
          charts: catalogue.charts,
          party,
          arrival: arrival === 'assisted' ? undefined : arrival,
          perform: services.performFor(caller),
          callerPhone: caller,
          language: services.languages.get(caller ?? ''),
          pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
          onStep: (step) => steps.push(step),
          onFault: assert.ifError,
        });
        assert.notEqual(ending, 'fault');
        const written = JSON.stringify(steps);
        assert.doesNotMatch(written, /\d\d/);
        const confirmed = steps.filter(
          ({ dialogue, state, answer }) =>
            ['confirmPayment', 'confirmOrder'].includes(state) &&
            ['pay', 'assisted'].includes(dialogue) &&
            answer === 'key 1',
        );
        const paid = steps.filter(({ answer }) => answer === 'paid');
        assert.ok(paid.length <= confirmed.length);
        if (arrival !== 'assisted') {
          const last = party.lines.filter((line) => line !== '< #-while-told').at(-1);
          assert.equal(last?.startsWith('<'), ending === 'caller-hung-up');
        }
      }),
      { numRuns: 200 },
    );
  });
});
