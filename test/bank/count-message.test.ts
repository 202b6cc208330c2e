import assert from 'node:assert/strict';
import type { BankMessageRecord } from '../../src/bank/conversation.js';
import { countMessage } from '../../src/bank/count-message.js';
import { meaningOf, responseCodes } from '../../src/bank/response-code.js';

describe('the figures of the bank lines', () => {
  const counted = (result: string, direction: BankMessageRecord['direction'] = 'received'): string[] => {
    const figures: string[] = [];
    countMessage(
      {
        bankAnswered: (code, responseClass) => figures.push(`${code} ${responseClass}`),
        bankAlarm: (kind) => figures.push(`alarm ${kind}`),
      },
      { at: new Date(), terminalId: '00000001', direction, mti: '0210', description: '', result },
    );
    return figures;
  };

  it('count every code of the table with its class, and one that settles nothing as an alarm besides', () => {
    for (const code of responseCodes) {
      const alarms = ['09', '68', '98'].includes(code) ? ['alarm undecided'] : [];
      assert.deepEqual(counted(code), [`${code} ${meaningOf(code)?.class}`, ...alarms]);
    }
  });

  it('count a code that is not in the table, and no code at all, as alarms besides', () => {
    assert.deepEqual(counted('ZZ'), ['ZZ unknown', 'alarm unknown-code']);
    assert.deepEqual(counted(''), ['none unknown', 'alarm unknown-code']);
  });

  it('count an answer with a wrong MAC as an alarm, and never by the code it claims', () => {
    assert.deepEqual(counted('bad-mac'), ['alarm bad-mac']);
  });

  it('count an answer that cannot be read as an alarm, and what the bank asks us not at all', () => {
    assert.deepEqual(counted('unreadable'), ['alarm unreadable']);
    assert.deepEqual(counted('request'), []);
    assert.deepEqual(counted('00', 'sent'), []);
  });

  it('do not count what was sent, nor here what nobody waited for', () => {
    assert.deepEqual(counted('sent', 'sent'), []);
    for (const stray of ['late', 'duplicate', 'unmatched']) {
      assert.deepEqual(counted(stray), []);
    }
  });
});
