import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAriEvent } from '../../../src/call/asterisk/ari-event.js';
import { takeKey } from '../../../src/call/asterisk/take-key.js';

const event = (digit: unknown, name = 'x') => ({
  type: 'ChannelDtmfReceived',
  digit,
  duration_ms: 100,
  channel: { id: '1.1', caller: { name, number: '13800138000' }, dialplan: { digit: '9' } },
});

describe('a key in an event of ARI', () => {
  it('is taken out of the bytes before any text is made of them', () => {
    for (const key of '0123456789*#ABCD') {
      const bytes = Buffer.from(JSON.stringify(event(key)));
      assert.equal(takeKey(bytes), key);
      assert.match(bytes.toString(), /"digit":"-"/);
      assert.equal(takeKey(bytes), '-');
    }
    const read = readAriEvent(Buffer.from(JSON.stringify(event('7'), undefined, 2)));
    assert.ok(read.type === 'key');
    assert.deepEqual([read.channelId, read.key], ['1.1', '7']);
  });

  it('is that of the event, whatever a caller calls himself', () => {
    const names = ['","digit":"1"', '\\', '\\","digit":"1","x":"', '{"digit":"1"}', '"digit":"1"', '[', '}'];
    for (const name of names) {
      for (const pretty of [0, 2]) {
        const bytes = Buffer.from(JSON.stringify({ name, ...event('5', name) }, undefined, pretty));
        assert.equal(takeKey(bytes), '5', name);
        assert.deepEqual(JSON.parse(bytes.toString()), { name, ...event('-', name) });
      }
    }
  });

  it('is not there in other events, which are left as they are', () => {
    const any = fc.object({ key: fc.constantFrom('digit', 'a', 'b') });
    fc.assert(
      fc.property(any, (inner) => {
        const text = JSON.stringify({ type: 'StasisStart', inner, list: [inner] });
        const bytes = Buffer.from(text);
        assert.equal(takeKey(bytes), undefined);
        assert.equal(bytes.toString(), text);
      }),
    );
    for (const wrong of ['', '12', 5, null, ['1'], { digit: '1' }]) {
      assert.equal(takeKey(Buffer.from(JSON.stringify(event(wrong)))), undefined);
    }
  });

  it('keeps nobody waiting in what is no JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        takeKey(Buffer.from(bytes));
      }),
    );
    for (const cut of ['{"digit', '{"digit"', '{"digit":', '{"digit":"', '{"digit":"1', '{"digit":"\\']) {
      assert.throws(() => readAriEvent(Buffer.from(cut)), SyntaxError);
    }
    assert.throws(() => readAriEvent(Buffer.from('{"digit":"1"')), SyntaxError);
  });
});
