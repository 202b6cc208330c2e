import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yuan } from '../../src/money.js';
import { FileNoticeDelivery } from '../../src/payment/file-notice-delivery.js';
import type { Notice } from '../../src/payment/notice.js';
import { silentLog } from '../support/silent-log.js';

describe('the file of notices', () => {
  it('has one line a notice, whatever stands in it and however a reader splits lines', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'notices-')), 'notices.jsonl');
    const delivery = new FileNoticeDelivery(file, silentLog);
    const notice: Notice = {
      ...{
        id: 'n1',
        paymentId: 'p1',
        outcome: 'completed',
        callerNumber: '13800138000',
        service: 'recharge',
      },
      ...{ target: 'a\nb\r\u0085\u2028\u2029\u000b\u000c\u001b[2J"', amount: yuan(50), reference: '1' },
      ...{ attempts: 1, createdAt: new Date(0) },
    };
    assert.equal(await delivery.deliver(notice), 'delivered');
    assert.equal(await delivery.deliver({ ...notice, id: 'n2' }), 'delivered');
    const written = readFileSync(file, 'utf8');
    // Every character at which one of the usual tools begins a line (Unicode UAX #14, mandatory breaks).
    const lines = written.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
    assert.deepEqual([lines.length, lines[2]], [3, '']);
    const ids = lines.slice(0, 2).map((line) => {
      const { id, target } = JSON.parse(line) as Notice;
      assert.equal(target, notice.target);
      return id;
    });
    assert.deepEqual(ids, ['n1', 'n2']);
  });
});
