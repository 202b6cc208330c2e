import { describeCarrier } from '../../contracts/carrier.js';
import { describeProvider } from '../../contracts/provider.js';
import { FakeCarrier } from '../../support/fake-carrier.js';

describeCarrier('FakeCarrier', async () => ({ carrier: new FakeCarrier() }));

describeProvider('FakeCarrier', async () => {
  const provider = new FakeCarrier();
  return {
    provider,
    accepted: (key) => provider.journal.filter((order) => order.key === key).length,
    refuseNext: () => provider.script('refused'),
    loseNextAnswer: () => provider.script('answer-lost'),
    loseNextRequest: () => provider.script('request-lost'),
    service: 'recharge',
    known: { phone: '13800138000' },
    stranger: { phone: '19999999999' },
  };
});
