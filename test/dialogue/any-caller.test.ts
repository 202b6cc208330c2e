import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { type ConversationStep, converse } from '../../src/dialogue/converse.js';
import { FakeServices } from '../support/fake-services.js';

const keys = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '2', '3', '4', '0', '*', '#', '9') },
  { weight: 3, arbitrary: fc.constantFrom('50#', '135790', '111111', '18600186000', '6217001234567890122#') },
  { weight: 1, arbitrary: fc.constantFrom('silence', '**', '2150#', '13579', '99999#', '112233') },
);
const world = fc.record({
  caller: fc.constantFrom(undefined, '13800138000', '13900139000', '13600136000', '18600186000'),
  hasAgents: fc.boolean(),
  trouble: fc.constantFrom(undefined, 'bank-down', 'carrier-down', 'bank-silent', 'carrier-refuses'),
  script: fc.array(keys, { maxLength: 60 }),
} as const);

describe('whatever a caller keys', () => {
  it('the conversation ends in order, tells its path without digits, and pays only what was confirmed', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ caller, hasAgents, trouble, script }) => {
        const services = new FakeServices();
        services.hasAgents = hasAgents;
        if (trouble !== undefined) {
          services.troubles.add(trouble);
        }
        const party = new ScriptedCaller({ script });
        const steps: ConversationStep[] = [];
        const { ending } = await converse({
          party,
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
            dialogue === 'pay' && state === 'confirmPayment' && answer === 'key 1',
        );
        const paid = steps.filter(({ dialogue, answer }) => dialogue === 'enter-pin' && answer === 'paid');
        assert.ok(paid.length <= confirmed.length);
        assert.equal(party.lines.at(-1)?.startsWith('<'), ending === 'caller-hung-up');
      }),
      { numRuns: 100 },
    );
  });
});
