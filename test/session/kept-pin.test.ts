import assert from 'node:assert/strict';
import { Secret } from '../../src/secret.js';
import { KeptPin } from '../../src/session/kept-pin.js';
import { settle } from '../support/settle.js';

describe('the PIN that waits for the agent’s word', () => {
  let expire: () => void;
  let gone: number;
  let kept: KeptPin;
  const digits = (secret: Secret | undefined) => secret?.open((buffer) => buffer.toString());
  const pin = (text = '135790') => new Secret('card-pin', Buffer.from(text));
  /** True when the secret’s digits are gone. */
  const isWiped = (secret: Secret) => {
    try {
      secret.open(() => undefined);
      return false;
    } catch {
      return true;
    }
  };

  beforeEach(() => {
    gone = 0;
    kept = new KeptPin(
      (ms, signal) =>
        new Promise((resolve) => {
          assert.equal(ms, 120_000);
          expire = resolve;
          signal.addEventListener('abort', () => resolve());
        }),
      () => {
        gone += 1;
      },
    );
  });

  it('is handed out once, for its own card', () => {
    kept.keep('card', pin());
    assert.equal(digits(kept.take('card')), '135790');
    assert.equal(kept.take('card'), undefined);
    assert.equal(gone, 1);
  });

  it('leaves nothing in the secret that it was taken from', () => {
    const given = pin();
    kept.keep('card', given);
    assert.ok(isWiped(given));
  });

  it('is wiped when it is wanted for another card', () => {
    kept.keep('card', pin());
    assert.equal(kept.take('other'), undefined);
    assert.equal(kept.take('card'), undefined);
  });

  it('gives way to the next one', () => {
    kept.keep('card', pin('111111'));
    kept.keep('card', pin('222222'));
    assert.equal(digits(kept.take('card')), '222222');
  });

  it('is gone after two minutes, and when it is wiped', async () => {
    kept.keep('card', pin());
    expire();
    await settle();
    assert.equal(kept.take('card'), undefined);
    kept.keep('card', pin());
    kept.wipe();
    kept.wipe();
    assert.equal(kept.take('card'), undefined);
    assert.equal(gone, 2);
  });

  it('is not ended by the time of the one before', async () => {
    kept.keep('card', pin('111111'));
    const expireFirst = expire;
    kept.keep('card', pin('222222'));
    expireFirst();
    await settle();
    assert.equal(digits(kept.take('card')), '222222');
  });
});
