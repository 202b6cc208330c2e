import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Arrival, readArrival } from '../../../src/call/asterisk/arrival.js';

const ticket = '0123456789';

describe('what comes with a line', () => {
  const read = (...args: string[]): { arrival: Arrival; malformed: string[] } => {
    const malformed: string[] = [];
    return { arrival: readArrival(args, (what) => malformed.push(what)), malformed };
  };
  const caller = (handover: object | undefined): object => ({
    arrival: { whose: 'caller', handover, dialled: undefined },
    malformed: [],
  });

  it('is nothing for a direct call, or for words that are not known', () => {
    assert.deepEqual(read(), caller(undefined));
    assert.deepEqual(read('', ticket), caller(undefined));
    assert.deepEqual(read('Transfer', 'order', '123456'), caller(undefined));
  });

  it('is the digits that a direct call has behind the service number, told apart later', () => {
    for (const digits of ['1', '12', '513', '5241', '200300']) {
      assert.deepEqual(read('dialled', digits).arrival, {
        whose: 'caller',
        handover: undefined,
        dialled: digits,
      });
    }
    assert.deepEqual(read('dialled', ''), caller(undefined));
    for (const strange of ['1234567', '12*', 'a', ' 1']) {
      assert.deepEqual(read('dialled', strange).malformed, ['dialled digits']);
    }
  });

  it('is an order and an agent for a call that an agent transferred, each of which may be missing', () => {
    const order = (orderCode?: string, agent?: string): object =>
      caller({ agent, orderCode, ticket: undefined });
    assert.deepEqual(read('transfer', 'order', '123456', '1001'), order('123456', '1001'));
    assert.deepEqual(read('transfer', 'order', '', '1001'), order(undefined, '1001'));
    assert.deepEqual(read('transfer', 'order', '123456', ''), order('123456'));
    assert.deepEqual(read('transfer', 'order'), order());
    assert.deepEqual(read('transfer'), order());
    assert.deepEqual(read('transfer', 'something', '123456'), order());
  });

  it('is a ticket for a call that was moved to us, and for its agent', () => {
    assert.deepEqual(
      read('transfer', 'ticket', ticket, '1001'),
      caller({ agent: '1001', orderCode: undefined, ticket }),
    );
    assert.deepEqual(read('agent', ticket, '1001').arrival, { whose: 'agent', ticket, agent: '1001' });
    assert.deepEqual(read('agent', ticket).arrival, { whose: 'agent', ticket, agent: undefined });
  });

  it('counts what is malformed as missing, and says what it was, not what it said', () => {
    const { arrival, malformed } = read('transfer', 'order', '1234567890123', '10 01');
    assert.deepEqual(arrival, {
      whose: 'caller',
      dialled: undefined,
      handover: { agent: undefined, orderCode: undefined, ticket: undefined },
    });
    assert.deepEqual(malformed, ['agent', 'order code']);
    assert.deepEqual(read('transfer', 'ticket', '123').malformed, ['ticket']);
  });

  it("takes an agent's line that belongs to no caller for nobody's", () => {
    assert.deepEqual(read('agent').arrival, { whose: 'nobody' });
    assert.deepEqual(read('agent', '12345', '1001').arrival, { whose: 'nobody' });
    assert.deepEqual(read('agent', '../../../x').arrival, { whose: 'nobody' });
  });

  it('lets nothing in but digits of bounded length, whatever people wrote', () => {
    const word = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{0,20}$/),
      fc.constantFrom('transfer', 'agent', 'order', 'ticket'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        const { arrival } = read(...args);
        const texts =
          arrival.whose === 'caller'
            ? Object.values(arrival.handover ?? {})
            : Object.values(arrival).slice(1);
        for (const text of texts) {
          assert.match(text ?? '0', /^\d{1,12}$/);
        }
      }),
    );
  });
});
