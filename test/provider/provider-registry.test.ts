import assert from 'node:assert/strict';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { FakeCarrier } from '../support/fake-carrier.js';

describe('ProviderRegistry', () => {
  const press = new FakeCarrier('press');
  const registry = new ProviderRegistry([new FakeCarrier('mobile'), press]);

  it('finds a provider by its id, and none instead of one that it does not know', () => {
    assert.equal(registry.find('press'), press);
    assert.equal(registry.find('cards'), undefined);
    assert.deepEqual(registry.ids, ['mobile', 'press']);
  });

  it('refuses two providers with one id, and names it', () => {
    assert.throws(
      () => new ProviderRegistry([press, new FakeCarrier('press')]),
      /two providers have the id "press"/,
    );
  });

  it('names who needs a provider that is not configured, and which there are', () => {
    assert.equal(registry.require('press', 'the service gift'), press);
    assert.throws(
      () => registry.require('cards', 'the service point-card'),
      /the service point-card needs the provider "cards", which is not configured; there are: mobile, press/,
    );
  });
});
